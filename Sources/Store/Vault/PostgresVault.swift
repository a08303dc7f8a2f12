// The engine's vaults on Postgres. Secrets are opened when they are read, and never kept.

public import Engine
internal import Identity
internal import Postgres
public import Primitives

/// The vaults of all users. Any thread; replies come on the storage loop's thread.
public struct PostgresVault: Vault {
    let desk: QuestionDesk
    let key: SealingKey

    /// Owner, then providers and labels side by side.
    static let find = PostgresStatement(
        "vault_secrets", [.uuid, .text.array, .text.array],
        """
        SELECT v.provider, v.label, v.sealed
        FROM unnest($2, $3) AS wanted (provider, label)
        JOIN vault_secrets v ON v.user_id = $1 AND v.provider = wanted.provider AND v.label = wanted.label
        """)

    /// Reads and opens the secrets of these names; those that the owner does not have are left out. Fails if one of
    /// them does not open; asks nothing if no names are given.
    public func secrets(
        _ names: [VaultName], of owner: UserID,
        reply: @escaping @Sendable (Result<[VaultName: String], StorageError>) -> Void
    ) {
        guard !names.isEmpty else { return reply(.success([:])) }
        let wanted = Set(names)
        let key = key
        desk.ask(
            PostgresVault.find,
            [
                .uuid(owner.id),
                .array(PostgresArray(of: .text, wanted.map { .text($0.provider) })),
                .array(PostgresArray(of: .text, wanted.map { .text($0.label) })),
            ]
        ) { rows throws(PostgresError) in
            var secrets: [VaultName: String] = [:]
            for index in 0..<rows.count {
                let name = VaultName(provider: try rows[index].text(0), label: try rows[index].text(1))
                let box = try rows[index].bytes(2)
                do throws(SealedBoxError) {
                    secrets[name] = try name.open(box, of: owner, under: key)
                } catch {
                    throw PostgresError(.unexpectedReply, detail: "a stored secret stays closed: \(error)")
                }
            }
            return secrets
        } _: {
            reply($0)
        }
    }
}
