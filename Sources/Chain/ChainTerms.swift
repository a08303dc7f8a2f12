// On which network, and on what terms, transactions of a run are sent (seed 002, spec flow-engine 11.2, 17.7).

public import Engine
public import Values

/// The chain a flow talks to.
public struct FlowNetwork: Hashable, Sendable {
    public let url: String
    /// `devnet`, `testnet` or `mainnet-beta`.
    public let cluster: String

    public init(url: String, cluster: String) {
        self.url = url
        self.cluster = cluster
    }

    /// What a flow without a network gets (spec flow-engine 1.2).
    public static let standard = FlowNetwork(url: "https://api.devnet.solana.com", cluster: "devnet")
}

/// A payment that goes with a transaction (seed 002).
public struct FlowFee: Hashable, Sendable {
    public let receiver: Bytes32
    /// The chain's smallest unit.
    public let lamports: UInt64

    public init(receiver: Bytes32, lamports: UInt64) {
        self.receiver = receiver
        self.lamports = lamports
    }
}

/// Under whose name transactions go out, and who sends them (spec flow-engine 17.7).
public struct FlowAction: Hashable, Sendable {
    /// The key that the transaction's memo names and that signs the memo.
    public let identity: Bytes32
    /// Who is asked to send the transaction; nil if it is sent, or given out, as usual.
    public let signer: Bytes32?

    public init(identity: Bytes32, signer: Bytes32? = nil) {
        self.identity = identity
        self.signer = signer
    }
}

/// What a flow, a deployment, a start or a run lays down for its transactions.
public struct ChainTerms: RunTerms, Hashable {
    public let network: FlowNetwork
    /// What transactions are to pay.
    public let fees: [FlowFee]
    /// Under whose name transactions go out.
    public let identity: Bytes32?
    /// Who is to send the transactions; counts only beside an identity (spec flow-engine 18.5).
    public let signer: Bytes32?
    /// The starter's wallets by the wallets in the configuration of the owner's nodes that they replace (spec flow-engine
    /// 14.3). They are found anew at each start and are not stored.
    public internal(set) var wallets: [StaticWallet: Bytes32]

    public init(
        network: FlowNetwork = .standard, fees: [FlowFee] = [], identity: Bytes32? = nil,
        signer: Bytes32? = nil, wallets: [StaticWallet: Bytes32] = [:]
    ) {
        self.network = network
        self.fees = fees
        self.identity = identity
        self.signer = signer
        self.wallets = wallets
    }

    /// Terms with an action, if there is one.
    public init(network: FlowNetwork = .standard, fees: [FlowFee], action: FlowAction?) {
        self.init(network: network, fees: fees, identity: action?.identity, signer: action?.signer)
    }

    /// Set if transactions are marked as somebody's action.
    public var action: FlowAction? { identity.map { FlowAction(identity: $0, signer: signer) } }

    /// The key of a wallet that a node is configured with, or of the starter's that replaces it.
    public func key(of wallet: StaticWallet) -> Bytes32 { wallets[wallet] ?? wallet.key }

    /// Nested runs are on the same network and have the same wallets, but neither fees nor an action (spec flow-engine
    /// 11.2).
    public var nested: any RunTerms { ChainTerms(network: network, wallets: wallets) }

    /// A deployment's own network, fees and identity take the place of the flow's and of those that are asked for. Only
    /// the starter says who sends (seed 002).
    public func started(deployment: (any RunTerms)?, asked: any RunTerms) -> any RunTerms {
        let (deployment, asked) = (deployment?.chain, asked.chain)
        return ChainTerms(
            network: deployment?.network ?? network, fees: deployment?.fees ?? asked.fees,
            identity: deployment.map(\.identity) ?? asked.identity, signer: asked.signer)
    }
}

extension RunTerms {
    /// These terms as the chain's; those of a run that has none are the standard ones.
    public var chain: ChainTerms { self as? ChainTerms ?? ChainTerms() }
}
