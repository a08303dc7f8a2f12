// Secrets of users: their sealed form, and writing them from the command line, on a connection that may wait.

public import Engine
public import Identity
public import Postgres
public import Primitives

extension VaultName {
    /// Seals a secret for this name and its owner.
    func seal(_ secret: String, of owner: UserID, under key: SealingKey) -> [UInt8] {
        SealedBox.seal(Array(secret.utf8), for: place(of: owner), under: key)
    }

    /// The secret in a box of this name and owner.
    func open(_ box: [UInt8], of owner: UserID, under key: SealingKey) throws(SealedBoxError) -> String {
        let bytes = try SealedBox.open(box, for: place(of: owner), under: key)
        guard let secret = String(validating: bytes, as: UTF8.self) else { throw .damaged }
        return secret
    }

    /// The place that a box is sealed for, so that no row's box opens in another. The parts come with their lengths,
    /// because any separator could occur in them.
    private func place(of owner: UserID) -> [UInt8] {
        let parts = ["\(owner)", provider, label].map { "\($0.utf8.count):\($0)" }
        return Array(parts.joined(separator: ",").utf8)
    }
}

/// Writes and lists secrets. Not for loops: every call waits for the database.
public struct Secrets {
    private let connection: BlockingConnection

    /// On a database whose tables are up to date; see `Storage.prepare`.
    public init(_ connection: BlockingConnection) { self.connection = connection }

    /// The key that this installation seals under if the operator has given none.
    public func standardKey() throws(PostgresError) -> SealingKey {
        guard let secret = try ServerSecretName.load(connection)[.vault] else {
            throw PostgresError(.unexpectedReply, detail: "a secret that was just made is not there")
        }
        return SealingKey(secret)
    }

    /// Stores a secret under a name, in the place of an earlier one.
    public func set(
        _ name: VaultName, of owner: UserID, to secret: String, under key: SealingKey
    ) throws(PostgresError) {
        try connection.run(
            """
            INSERT INTO vault_secrets (user_id, provider, label, sealed) VALUES ($1, $2, $3, $4)
            ON CONFLICT (user_id, provider, label) DO UPDATE SET sealed = EXCLUDED.sealed, updated_at = now()
            """,
            [.uuid, .text, .text, .bytea],
            [
                .uuid(owner.id), .text(name.provider), .text(name.label),
                .bytea(name.seal(secret, of: owner, under: key)),
            ])
    }

    /// The names of a user's secrets, sorted.
    public func names(of owner: UserID) throws(PostgresError) -> [VaultName] {
        let rows = try connection.run(
            """
            SELECT provider, label FROM vault_secrets WHERE user_id = $1
            ORDER BY provider COLLATE "C", label COLLATE "C"
            """, [.uuid], [.uuid(owner.id)])
        var names: [VaultName] = []
        for index in 0..<rows.count {
            names.append(VaultName(provider: try rows[index].text(0), label: try rows[index].text(1)))
        }
        return names
    }

    /// Forgets a secret. False if there is none of this name.
    public func delete(_ name: VaultName, of owner: UserID) throws(PostgresError) -> Bool {
        let rows = try connection.run(
            "DELETE FROM vault_secrets WHERE user_id = $1 AND provider = $2 AND label = $3 RETURNING user_id",
            [.uuid, .text, .text], [.uuid(owner.id), .text(name.provider), .text(name.label)])
        return rows.count > 0
    }
}
