// What lanes share, and how they find each other.

internal import Primitives
internal import Synchronization

/// What all lanes share.
struct LaneContext: Sendable {
    let ports: EnginePorts
    let pool: NodePool
    /// For nodes that may keep a processor for seconds, so that they keep no others from their workers.
    let longPool: NodePool
    let graphs: GraphCache
    let lanes: LaneTable
    let signatureFeeds: SignatureFeeds
    let signatureCatchUp: SignatureCatchUp
    let takingUp: TakingUp

    init(ports: EnginePorts, pool: NodePool, longPool: NodePool, graphs: GraphCache, lanes: LaneTable) {
        self.ports = ports
        self.pool = pool
        self.longPool = longPool
        self.graphs = graphs
        self.lanes = lanes
        signatureFeeds = SignatureFeeds(ports.clock)
        signatureCatchUp = SignatureCatchUp(signatureFeeds, ports.signatures)
        takingUp = TakingUp(clock: ports.clock, log: ports.log)
    }

    var clock: Clock { ports.clock }
    var log: Log { ports.log }
}

/// All lanes, for those who have something for another one. Filled once, when all lanes stand.
final class LaneTable: Sendable {
    private let lanes = Mutex<[RunLane]>([])

    func fill(_ lanes: [RunLane]) { self.lanes.withLock { $0 = lanes } }

    /// Posts something to the lane that owns a run. An engine that is gone has no lanes, and nobody misses the message.
    func post(_ message: LaneMessage, toLaneOf run: RunID) {
        let lane = lanes.withLock { $0.isEmpty ? nil : $0[run.lane(of: $0.count)] }
        lane?.postReply(message)
    }
}
