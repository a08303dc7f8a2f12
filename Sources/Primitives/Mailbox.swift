// The inbox of an owner (a loop, a lane): others post values into it, only the owner drains it.

internal import Synchronization

/// A bounded queue of messages with a bell that rings once per batch.
///
/// Any thread may post; only the owner drains. The bell runs on the posting thread after the lock is
/// released, and only for the post that finds the box empty, so a burst costs one wake-up.
public final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var rung = false
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let reserve: Int
    private let bell: @Sendable () -> Void

    /// - Parameters:
    ///   - capacity: how many messages ordinary posts may fill.
    ///   - reserve: how many more urgent posts may fill on top.
    ///   - bell: wakes the owner; called outside the lock, from the posting thread.
    public init(capacity: Int, reserve: Int = 0, bell: @escaping @Sendable () -> Void) {
        self.capacity = capacity
        self.reserve = reserve
        self.bell = bell
    }

    /// Posts a message that may be refused; false when the box is full.
    public func post(_ message: Message) -> Bool {
        add(message, limit: capacity)
    }

    /// Posts a message that uses the reserve; false only when that is full too.
    public func postUrgent(_ message: Message) -> Bool {
        add(message, limit: capacity + reserve)
    }

    /// Posts an answer to something the owner asked for. Never refused: the owner bounds its own questions.
    public func postReply(_ message: Message) {
        _ = add(message, limit: .max)
    }

    /// Takes everything posted so far, in order. For the owner only.
    public func drain() -> [Message] {
        state.withLock { state in
            let messages = state.messages
            state.messages = []
            state.rung = false
            return messages
        }
    }

    /// How many messages wait now.
    public var count: Int { state.withLock { $0.messages.count } }

    private func add(_ message: Message, limit: Int) -> Bool {
        let (added, first) = state.withLock { state in
            guard state.messages.count < limit else { return (false, false) }
            state.messages.append(message)
            let first = !state.rung
            state.rung = true
            return (true, first)
        }
        if first { bell() }
        return added
    }
}
