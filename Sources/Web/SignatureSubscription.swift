// A connection's view of one user's requests for signatures: those that wait, read from storage page by page, then those
// that are made.

internal import Dialect
internal import Engine
internal import Net
internal import Primitives
internal import Wire

/// One subscription: a cursor in a user's feed, behind what was waiting when it began.
struct SignatureSubscription {
    let order: SignatureSubscriptionOrder
    /// When it may begin, in steady nanoseconds; nil once it has.
    private(set) var opensAt: Int64?
    /// The place in the feed, taken before the first page is read. A request that is made meanwhile may come both from
    /// a page and from the feed, so `told` keeps it from being sent twice.
    private var cursor: UInt64
    private var page = FIFO<WaitingSignature>()
    private var isAwaitingPage = false
    private var hasToldAllWaiting = false
    /// The last one that was read.
    private var last: SignatureRequest?
    /// Requests that pages have given and that may still come through the feed.
    private var told: Set<SignatureRequestID> = []

    /// What writing left to do.
    enum Rest {
        case nothing
        /// The page behind this request must be read.
        case page(after: SignatureRequest?)
        /// The peer has fallen behind what is kept for it.
        case lost
    }

    init(_ order: SignatureSubscriptionOrder, opensAt: Int64? = nil) {
        self.order = order
        self.opensAt = opensAt
        cursor = order.feed.cursor
    }

    /// Begins, if it is time.
    mutating func open(by now: Int64) {
        if let opensAt, opensAt <= now { self.opensAt = nil }
    }

    /// Takes the next requests in that wait.
    mutating func add(_ requests: [WaitingSignature]) {
        isAwaitingPage = false
        let room = Limits.pendingSignaturesToldMax - told.count
        for waiting in requests.prefix(room) {
            page.append(waiting)
            told.insert(waiting.request.id)
        }
        last = requests.last?.request ?? last
        hasToldAllWaiting = requests.isEmpty || requests.count >= room
    }

    /// Writes requests until the output is full or there are no more.
    mutating func write(to transport: inout Transport) -> Rest {
        while opensAt == nil, transport.waitingBytes < Limits.outputBytesHigh {
            if let waiting = page.popFirst() {
                send(waiting, to: &transport)
                continue
            }
            guard hasToldAllWaiting else {
                guard !isAwaitingPage else { return .nothing }
                isAwaitingPage = true
                return .page(after: last)
            }
            switch order.feed.pull(after: cursor) {
            case .requests(let requests, let cursor):
                self.cursor = cursor
                for waiting in requests where told.remove(waiting.request.id) == nil {
                    page.append(waiting)
                }
            case .behind: return .lost
            case .caughtUp: return .nothing
            }
        }
        return .nothing
    }

    private func send(_ waiting: WaitingSignature, to transport: inout Transport) {
        let body = order.track.encode(waiting)
        transport.send { output in
            WebSocketEncoder.appendHeader(.text, payloadCount: order.prefix.count + body.count, to: &output)
            output.append(contentsOf: order.prefix)
            output.append(contentsOf: body)
        }
    }
}
