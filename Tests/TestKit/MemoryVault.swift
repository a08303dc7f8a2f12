// Vaults in memory.

import Engine
import Primitives
import Synchronization

/// The secrets of all users, in clear. Replies at once, on the asking thread.
public final class MemoryVault: Vault {
    private struct Secret {
        let name: VaultName
        var text: String
    }

    private let vaults = Mutex<[UserID: [Secret]]>([:])

    public init() {}

    /// - Parameter secret: nil to forget it.
    public func set(_ name: VaultName, of owner: UserID, to secret: String?) {
        vaults.withLock { vaults in
            vaults[owner, default: []].removeAll { $0.name.isSpelled(as: name) }
            if let secret { vaults[owner, default: []].append(Secret(name: name, text: secret)) }
        }
    }

    public func secrets(
        _ names: [VaultName], of owner: UserID,
        reply: @escaping @Sendable (Result<[VaultName: String], StorageError>) -> Void
    ) {
        let vault = vaults.withLock { $0[owner] ?? [] }
        let found = vault.filter { secret in names.contains { $0.isSpelled(as: secret.name) } }
        reply(.success(Dictionary(found.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })))
    }
}

extension VaultName {
    /// Two spellings of one letter are equal as text, and other bytes.
    fileprivate func isSpelled(as other: VaultName) -> Bool {
        provider.utf8.elementsEqual(other.provider.utf8) && label.utf8.elementsEqual(other.label.utf8)
    }
}
