// A thread with an epoll set and one reactor. Everything the reactor owns is touched on this thread only.

internal import CLinux
internal import Glibc
public import Primitives
internal import Synchronization

/// The owner of what a loop watches. A plain value or class that never leaves its loop's thread: it is built there,
/// from a sendable recipe, so it need not be `Sendable` itself.
///
/// A turn has a fixed order: readiness, messages, timers, `turnEnded`. What a turn produces should leave in
/// `turnEnded`, so that everything batches by itself. No call may block.
public protocol Reactor: SendableMetatype {
    associatedtype Message: Sendable

    /// A watched descriptor is ready. May come once more for a token that was forgotten in the same turn.
    mutating func ready(_ token: UInt64, _ readiness: Readiness, on loop: inout LoopContext)
    /// Somebody posted a message to the loop's mailbox.
    mutating func received(_ message: Message, on loop: inout LoopContext)
    /// A timer is due; it is gone.
    mutating func due(_ timer: UInt64, on loop: inout LoopContext)
    /// Everything of this turn has been said.
    mutating func turnEnded(on loop: inout LoopContext)
    /// A turn took longer than `Limits.turnMillisecondsMax`: all that this loop serves has waited for it.
    mutating func turnWasLong(_ turn: LoopTurn)
}

extension Reactor {
    /// Does nothing: a reactor that does not care about long turns need not say so.
    public mutating func turnWasLong(_ turn: LoopTurn) {}
}

/// What happened in a turn of a loop.
public struct LoopTurn: Sendable {
    /// How long it took, in nanoseconds.
    public let nanoseconds: Int64
    /// How many descriptors were ready, messages received and timers due.
    public let readyCount: Int
    public let messageCount: Int
    public let timerCount: Int
}

/// What a reactor can do with its loop, handed to each of its calls.
public struct LoopContext: ~Copyable {
    /// The token that reactors must not use: it stands for the loop's own wake-up.
    public static let reservedToken = UInt64.max

    /// The clock of this loop.
    public let clock: Clock
    /// The steady time at which this turn began, in nanoseconds.
    public fileprivate(set) var turnTime: Int64
    /// Room to read into, shared by all descriptors of the loop; its content means nothing between two calls.
    public var scratch: [UInt8]

    fileprivate var epoll: Epoll
    fileprivate var timers = TimerTable()
    fileprivate var isStopping = false

    fileprivate init(clock: Clock) throws(NetError) {
        self.clock = clock
        self.turnTime = clock.steady()
        self.epoll = try Epoll()
        self.scratch = Array(repeating: 0, count: Limits.readBytesPerTurnMax)
    }

    /// Watches a descriptor, or changes what it is watched for. The descriptor stays with its owner.
    public borrowing func watch(
        _ descriptor: Int32, for interest: Readiness, token: UInt64
    ) throws(NetError) {
        try epoll.watch(descriptor, for: interest, token: token)
    }

    /// Watches a descriptor no more. Must be called before the descriptor is closed by somebody else.
    public borrowing func forget(_ descriptor: Int32) {
        epoll.forget(descriptor)
    }

    /// Sets the timer of this key, in place of an earlier one of the same key.
    public mutating func setTimer(_ key: UInt64, milliseconds: Int) {
        timers.set(key, due: turnTime + Int64(milliseconds) * 1_000_000)
    }

    /// Takes the timer of this key back, if there is one.
    public mutating func cancelTimer(_ key: UInt64) {
        timers.cancel(key)
    }

    /// Ends the loop after this turn.
    public mutating func stop() {
        isStopping = true
    }
}

/// A running loop, as other threads see it.
public final class EventLoop<Message: Sendable>: Sendable {
    /// Where messages to the reactor are posted.
    public let mailbox: Mailbox<Message>
    private let wakeDescriptor: WakeDescriptor
    private let thread: LoopThread
    private let longest = Atomic<Int64>(0)

    /// How long the longest turn so far took, in nanoseconds. Any thread.
    public var longestTurn: Int64 { longest.load(ordering: .relaxed) }

    private init(mailbox: Mailbox<Message>, wakeDescriptor: WakeDescriptor, thread: LoopThread) {
        self.mailbox = mailbox
        self.wakeDescriptor = wakeDescriptor
        self.thread = thread
    }

    /// Starts a thread, builds the reactor there and returns when it stands.
    ///
    /// - Parameters:
    ///   - name: of the thread, at most 15 characters are shown by the system.
    ///   - capacity: how many ordinary messages may wait.
    ///   - reserve: how many urgent ones on top.
    ///   - recipe: makes the reactor, on the loop's thread; may set up what it watches, and keep the loop it is
    ///     given to hand it to those who answer.
    /// - Throws: what the recipe throws, or why there could be no loop.
    public static func start<Owner: Reactor>(
        name: String, clock: Clock = .system, capacity: Int, reserve: Int = 0,
        recipe: @escaping @Sendable (EventLoop<Message>, inout LoopContext) throws -> Owner
    ) throws -> EventLoop<Message> where Owner.Message == Message {
        let wakeDescriptor = try WakeDescriptor()
        let mailbox = Mailbox<Message>(capacity: capacity, reserve: reserve, bell: { wakeDescriptor.ring() })
        let thread = LoopThread(name: name)
        let handle = EventLoop(mailbox: mailbox, wakeDescriptor: wakeDescriptor, thread: thread)
        try thread.start { hasStarted in
            do {
                var loop = try LoopContext(clock: clock)
                try loop.watch(wakeDescriptor.descriptor, for: .readable, token: LoopContext.reservedToken)
                var reactor = try recipe(handle, &loop)
                hasStarted(nil)
                handle.run(&reactor, &loop)
            } catch {
                hasStarted(error)
            }
        }
        return handle
    }

    /// Makes the loop take a turn although no message waits: the bell of marks. Any thread.
    public func wake() {
        wakeDescriptor.ring()
    }

    /// Waits until the loop has ended, which its reactor decides. Not on the loop's own thread.
    public func join() {
        thread.join()
    }

    private func run<Owner: Reactor>(
        _ reactor: inout Owner, _ loop: inout LoopContext
    ) where Owner.Message == Message {
        // One look at the clock ends a turn and tells how long to wait for the next.
        var now = loop.clock.steady()
        while !loop.isStopping {
            let ready = loop.epoll.wait(milliseconds: loop.millisecondsToNextTimer(at: now))
            loop.turnTime = loop.clock.steady()
            for (token, readiness) in ready {
                if token == LoopContext.reservedToken {
                    wakeDescriptor.silence()
                } else {
                    reactor.ready(token, readiness, on: &loop)
                }
            }
            let messages = mailbox.drain()
            for message in messages { reactor.received(message, on: &loop) }
            var timerCount = 0
            while let timer = loop.timers.popDue(by: loop.turnTime) {
                timerCount += 1
                reactor.due(timer, on: &loop)
            }
            reactor.turnEnded(on: &loop)
            now = loop.clock.steady()
            let nanoseconds = now - loop.turnTime
            guard nanoseconds > longestTurn || nanoseconds > LoopTurn.longNanoseconds else { continue }
            longest.max(nanoseconds, ordering: .relaxed)
            guard nanoseconds > LoopTurn.longNanoseconds else { continue }
            reactor.turnWasLong(
                LoopTurn(
                    nanoseconds: nanoseconds, readyCount: ready.count, messageCount: messages.count,
                    timerCount: timerCount))
        }
    }
}

extension LoopTurn {
    fileprivate static let longNanoseconds = Int64(Limits.turnMillisecondsMax) * 1_000_000
}

extension LoopContext {
    /// Rounded up, so that a turn does not come just before a timer is due.
    fileprivate func millisecondsToNextTimer(at now: Int64) -> Int32? {
        guard let soonest = timers.soonest else { return nil }
        let wait = max(0, soonest - now)
        return Int32(clamping: (wait + 999_999) / 1_000_000)
    }
}
