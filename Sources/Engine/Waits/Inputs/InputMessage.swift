// What becomes of a request for a value from outside.

internal import Primitives

/// A message about a request for a value.
enum InputMessage: Sendable {
    case recorded(RunID, ExecutionSlot, InputWish, Result<Void, StorageError>)
    case answered(InputRequest, InputAnswer)
    /// The answer was read from storage.
    case storedAnswerFound(InputRequest, InputAnswer)

    /// See `LaneMessage.runInQuestion`.
    var runInQuestion: RunID? {
        switch self {
        case .recorded: nil
        case .answered(let request, _), .storedAnswerFound(let request, _): request.run
        }
    }
}
