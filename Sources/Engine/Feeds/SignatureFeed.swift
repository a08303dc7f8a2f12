// The requests for one user's signatures, for the user's connections that want to see them: written by the lanes, read
// by the web loops.

public import Primitives
internal import Synchronization

/// What a reader got out of a user's feed.
public enum SignaturePull: Sendable {
    /// Requests in order, and the cursor for the next pull.
    case requests([WaitingSignature], cursor: UInt64)
    /// Requests behind the cursor are not in memory any more.
    case behind
    /// Nothing new yet; a mark will follow.
    case caughtUp
}

/// A window on the latest requests for one user, shared by all who watch them in this process.
///
/// A subscription is a cursor; there is no queue per subscriber. Requests that have left the window are not told: a
/// reader that is so far behind must begin anew, with the requests that wait. The feed lives as long as somebody holds
/// it.
public final class SignatureFeed: Sendable {
    /// Told that a user has something new; must not block.
    public typealias Watcher = @Sendable (UserID) -> Void

    private struct State {
        /// Requests with the numbers `first`, `first + 1`, …
        var requests: [WaitingSignature] = []
        var first: UInt64 = 1
        /// Requests that were told already. Storage may give them once more.
        var known: Set<SignatureRequestID> = []
        var watchers = LoopWatchers<UserID>()

        /// False if the request is there already.
        mutating func add(_ request: WaitingSignature) -> Bool {
            guard known.insert(request.request.id).inserted else { return false }
            requests.append(request)
            if requests.count > Limits.signatureWindowMax {
                requests.removeFirst()
                first += 1
            }
            if known.count > Limits.feedSignaturesKnownMax {
                known = Set(requests.map(\.request.id))
            }
            return true
        }
    }

    public let user: UserID
    /// Requests made before this moment are not news: each subscription has read them from storage.
    private let newsBegin: Timestamp
    private let state = Mutex(State())
    private let gone: @Sendable (UserID) -> Void

    /// - Parameters:
    ///   - now: when the feed begins.
    ///   - gone: called when nobody holds the feed any more.
    init(user: UserID, at now: Timestamp, gone: @escaping @Sendable (UserID) -> Void) {
        self.user = user
        newsBegin = now.advanced(by: .milliseconds(-Limits.signatureFeedOverlapMilliseconds))
        self.gone = gone
    }

    deinit { gone(user) }

    /// Stands behind everything that has been added so far.
    public var cursor: UInt64 { state.withLock { $0.first + UInt64($0.requests.count) - 1 } }

    /// Adds a request, unless it is there already, and tells the watchers.
    func append(_ request: WaitingSignature) {
        let watchers = state.withLock { state in state.add(request) ? state.watchers.all : [] }
        for watch in watchers { watch(user) }
    }

    /// Adds those of these requests that may be news and are not in the feed. A subscription that began with such a
    /// request does not tell it again. Older requests stay out, because they would push new ones out of the window.
    ///
    /// - Parameter waiting: all that wait for the user, oldest first.
    func catchUp(_ waiting: [WaitingSignature]) {
        let news = waiting.filter { $0.request.createdAt >= newsBegin }
        let watchers = state.withLock { state in
            let isNew = news.reduce(false) { isNew, request in state.add(request) || isNew }
            state.known = Set(news.map(\.request.id)).union(state.requests.map(\.request.id))
            return isNew ? state.watchers.all : []
        }
        for watch in watchers { watch(user) }
    }

    /// Registers one more subscriber of a loop; its watcher is called whenever there is something new.
    public func watch(from loop: Int, _ watcher: @escaping Watcher) {
        state.withLock { $0.watchers.add(loop, watcher) }
    }

    /// Takes one subscriber of a loop away.
    public func unwatch(from loop: Int) {
        state.withLock { $0.watchers.remove(loop) }
    }

    /// The requests behind a cursor.
    public func pull(after cursor: UInt64) -> SignaturePull {
        state.withLock { state in
            guard cursor + 1 >= state.first else { return .behind }
            let seen = Int(cursor + 1 - state.first)
            guard seen < state.requests.count else { return .caughtUp }
            let requests = Array(state.requests[seen...])
            return .requests(requests, cursor: cursor + UInt64(requests.count))
        }
    }
}

/// The feeds of all users whom somebody watches.
final class SignatureFeeds: Sendable {
    private struct Entry {
        weak var feed: SignatureFeed?
    }

    private let entries = Mutex<[UserID: Entry]>([:])
    private let clock: Clock

    init(_ clock: Clock) { self.clock = clock }

    /// The feed of a user; all who watch the same user get the same feed.
    func feed(of user: UserID) -> SignatureFeed {
        entries.withLock { entries in
            if let feed = entries[user]?.feed { return feed }
            let feed = SignatureFeed(user: user, at: clock.now()) { [weak self] in self?.forget($0) }
            entries[user] = Entry(feed: feed)
            return feed
        }
    }

    /// Those that are there now.
    var watched: [SignatureFeed] { entries.withLock { $0.values.compactMap(\.feed) } }

    /// Tells the watchers of a user of a request, if there are any.
    func tell(_ user: UserID, _ request: WaitingSignature) {
        entries.withLock { $0[user]?.feed }?.append(request)
    }

    private func forget(_ user: UserID) {
        // Another caller may have got a new feed meanwhile. That feed must not be released inside the lock, because its
        // end calls this function again.
        let other = entries.withLock { entries in
            let feed = entries[user]?.feed
            if feed == nil { entries[user] = nil }
            return feed
        }
        _ = other
    }
}
