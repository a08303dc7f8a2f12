// Vaults in memory.

import Engine
import Primitives
import Synchronization

/// The secrets of all users, in clear. Replies at once, on the asking thread.
public final class MemoryVault: Vault {
    private let vaults = Mutex<[UserID: [VaultName: String]]>([:])

    public init() {}

    public func set(_ name: VaultName, of owner: UserID, to secret: String) {
        vaults.withLock { $0[owner, default: [:]][name] = secret }
    }

    public func secrets(
        _ names: [VaultName], of owner: UserID,
        reply: @escaping @Sendable (Result<[VaultName: String], StorageError>) -> Void
    ) {
        let vault = vaults.withLock { $0[owner] ?? [:] }
        reply(.success(vault.filter { names.contains($0.key) }))
    }
}
