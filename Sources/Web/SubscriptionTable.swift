// The subscriptions of one connection: who gets what, and how far each has got.

internal import Dialect
internal import Engine
internal import Primitives

/// One subscription: a cursor in a feed.
struct Subscription {
    let order: SubscriptionOrder
    /// The sequence of the last event that was put into the output, or into `page`.
    var cursor: UInt64
    /// Messages of a page that was read from storage and has not been sent.
    var page = FIFO<[UInt8]>()
    /// A page has been asked for.
    var isAwaitingPage = false
    /// The last message of `page` is the run's last event.
    var pageWasLast = false
    /// Everything has been put into the output.
    var isComplete = false

    init(_ order: SubscriptionOrder) {
        self.order = order
        self.cursor = order.after
    }
}

/// All subscriptions of a connection, served in turn.
struct SubscriptionTable {
    private var entries: [Subscription] = []
    /// Where the next round begins, so that a busy run does not starve the others.
    private var next = 0

    var isEmpty: Bool { entries.isEmpty }
    var runs: [RunID] { entries.map(\.order.feed.run) }

    mutating func add(_ order: SubscriptionOrder) {
        entries.append(Subscription(order))
    }

    /// Takes a subscription away, if it is there.
    mutating func remove(_ number: UInt64) -> Subscription? {
        guard let index = entries.firstIndex(where: { $0.order.number == number }) else { return nil }
        return entries.remove(at: index)
    }

    /// Changes a subscription in place, if it is there.
    mutating func update(_ number: UInt64, _ change: (inout Subscription) -> Void) {
        guard let index = entries.firstIndex(where: { $0.order.number == number }) else { return }
        change(&entries[index])
    }

    /// Gives each subscription one turn, beginning with another one each time.
    mutating func serveEach(_ body: (inout Subscription) -> Void) {
        guard !entries.isEmpty else { return }
        next %= entries.count
        for offset in entries.indices { body(&entries[(next + offset) % entries.count]) }
        next += 1
    }

    func contains(run: RunID) -> Bool {
        entries.contains { $0.order.feed.run == run }
    }
}
