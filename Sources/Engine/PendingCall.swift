// A call that may wait for long, in the hands of whoever made it. A value; any thread.

/// A call whose answer is still to come.
public struct PendingCall: Sendable {
    private let giveUp: @Sendable () -> Void

    /// - Parameter giveUp: lets go of what the call holds; returns at once.
    public init(_ giveUp: @escaping @Sendable () -> Void) { self.giveUp = giveUp }

    /// Nobody waits for the answer any more: the call leaves its place to others, and may go unanswered. To a call that has
    /// been answered this does nothing. Returns at once.
    public func withdraw() { giveUp() }
}

/// Which call, of all that an engine has been asked.
struct CallID: Hashable, Sendable {
    let number: UInt64
}
