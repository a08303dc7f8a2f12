// What can be asked of the engine, and what it answers. Plain values: dialects make and read them.

public import Primitives
public import Values

/// A question to the engine.
public enum EngineCall: Sendable {
    /// Answered with `started` once the run is durable.
    case start(StartRequest)
    /// Whether this start would be permitted now. Answered with `permitted`; nothing is started.
    case permit(StartRequest)
    /// Makes a frozen copy of a user's flow and all that it can come to. Answered with `deployed` once it is durable.
    case deploy(FlowID, by: UserID)
    /// Copies a flow that a user may see, and the flows that it runs, for this user. Answered with `cloned` once it is
    /// durable.
    case clone(FlowID, by: UserID)
    /// Answered with `accepted` once it is written down; the run does as it is told a little later.
    case control(ControlRequest)
    /// Runs a flow for its output, as one that changes nothing (spec flow-engine 19). Answered with `read` when the run
    /// has ended; one that has not ended in time is stopped.
    case read(StartRequest, within: Duration)
    /// Answered with `output` once the run has ended, however long that takes.
    case output(RunID, principals: [Principal])
    /// Answered with `watching`.
    case watch(RunID, principals: [Principal])
    /// Whether an execution waits for a value under this key. Answered with `accepted` or `notFound`, by one question to
    /// storage.
    case awaitsInput(key: String)
    /// Answers an execution that waits for a value: the key of its address and the answer. Answered with `accepted`.
    case answerInput(key: String, InputAnswer)
    /// Answered with `signatureRequest` once the run waits for a signature; `notFound` if it ends first.
    case signatureRequest(RunID, principals: [Principal])
    /// Answers a request for a signature. Answered with `accepted`.
    case submitSignature(SignatureSubmission)
    /// Answered with `watchingSignatures`. The user has been authenticated.
    case watchSignatures(UserID)
    /// The next requests that wait for a user, behind one of them. Answered with `pendingSignatures`.
    case pendingSignatures(UserID, after: SignatureRequest?)
    /// Stored events of a run that may be watched, for a cursor behind the feed's window.
    case page(RunID, after: UInt64)
}

/// The engine's answer to a call.
public enum EngineReply: Sendable {
    case started(RunID)
    /// The start is permitted now. The text names the flow or deployment in its present state: it changes with every
    /// change of either.
    case permitted(revision: String)
    case deployed(DeploymentID)
    /// The copy of the requested flow, and all copies by the UUIDs of their originals.
    case cloned(UniqueID, all: [UniqueID: UniqueID])
    case accepted
    case output(ValueMap)
    case read(ValueMap, RunStatus)
    case watching(RunFeed)
    case signatureRequest(WaitingSignature)
    case watchingSignatures(SignatureFeed)
    /// Oldest first; none if there are no more.
    case pendingSignatures([WaitingSignature])
    /// Events in order; `isLast` if the run's last event is among them.
    case page([RunEvent], isLast: Bool)
    case refused(EngineError)
}

/// Who may read a run: its owner, those it is shared with, the holder of its token.
struct RunAccess: Sendable {
    let run: RunID
    let owner: UserID
    let sharedWith: [UserID]

    /// Whether somebody among them may control the run: its owner, or the holder of its token.
    func isOwned(by principals: [Principal]) -> Bool {
        principals.contains(.user(owner)) || principals.contains(.run(run))
    }

    func admits(_ principals: [Principal]) -> Bool {
        principals.contains { principal in
            switch principal {
            case .user(let user): user == owner || sharedWith.contains(user)
            case .run(let run): run == self.run
            }
        }
    }
}
