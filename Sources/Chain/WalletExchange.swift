// Wallets that flows name, and the wallets that take their place when somebody else starts or copies the flow.

public import Engine
public import Primitives
internal import Values

/// Exchanges wallets by what is stored of them. Nothing of it is kept from one question to the next.
public struct WalletExchange: BelongingExchange {
    private let catalog: any WalletCatalog

    public init(_ catalog: any WalletCatalog) { self.catalog = catalog }

    /// A user who starts somebody else's flow signs with their own wallets, which go into the terms. No row is read for a
    /// key that is only claimed.
    public func settle(
        _ belongings: [any Belonging], of owner: UserID, for starter: Starter, on terms: any RunTerms,
        reply: @escaping @Sendable (Result<any RunTerms, StorageError>) -> Void
    ) {
        var users = [owner]
        if case .user(let user) = starter { users.append(user) }
        catalog.wallets(of: users) { result in
            reply(
                result.map { rows in
                    let change = WalletChange(owner: owner, starter: starter, rows: rows)
                    var settled = terms.chain
                    for case let wallet as StaticWallet in belongings {
                        settled.wallets[wallet] = change.substitute(for: wallet)
                    }
                    return settled
                })
        }
    }

    /// The user's wallets, if there is one.
    public func replacements(
        for user: UserID,
        reply: @escaping @Sendable (Result<(any BelongingReplacements)?, StorageError>) -> Void
    ) {
        catalog.wallets(of: [user]) { result in
            reply(result.map { $0.isEmpty ? nil : WalletReplacements($0) })
        }
    }
}

/// The wallets of a flow's owner and of somebody else who starts it (spec flow-engine 14.3, storage-and-operations
/// 3.5).
private struct WalletChange {
    private let keptKeys: Set<Bytes32>
    private let adapterIDs: Set<Int64>
    /// The starter's keys. Those that their holder signs with come first.
    private let candidates: [Bytes32]

    /// - Parameter rows: the wallets of the owner, and of the starter if that is a user. A claimed key counts as itself
    ///   only.
    init(owner: UserID, starter: Starter, rows: [WalletRow]) {
        let owned = rows.filter { $0.owner == owner }
        keptKeys = Set(owned.filter(\.isKept).map(\.key))
        adapterIDs = Set(owned.filter { !$0.isKept && $0.id != 0 }.map(\.id))
        switch starter {
        case .claimant(let key): candidates = [key]
        case .user(let user):
            let own = rows.filter { $0.owner == user }
            candidates = (own.filter { !$0.isKept } + own.filter(\.isKept)).map(\.key)
        }
    }

    /// The starter's wallet that replaces a wallet whose owner signs in person; nil if the wallet stays.
    func substitute(for wallet: StaticWallet) -> Bytes32? {
        guard wallet.type != "SWIG", !keptKeys.contains(wallet.key),
            wallet.id == 0 || wallet.type == "ADAPTER" || adapterIDs.contains(wallet.id)
        else { return nil }
        return candidates.contains(wallet.key) ? wallet.key : candidates.first
    }
}

/// The wallets of the owner of a copy.
private struct WalletReplacements: BelongingReplacements {
    private let wallets: [WalletRow]
    /// The first one that its holder signs with, else the first one.
    private let preferred: WalletRow?

    init(_ wallets: [WalletRow]) {
        self.wallets = wallets
        preferred = wallets.first { !$0.isKept } ?? wallets.first
    }

    /// The owner's own wallet of the same key, else the preferred one.
    func configuration(inPlaceOf belonging: any Belonging) -> ValueMap? {
        guard let wallet = belonging as? StaticWallet else { return nil }
        let own = wallets.first { $0.key == wallet.key } ?? preferred
        return own.map { StaticWallet($0).configuration }
    }
}
