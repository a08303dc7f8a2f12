// A call that may wait for long, as its caller holds it. A value; any thread.

/// A call whose answer is still to come.
public struct PendingCall: Sendable {
    private let giveUp: @Sendable () -> Void

    /// - Parameter giveUp: lets go of what the call holds; returns at once.
    public init(_ giveUp: @escaping @Sendable () -> Void) { self.giveUp = giveUp }

    /// Says that nobody waits for the answer any more. The call gives up its place and may go unanswered. Does nothing
    /// if the call has been answered. Returns at once.
    public func withdraw() { giveUp() }
}

/// The name of a call, among all calls to an engine.
struct CallID: Hashable, Sendable {
    let number: UInt64
}
