// Answers that come from other threads.

import Synchronization

/// Lets a test wait for answers that come from other threads.
public final class Inbox<Element: Sendable>: Sendable {
    private let state = Mutex<(elements: [Element], waiter: CheckedContinuation<Element, Never>?)>(([], nil))

    public init() {}

    public func put(_ element: Element) {
        let waiter = state.withLock { state -> CheckedContinuation<Element, Never>? in
            if let waiter = state.waiter {
                state.waiter = nil
                return waiter
            }
            state.elements.append(element)
            return nil
        }
        waiter?.resume(returning: element)
    }

    /// The next element, as soon as there is one.
    public func next() async -> Element {
        await withCheckedContinuation { continuation in
            let element = state.withLock { state -> Element? in
                guard state.elements.isEmpty else { return state.elements.removeFirst() }
                state.waiter = continuation
                return nil
            }
            if let element { continuation.resume(returning: element) }
        }
    }

    public var isEmpty: Bool { state.withLock { $0.elements.isEmpty } }

    /// What has come and was not taken.
    public var all: [Element] { state.withLock { $0.elements } }
}
