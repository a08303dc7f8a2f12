// What becomes of a request for a signature.

internal import Primitives

/// A message about a request for a signature.
enum SignatureMessage: Sendable {
    case arranged(WaitingSignature, ExecutionSlot, Result<SignatureArrangement, StorageError>)
    case answered(WaitingSignature, SignatureAnswer)

    /// See `LaneMessage.runInQuestion`.
    var runInQuestion: RunID? {
        switch self {
        case .arranged: nil
        case .answered(let waiting, _): waiting.run
        }
    }
}
