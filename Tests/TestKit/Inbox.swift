// Answers that come from other threads.

import Synchronization

/// Lets a test wait for answers that come from other threads.
public final class Inbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var waiters: [(number: Int, continuation: CheckedContinuation<Element, any Error>)] = []
        var lastNumber = 0
    }

    private let state = Mutex(State())

    public init() {}

    public func put(_ element: Element) {
        let waiter = state.withLock { state in
            if state.waiters.isEmpty {
                state.elements.append(element)
                return CheckedContinuation<Element, any Error>?.none
            }
            return state.waiters.removeFirst().continuation
        }
        waiter?.resume(returning: element)
    }

    /// The next element, as soon as there is one.
    ///
    /// - Throws: a surprise if none comes for as long as a test is willing to wait.
    public func next(
        within patience: Duration = .seconds(120), file: String = #fileID, line: Int = #line
    ) async throws -> Element {
        if let element = takeFirst() { return element }
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let timer = Task {
            try await Task.sleep(for: patience)
            giveUp(
                number,
                Surprise(expected: "\(Element.self) within \(patience)", nil, file: file, line: line))
        }
        defer { timer.cancel() }
        return try await withCheckedThrowingContinuation { continuation in
            let element = state.withLock { state in
                if state.elements.isEmpty {
                    state.waiters.append((number, continuation))
                    return Element?.none
                }
                return state.elements.removeFirst()
            }
            if let element { continuation.resume(returning: element) }
        }
    }

    private func takeFirst() -> Element? {
        state.withLock { $0.elements.isEmpty ? nil : $0.elements.removeFirst() }
    }

    private func giveUp(_ number: Int, _ surprise: Surprise) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(throwing: surprise)
    }

    public var isEmpty: Bool { state.withLock { $0.elements.isEmpty } }

    /// What has come and was not taken.
    public var all: [Element] { state.withLock { $0.elements } }
}
