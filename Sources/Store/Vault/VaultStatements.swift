// The statements about users' secrets.

internal import Engine
internal import Postgres
internal import Primitives

/// What is asked about vaults. Boxes are sealed secrets.
enum VaultStatements {
    static let all: [any ListedStatement] = [find, set, add, names, delete, ofUser]

    /// A secret of a user.
    typealias Secret = (owner: UserID, name: VaultName)
    /// A sealed secret with its name.
    typealias Sealed = (name: VaultName, box: [UInt8])

    /// A sealed secret of a user, as it is written.
    static let written = Table<(owner: UserID, secret: Sealed), Void>("vault_secrets") { t in
        t.write("user_id", .user) { $0.owner }
        t.write("provider", .text) { $0.secret.name.provider }
        t.write("label", .text) { $0.secret.name.label }
        t.write("sealed", .bytea) { $0.secret.box }
    }

    /// Those of some secrets that a user has.
    static let find = Statement<(owner: UserID, names: [VaultName]), [Sealed]>(
        "vault_secrets", on: .commands
    ) { q in
        let wanted = Table<VaultName, Void>("wanted") { t in
            t.write("provider", .text) { $0.provider }
            t.write("label", .text) { $0.label }
        }
        let owner = q.parameter(.user) { $0.owner }
        let names = q.rows(wanted, as: "wanted") { $0.names }
        let name = nameCells(&q)
        let box = q.column("v.sealed", .bytea)
        let sql = """
            SELECT \(q.columns) FROM \(names.unnested)
            JOIN vault_secrets v
                ON v.user_id = \(owner) AND v.provider = wanted.provider AND v.label = wanted.label
            """
        return q.all(sql) { row throws(PostgresError) in (try name(row), try row[box]) }
    }

    /// Stores a secret in the place of an earlier one.
    static let set = Statement<(owner: UserID, secret: Sealed), Void>(waiting: "vault_set") { q in
        let secret = q.values(of: written) { $0 }
        return q.effect(
            """
            INSERT INTO vault_secrets (\(secret.names)) VALUES (\(secret.stored))
            ON CONFLICT (user_id, provider, label) DO UPDATE SET sealed = EXCLUDED.sealed, updated_at = now()
            """)
    }

    /// Stores a secret. False if there is one of this name, which stays.
    static let add = Statement<(owner: UserID, secret: Sealed), Bool>(waiting: "vault_add") { q in
        let secret = q.values(of: written) { $0 }
        return q.exists(
            """
            INSERT INTO vault_secrets (\(secret.names)) VALUES (\(secret.stored)) ON CONFLICT DO NOTHING
            RETURNING label
            """)
    }

    /// The names of a user's secrets, sorted.
    static let names = Statement<UserID, [VaultName]>(waiting: "vault_names") { q in
        let owner = q.parameter(.user) { $0 }
        let name = nameCells(&q)
        return q.all(
            """
            SELECT \(q.columns) FROM vault_secrets v WHERE v.user_id = \(owner)
            ORDER BY v.provider COLLATE "C", v.label COLLATE "C"
            """, name)
    }

    /// Deletes a secret. False if there is none of this name.
    static let delete = Statement<Secret, Bool>(waiting: "vault_delete") { q in
        let owner = q.parameter(.user) { $0.owner }
        let provider = q.parameter(.text) { $0.name.provider }
        let label = q.parameter(.text) { $0.name.label }
        return q.exists(
            """
            DELETE FROM vault_secrets WHERE user_id = \(owner) AND provider = \(provider) AND label = \(label)
            RETURNING user_id
            """)
    }

    /// All secrets of a user, sorted.
    static let ofUser = Statement<UserID, [Sealed]>(waiting: "vault_of_user") { q in
        let owner = q.parameter(.user) { $0 }
        let name = nameCells(&q)
        let box = q.column("v.sealed", .bytea)
        return q.all(
            """
            SELECT \(q.columns) FROM vault_secrets v WHERE v.user_id = \(owner) ORDER BY v.provider, v.label
            """
        ) { row throws(PostgresError) in (try name(row), try row[box]) }
    }

    private static func nameCells<Input>(_ q: inout StatementBuilder<Input>) -> RowReader<VaultName> {
        let provider = q.column("v.provider", .text)
        let label = q.column("v.label", .text)
        return { row throws(PostgresError) in
            VaultName(provider: try row[provider], label: try row[label])
        }
    }
}
