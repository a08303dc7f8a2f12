// What is posted to a lane: calls from outside, what other lanes say, and answers to what the lane itself asked for.

internal import Primitives

/// A message to a lane, by the feature that it is for.
enum LaneMessage: Sendable {
    case call(LaneCall)
    case starting(StartMessage)
    case resuming(ResumptionMessage)
    case nested(NestedRunMessage)
    case node(NodeMessage)
    case wait(WaitMessage)
    case elsewhere(RemoteMessage)
    case journalNoticed([JournalNotice])
}

/// What somebody outside of the engine asks of a lane.
enum LaneCall: Sendable {
    case start(RunID, StartRequest, EngineReplyHandler)
    case read(RunID, StartRequest, Duration, EngineReplyHandler)
    case gather(RunID, FlowID, for: Preparation.Purpose)
    case control(ControlRequest, EngineReplyHandler)
    case output(RunID, [Principal], CallID, EngineReplyHandler)
    case watch(RunID, [Principal], CallID, EngineReplyHandler)
    case signatureRequest(RunID, [Principal], CallID, EngineReplyHandler)
    case withdrawn(CallID, about: RunID)
    case drain(Duration, @Sendable () -> Void)

    /// The run that the call is about, if there must be one that has been started before.
    var run: RunID? {
        switch self {
        case .control(let request, _): request.run
        case .output(let run, _, _, _), .watch(let run, _, _, _), .signatureRequest(let run, _, _, _): run
        case .start, .read, .gather, .withdrawn, .drain: nil
        }
    }

    /// Who waits for the answer to a call about a run.
    var reply: EngineReplyHandler? {
        switch self {
        case .control(_, let reply), .output(_, _, _, let reply), .watch(_, _, _, let reply),
            .signatureRequest(_, _, _, let reply):
            reply
        case .start, .read, .gather, .withdrawn, .drain: nil
        }
    }

    /// The id under which the call can be withdrawn, if it can.
    var id: CallID? {
        switch self {
        case .output(_, _, let id, _), .watch(_, _, let id, _), .signatureRequest(_, _, let id, _): id
        case .start, .read, .gather, .control, .withdrawn, .drain: nil
        }
    }
}

extension LaneMessage {
    /// The run that a message is about which must wait while the run is being taken up again.
    var runInQuestion: RunID? {
        switch self {
        case .call(let call): call.run
        case .nested(let message): message.runInQuestion
        case .wait(let message): message.run
        case .starting, .resuming, .node, .elsewhere, .journalNoticed: nil
        }
    }

    /// Who waits for the answer to a call about a run.
    var reply: EngineReplyHandler? { if case .call(let call) = self { call.reply } else { nil } }

    /// The call that this is, if it can be withdrawn.
    var callID: CallID? { if case .call(let call) = self { call.id } else { nil } }
}
