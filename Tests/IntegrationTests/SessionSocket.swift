// A session of a dialect with nothing around it: what the server around it would do is done here, in the test's
// own thread.

import Dialect
import Dispatch
import Engine
import Synchronization
import TestKit
import Wire

/// Carries out a session's orders at once and collects what it sends.
final class SessionSocket: GoldenSocket {
    struct Unexpected: Error { let message: String }

    private struct Subscription {
        let order: SubscriptionOrder
        var cursor: UInt64
    }

    private var session: any SocketSession
    private let tracks: TrackTable
    private let authenticate: (Credential) throws -> AuthenticationResult
    private let call: (EngineCall) throws -> EngineReply
    private var sent: [String] = []
    private var subscriptions: [Subscription] = []
    private var signatures: [(order: SignatureSubscriptionOrder, cursor: UInt64)] = []
    /// Signalled when a feed may have something new.
    private let news = DispatchSemaphore(value: 0)
    /// A loop of its own: those of one loop share a watcher.
    private let loop = SessionSocket.count.wrappingAdd(1, ordering: .relaxed).newValue

    private static let count = Atomic(0)

    /// Opens a socket of a dialect that asks nobody before.
    convenience init(
        on dialect: some Dialect, tracks: TrackTable,
        authenticate: @escaping (Credential) throws -> AuthenticationResult,
        call: @escaping (EngineCall) throws -> EngineReply
    ) throws {
        let request = HTTPRequest(method: .get, target: known(HTTPTarget("/ws")))
        let step = known(dialect.sockets.first { $0.path == "/ws" }).handle(
            RouteRequest(request: request, parameters: [:], baseURL: ""))
        guard case .open(let opening) = step else { throw Surprise(expected: "open", step) }
        self.init(opening.session, tracks: tracks, authenticate: authenticate, call: call)
    }

    init(
        _ session: any SocketSession, tracks: TrackTable,
        authenticate: @escaping (Credential) throws -> AuthenticationResult,
        call: @escaping (EngineCall) throws -> EngineReply
    ) {
        self.session = session
        self.tracks = tracks
        self.authenticate = authenticate
        self.call = call
    }

    func say(_ message: String) throws {
        try carryOut(session.received(.text(Array(message.utf8))))
    }

    func hear() throws -> String {
        while sent.isEmpty {
            try pull()
            if sent.isEmpty, news.wait(timeout: .now() + 60) == .timedOut {
                throw Surprise(expected: "a message within a minute", nil)
            }
        }
        return sent.removeFirst()
    }

    func expectNothingMore() throws {
        try pull()
        if let message = sent.first { throw Unexpected(message: message) }
    }

    private func carryOut(_ orders: [SessionOrder]) throws {
        for order in orders {
            switch order {
            case .send(let text): sent.append(String(decoding: text, as: UTF8.self))
            case .authenticate(let credential):
                try carryOut(session.authenticated(authenticate(credential)))
            case .call(let question): try carryOut(session.replied(call(question)))
            case .subscribe(let order):
                order.feed.watch(from: loop) { [news] _ in news.signal() }
                subscriptions.append(
                    Subscription(order: order, cursor: order.feed.reaches(order.after) ? order.after : 0))
            case .subscribeSignatures(let order): try begin(order)
            case .unsubscribe(let number):
                signatures.removeAll { $0.order.number == number }
                subscriptions.removeAll { $0.order.number == number }
            case .close, .sendBinary:
                throw Surprise(expected: "an order of text that leaves the socket open", order)
            }
        }
    }

    /// What waits is told before what is made from now on.
    private func begin(_ order: SignatureSubscriptionOrder) throws {
        order.feed.watch(from: loop) { [news] _ in news.signal() }
        signatures.append((order, order.feed.cursor))
        var last: SignatureRequest?
        while case .pendingSignatures(let page) = try call(.pendingSignatures(order.feed.user, after: last)),
            let end = page.last?.request
        {
            for waiting in page { send(order.track.encode(waiting), order.prefix) }
            last = end
        }
    }

    private func pullSignatures() {
        for index in signatures.indices {
            let order = signatures[index].order
            guard case .requests(let requests, let cursor) = order.feed.pull(after: signatures[index].cursor)
            else { continue }
            for waiting in requests { send(order.track.encode(waiting), order.prefix) }
            signatures[index].cursor = cursor
        }
    }

    /// Takes what the feeds have, one subscription after the other.
    private func pull() throws {
        pullSignatures()
        for index in subscriptions.indices.reversed() {
            while subscriptions.indices.contains(index), try pullOnce(index) {}
        }
    }

    /// True if there may be more.
    private func pullOnce(_ index: Int) throws -> Bool {
        let order = subscriptions[index].order
        let cursor = subscriptions[index].cursor
        switch order.feed.pull(after: cursor, track: order.track, bytesMax: 1_000) {
        case .messages(let messages, let last):
            for (place, message) in zip((last - UInt64(messages.count) + 1)..., messages) {
                send(message, at: place, order)
            }
            subscriptions[index].cursor = last
        case .behind:
            // The event in front of the cursor comes, too: it may be one of a pair that a track swaps.
            let reply = try call(.page(order.feed.run, after: max(cursor, 1) - 1))
            guard case .page(let events, let isLast) = reply, isLast || !events.isEmpty else {
                throw Surprise(expected: "page with events", reply)
            }
            if isLast, (events.last?.sequence ?? 0) < cursor {
                subscriptions[index].cursor = 0
                return true
            }
            let messages = tracks[order.track].encode(events[...], of: order.feed.run)
            for (event, message) in zip(events, messages) where event.sequence > cursor {
                send(message, at: event.sequence, order)
            }
            subscriptions[index].cursor = max(cursor, events.last?.sequence ?? 0)
            if isLast { end(index) }
        case .caughtUp: return false
        case .ended: end(index)
        }
        return true
    }

    private func end(_ index: Int) {
        let order = subscriptions.remove(at: index).order
        if let tail = tracks[order.track].tail { send(tail, order.opening(of: nil)) }
        session.subscriptionEnded(order.number)
    }

    private func send(_ message: TrackMessage, at place: UInt64, _ order: SubscriptionOrder) {
        if order.kinds.contains(message.kind) { send(message.body, order.opening(of: place)) }
    }

    private func send(_ body: [UInt8], _ opening: [UInt8]) {
        sent.append(String(decoding: opening + body, as: UTF8.self))
    }
}
