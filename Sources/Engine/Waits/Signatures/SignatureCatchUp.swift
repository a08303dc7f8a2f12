// Brings the feeds of users up to date with storage, when requests may have been made that this server was not told of.

internal import Primitives
internal import Synchronization

/// Reads what waits for each user whom somebody watches, one after the other and page by page: one question at a time,
/// however many are watched. Any thread.
final class SignatureCatchUp: Sendable {
    private struct State {
        var isUnderWay = false
        var isWantedAgain = false
    }

    private let feeds: SignatureFeeds
    private let signatures: any SignatureRequests
    private let state = Mutex(State())

    init(_ feeds: SignatureFeeds, _ signatures: any SignatureRequests) {
        self.feeds = feeds
        self.signatures = signatures
    }

    /// Begins to read, or notes that it must begin once more after the pass that is under way.
    func begin() {
        let begins = state.withLock { state in
            state.isWantedAgain = state.isUnderWay
            defer { state.isUnderWay = true }
            return !state.isUnderWay
        }
        if begins { next(feeds.watched[...]) }
    }

    private func next(_ rest: ArraySlice<SignatureFeed>) {
        guard let feed = rest.first else { return end() }
        read(feed, [], rest.dropFirst())
    }

    private func read(_ feed: SignatureFeed, _ found: [WaitingSignature], _ rest: ArraySlice<SignatureFeed>) {
        signatures.pending(of: feed.user, after: found.last?.request) { page in
            switch page {
            // Storage is away, so this pass ends. Another one follows when storage is back, because then anything may
            // have happened.
            case .failure: self.end()
            case .success(let more) where more.isEmpty || found.count >= Limits.pendingSignaturesToldMax:
                feed.catchUp(found)
                self.next(rest)
            case .success(let more): self.read(feed, found + more, rest)
            }
        }
    }

    private func end() {
        let isWantedAgain = state.withLock { state in
            defer { state = State() }
            return state.isWantedAgain
        }
        if isWantedAgain { begin() }
    }
}
