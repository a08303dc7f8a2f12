// What comes from other servers.

internal import Primitives

/// News of other servers, and what storage says of them.
enum RemoteMessage: Sendable {
    case touched(RunID)
    case anythingHappened
    case answersRead(Result<[WaitMessage], StorageError>)
    case controlsRead(Result<[RunControl], StorageError>)
    case awaitedRunFound(RemoteWaiter, Result<RunSummary?, StorageError>)
    case signatureAsked(WaitingSignature)
    case awaitedRead(Result<[AwaitedSignature], StorageError>)
}
