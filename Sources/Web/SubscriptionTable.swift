// The subscriptions of one connection, each with the place that it has reached.

internal import Dialect
internal import Engine
internal import Primitives

/// One subscription: a cursor in a feed.
struct Subscription {
    let order: SubscriptionOrder
    /// When it may begin, in steady nanoseconds; nil once it has.
    var opensAt: Int64?
    /// The peer was asked to say that it may begin earlier.
    var hasAskedToOpen = false
    /// The place of the last message that was put into the output, or into `page`, or left out.
    var cursor: UInt64
    /// Messages of a page that was read from storage and has not been sent.
    var page = FIFO<(place: UInt64, body: [UInt8])>()
    /// A page has been asked for.
    var isAwaitingPage = false
    /// The run's last message has been in a page.
    var pageWasLast = false
    /// The peer named the cursor, which may lie between the two messages that a track swaps.
    var hasForeignCursor: Bool
    /// Everything has been put into the output.
    var isComplete = false
    /// A page is there or on its way.
    var holdsPage: Bool { isAwaitingPage || !page.isEmpty }

    init(_ order: SubscriptionOrder, opensAt: Int64? = nil) {
        self.order = order
        self.opensAt = opensAt
        // A crash may have lost events that the peer has seen live. If the run does not reach the peer's place, the
        // peer starts from the beginning.
        cursor = order.feed.reaches(order.after) ? order.after : 0
        hasForeignCursor = cursor > 0
    }

    /// Where the next page must begin. In front of a cursor that the peer named, one event is read again, so that a
    /// pair comes whole.
    var pageStart: UInt64 { hasForeignCursor ? cursor - 1 : cursor }

    /// Whether there is or may be something to send; nil while only a page of stored events can tell.
    var hasOutlook: Bool? {
        guard page.isEmpty else { return true }
        guard !pageWasLast else { return false }
        guard !isAwaitingPage else { return nil }
        return switch order.feed.pull(after: cursor, track: order.track, bytesMax: 1) {
        case .messages, .caughtUp: true
        case .ended: false
        case .behind: nil
        }
    }

    /// Takes a page in that was read from `pageStart` on.
    mutating func add(_ events: [RunEvent], isLast: Bool, _ track: any EventTrack) {
        isAwaitingPage = false
        // The same check for a run that ended earlier: only storage knows how far it came.
        if hasForeignCursor, isLast, (events.last?.sequence ?? 0) < cursor {
            hasForeignCursor = false
            cursor = 0
            return
        }
        hasForeignCursor = false
        pageWasLast = isLast
        for (event, message) in zip(events, track.encode(events[...], of: order.feed.run))
        where event.sequence > cursor && order.kinds.contains(message.kind) {
            page.append((event.sequence, message.body))
        }
        cursor = max(cursor, events.last?.sequence ?? 0)
    }
}

/// All subscriptions of a connection, served in turn.
struct SubscriptionTable {
    private var entries: [Subscription] = []
    /// Where the next round begins, so that a busy run does not starve the others.
    private var next = 0

    var isEmpty: Bool { entries.isEmpty }
    var runs: [RunID] { entries.map(\.order.feed.run) }
    /// How many pages are there or on their way.
    var pageCount: Int { entries.count(where: \.holdsPage) }

    /// When the next one may begin; nil if all have.
    private(set) var nextOpening: Int64?

    mutating func add(_ order: SubscriptionOrder, opensAt: Int64? = nil) {
        entries.append(Subscription(order, opensAt: opensAt))
        if let opensAt { nextOpening = min(nextOpening ?? opensAt, opensAt) }
    }

    /// Begins those whose time has come.
    mutating func open(by now: Int64) {
        guard let next = nextOpening, next <= now else { return }
        nextOpening = nil
        for place in entries.indices {
            guard let opensAt = entries[place].opensAt else { continue }
            if opensAt <= now {
                entries[place].opensAt = nil
            } else {
                nextOpening = min(nextOpening ?? opensAt, opensAt)
            }
        }
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

    /// Whether a subscription has or may get something to send; nil while that is not known, or if there is no such
    /// subscription.
    func hasOutlook(_ number: UInt64) -> Bool? {
        entries.first { $0.order.number == number }.flatMap(\.hasOutlook)
    }

    func contains(run: RunID) -> Bool {
        entries.contains { $0.order.feed.run == run }
    }
}
