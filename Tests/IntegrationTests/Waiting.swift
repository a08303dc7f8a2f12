// Waits in a test's own thread for what other threads say, and not for ever.

import Dispatch
import Synchronization

/// Nobody answered for as long as the test was willing to wait.
struct NoAnswer: Error {}

/// Waits for the answer of a call that gives it to a closure.
func awaitAnswer<Answer: Sendable>(_ call: (@escaping @Sendable (Answer) -> Void) -> Void) throws -> Answer {
    let box = AnswerBox<Answer>()
    call { box.put($0) }
    return try box.take()
}

private final class AnswerBox<Answer: Sendable>: Sendable {
    private let answer = Mutex<Answer?>(nil)
    private let semaphore = DispatchSemaphore(value: 0)

    func put(_ value: Answer) {
        answer.withLock { $0 = value }
        semaphore.signal()
    }

    func take() throws -> Answer {
        guard semaphore.wait(timeout: .now() + 60) == .success, let value = answer.withLock({ $0 }) else {
            throw NoAnswer()
        }
        return value
    }
}
