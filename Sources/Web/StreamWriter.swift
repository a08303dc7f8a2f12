// Pulls subscriptions into the output of their connection. The only place that does.

internal import Dialect
internal import Engine
internal import Net
internal import Primitives
internal import Wire

/// What serving a connection's subscriptions left to do.
struct StreamResult {
    /// Subscriptions whose next events must be read from storage.
    var pagesWanted: [(subscription: UInt64, run: RunID, after: UInt64)] = []
    /// The latest opening time among subscriptions that have something to send and have not yet asked the peer whether
    /// they may begin earlier.
    fileprivate(set) var opensAt: Int64?
    /// Subscriptions that are over.
    var ended: [UInt64] = []
    /// The output was full before everything had been written.
    var isFull = false
    /// How many pages the connection holds or waits for.
    fileprivate var pageCount: Int

    fileprivate init(pageCount: Int) { self.pageCount = pageCount }
}

/// Writes events as messages until the output is full or nothing is left.
enum StreamWriter {
    /// Serves the subscriptions of a connection in turn, each at most `Limits.feedPullBytesMax` a round.
    ///
    /// - Parameter tracks: all encodings, for the end marker of each.
    static func write(
        _ subscriptions: inout SubscriptionTable, to transport: inout Transport, as framing: StreamFraming,
        tracks: TrackTable
    ) -> StreamResult {
        var result = StreamResult(pageCount: subscriptions.pageCount)
        var progressed = true
        while progressed, transport.waitingBytes < Limits.outputBytesHigh {
            progressed = false
            subscriptions.serveEach { subscription in
                guard transport.waitingBytes < Limits.outputBytesHigh, !subscription.isComplete else {
                    return
                }
                if let opensAt = subscription.opensAt {
                    return askToOpen(&subscription, before: opensAt, &result)
                }
                if serve(&subscription, to: &transport, framing, tracks, &result) { progressed = true }
            }
        }
        result.isFull = transport.waitingBytes >= Limits.outputBytesHigh
        return result
    }

    private static func askToOpen(
        _ subscription: inout Subscription, before opensAt: Int64, _ result: inout StreamResult
    ) {
        guard !subscription.hasAskedToOpen, subscription.order.feed.hasMore(after: subscription.cursor) else {
            return
        }
        subscription.hasAskedToOpen = true
        result.opensAt = max(result.opensAt ?? opensAt, opensAt)
    }

    /// One turn of one subscription; true if something was written.
    private static func serve(
        _ subscription: inout Subscription, to transport: inout Transport, _ framing: StreamFraming,
        _ tracks: TrackTable, _ result: inout StreamResult
    ) -> Bool {
        let order = subscription.order
        guard !subscription.isAwaitingPage else { return false }
        guard subscription.page.isEmpty else {
            var bytes = 0
            while bytes < Limits.feedPullBytesMax, transport.waitingBytes < Limits.outputBytesHigh,
                let (place, body) = subscription.page.popFirst()
            {
                send(body, after: order.opening(of: place), to: &transport, framing)
                bytes += body.count
            }
            if subscription.page.isEmpty { result.pageCount -= 1 }
            return true
        }
        guard !subscription.pageWasLast else {
            end(&subscription, &transport, framing, tracks, &result)
            return true
        }
        switch order.feed.pull(
            after: subscription.cursor, track: order.track, bytesMax: Limits.feedPullBytesMax)
        {
        case .messages(let messages, let cursor):
            var place = cursor - UInt64(messages.count)
            for message in messages {
                place += 1
                guard order.kinds.contains(message.kind) else { continue }
                send(message.body, after: order.opening(of: place), to: &transport, framing)
            }
            subscription.cursor = cursor
            subscription.hasForeignCursor = false
            return true
        case .behind:
            // Its turn comes when a page of another one has been sent.
            guard result.pageCount < Limits.pagesPerConnectionMax else { return false }
            result.pageCount += 1
            subscription.isAwaitingPage = true
            result.pagesWanted.append((order.number, order.feed.run, subscription.pageStart))
            return false
        case .caughtUp:
            return false
        case .ended:
            end(&subscription, &transport, framing, tracks, &result)
            return true
        }
    }

    private static func end(
        _ subscription: inout Subscription, _ transport: inout Transport, _ framing: StreamFraming,
        _ tracks: TrackTable, _ result: inout StreamResult
    ) {
        subscription.isComplete = true
        if let tail = tracks[subscription.order.track].tail {
            send(tail, after: subscription.order.opening(of: nil), to: &transport, framing)
        }
        result.ended.append(subscription.order.number)
    }

    private static func send(
        _ body: [UInt8], after prefix: [UInt8], to transport: inout Transport, _ framing: StreamFraming
    ) {
        transport.send { framing.append(body, after: prefix, to: &$0) }
    }
}
