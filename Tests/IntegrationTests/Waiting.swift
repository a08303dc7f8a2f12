// Waits in a test's own thread for what other threads say, and not for ever.

import Dispatch
import Synchronization
import TestKit

/// Waits for the answer of a call that gives it to a closure.
///
/// - Throws: a surprise if nobody answers for as long as the test is willing to wait.
func awaitAnswer<Answer: Sendable>(
    file: String = #fileID, line: Int = #line, _ call: (@escaping @Sendable (Answer) -> Void) -> Void
) throws -> Answer {
    let box = AnswerBox<Answer>()
    call { box.put($0) }
    guard let answer = box.take() else {
        throw Surprise(expected: "\(Answer.self) within a minute", nil, file: file, line: line)
    }
    return answer
}

private final class AnswerBox<Answer: Sendable>: Sendable {
    private let answer = Mutex<Answer?>(nil)
    private let semaphore = DispatchSemaphore(value: 0)

    func put(_ value: Answer) {
        answer.withLock { $0 = value }
        semaphore.signal()
    }

    func take() -> Answer? {
        _ = semaphore.wait(timeout: .now() + 60)
        return answer.withLock { $0 }
    }
}
