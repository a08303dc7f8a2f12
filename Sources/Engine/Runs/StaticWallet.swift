// Wallets that flows name, and the wallets that replace them when somebody else starts the flow.

internal import Primitives
public import Values

/// The wallet that a node is configured with, in the node's own words.
public struct StaticWallet: Hashable, Sendable {
    public let key: Bytes32
    /// The row of the wallet; 0 means none in particular.
    public let id: Int64
    /// `ADAPTER`, `HARDCODED`, `SWIG`, or nothing.
    public let type: String?

    public init(key: Bytes32, id: Int64, type: String?) {
        self.key = key
        self.id = id
        self.type = type
    }
}

/// The wallets of a flow's owner and of somebody else who starts it (spec flow-engine 14.3, storage-and-operations
/// 3.5).
struct WalletExchange {
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
