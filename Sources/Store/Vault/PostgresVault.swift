// The engine's vaults on Postgres. Secrets are opened when they are read, and never kept.

public import Engine
internal import Identity
internal import Postgres
public import Primitives

/// The vaults of all users. Any thread; replies come on the storage loop's thread.
public struct PostgresVault: Vault, StoragePort {
    static let statements: [any ListedStatement] = VaultStatements.all

    let context: PortContext

    /// Reads and opens the secrets of these names; those that the owner does not have are left out. Fails if one of
    /// them does not open; asks nothing if no names are given.
    public func secrets(
        _ names: [VaultName], of owner: UserID,
        reply: @escaping @Sendable (Result<[VaultName: String], StorageError>) -> Void
    ) {
        guard !names.isEmpty else { return reply(.success([:])) }
        let wanted = Set(names)
        let key = context.sealingKey
        context.desk.ask(VaultStatements.find, (owner, Array(wanted))) { boxes throws(PostgresError) in
            var secrets: [VaultName: String] = [:]
            for (name, box) in boxes {
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
