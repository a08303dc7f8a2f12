// What is posted to a lane: calls from outside, from other lanes, and answers to what the lane itself asked for.

internal import Primitives
internal import Synchronization
internal import Values

enum LaneMessage: Sendable {
    // Calls.
    case start(RunID, StartRequest, EngineReplyHandler)
    case read(RunID, StartRequest, Duration, EngineReplyHandler)
    case gather(RunID, FlowID, for: Preparation.Purpose)
    case stop(StopRequest, EngineReplyHandler)
    case output(RunID, [Principal], CallID, EngineReplyHandler)
    case watch(RunID, [Principal], CallID, EngineReplyHandler)
    case signatureRequest(RunID, [Principal], CallID, EngineReplyHandler)
    case withdrawn(CallID, about: RunID)
    case drain(Duration, @Sendable () -> Void)

    // From lanes.
    case startNested(RunID, NestedStart)
    case nestedEnded(RunID, ExecutionSlot, NestedEnd)
    case nestedLeft(RunID, ExecutionSlot, child: RunID)
    case stopNested(RunID, reason: String?)
    case stopTransactions(RunID)
    case resume(RunID, parent: ParentLink?)
    case abandon(RunID)

    /// How the start of a read went.
    case readAnswered(RunID, Duration, EngineReply)

    // What a start waits for.
    case flowFound(RunID, FlowID, Result<FlowRow?, StorageError>)
    case flowFoundTogether(FlowID, Result<FlowRow?, StorageError>)
    case flowCompiled(RunID, FlowID, FlowRow, Result<CompiledFlow, GraphProblems>)
    case deploymentFound(RunID, Result<DeploymentRow?, StorageError>)
    case copiesFound(RunID, Result<[FlowSnapshot], StorageError>)
    case copyCompiled(RunID, [UInt8], Result<CompiledFlow, GraphProblems>)
    case secretsFound(RunID, Result<[VaultName: String], StorageError>)
    case gatheredInVain(RunID, Preparation)
    case cloneWalletsFound(RunID, Result<[WalletRow], StorageError>)
    case walletsFound(RunID, Result<[WalletRow], StorageError>)
    case outputsFound(RunID, Result<[StoredOutput], StorageError>)
    case inputsMarked(RunID, Result<ValueMap, EngineError>)
    case partSelected(RunID, Result<GraphSelection, GraphProblems>)

    // What a resumption waits for.
    case claimed([ClaimedRun], isFirst: Bool)
    case claimFailed
    case leftRunsFound([RunID], Result<FoundRuns, StorageError>)
    case historyFound(RunID, Result<[RunEvent], StorageError>)
    case leftFlowRead([UInt8], Result<LeftFlow, EngineError>)

    // What nodes do.
    case nodeEnded(RunID, ExecutionSlot, NodeOutcome, Timestamp)
    case nodeSlept(RunID, ExecutionSlot, Duration, NodeOutcome)
    case nodeAsked(RunID, ExecutionSlot, NodeRequest, ValueMap, Timestamp)
    case nodeLogged(RunID, ExecutionSlot, RunLogLine, Timestamp)
    case inputRecorded(RunID, ExecutionSlot, InputWish, Result<Void, StorageError>)
    case inputAnswered(InputRequest, InputAnswer)
    case storedInputAnswered(InputRequest, InputAnswer)
    case signatureArranged(WaitingSignature, ExecutionSlot, Result<SignatureArrangement, StorageError>)
    case signatureAnswered(WaitingSignature, SignatureAnswer)
    case transactionEnded(RunID, TransactionNumber, Result<String, TransactionFailure>, Timestamp)
    case transactionBuilt(RunID, Result<String, TransactionFailure>, Timestamp)

    // What comes from other servers.
    case touchedElsewhere(RunID)
    case anythingHappenedElsewhere
    case inputsRead(Result<[StoredInputRequest], StorageError>)
    case signaturesRead(Result<[StoredSignature], StorageError>)
    case stopsRead(Result<[RunStop], StorageError>)
    case awaitedRunFound(RemoteWaiter, Result<RunSummary?, StorageError>)
    case signatureAskedElsewhere(WaitingSignature)
    case awaitedRead(Result<[AwaitedSignature], StorageError>)

    case journalNoticed([JournalNotice])
}

extension LaneMessage {
    /// The run that a call is about which must wait while the run is being taken up again.
    var runInQuestion: RunID? {
        switch self {
        case .stop(let request, _): request.run
        case .output(let run, _, _, _), .watch(let run, _, _, _), .signatureRequest(let run, _, _, _),
            .stopNested(let run, _), .stopTransactions(let run), .nestedEnded(let run, _, _),
            .nestedLeft(let run, _, _):
            run
        case .inputAnswered(let request, _), .storedInputAnswered(let request, _): request.run
        case .signatureAnswered(let waiting, _): waiting.run
        default: nil
        }
    }
}

extension LaneMessage {
    /// Who waits for the answer to a call about a run.
    var reply: EngineReplyHandler? {
        switch self {
        case .stop(_, let reply), .output(_, _, _, let reply), .watch(_, _, _, let reply),
            .signatureRequest(_, _, _, let reply):
            reply
        default: nil
        }
    }

    /// The call that this is, if it can be withdrawn.
    var call: CallID? {
        switch self {
        case .output(_, _, let call, _), .watch(_, _, let call, _), .signatureRequest(_, _, let call, _): call
        default: nil
        }
    }
}

/// A run of another flow that a node starts.
struct NestedStart: Sendable {
    let parent: ParentLink
    let flow: FlowID
    let inputs: ValueMap
    /// Whose run, for whom, where, and how deep the new run is.
    let context: RunContext
    let sharedWith: [UserID]
    let isCollecting: Bool
    let sendsTransactions: Bool
    let flows: FlowSet
}

/// The execution of another run that waits for a run's end.
struct ParentLink: Sendable {
    let run: RunID
    let slot: ExecutionSlot
    let execution: NodeExecution
}

/// What the parent learns of a run.
struct NestedEnd: Sendable {
    let run: RunID
    let output: ValueMap
    let errors: [String]
}

/// What all lanes share.
struct LaneContext: Sendable {
    let ports: EnginePorts
    let pool: NodePool
    let graphs: GraphCache
    let lanes: LaneTable
    let signatureFeeds: SignatureFeeds
    let signatureCatchUp: SignatureCatchUp
    let takingUp: TakingUp

    init(ports: EnginePorts, pool: NodePool, graphs: GraphCache, lanes: LaneTable) {
        self.ports = ports
        self.pool = pool
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
