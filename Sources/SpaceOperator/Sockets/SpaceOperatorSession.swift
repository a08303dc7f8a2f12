// The conversation on a Space Operator socket, in either spelling. A pure machine, owned by its connection.

internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Wire

/// Authenticates, again and again if asked, and subscribes (spec http-and-websocket 3.2 to 3.5).
///
/// Identities only add up: each success adds one, a failure takes none away.
struct SpaceOperatorSession: SocketSession {
    /// What the answer to the open question is for.
    private enum Pending {
        case authentication(Spelling, id: Int64)
        /// The token of a subscription is being checked.
        case subscriptionToken(Spelling, id: Int64, RunEventsWish)
        case subscription(Spelling, id: Int64, RunEventsWish)
        case signatureSubscription(Spelling, id: Int64)
    }

    /// A subscriber that names the last message it has seen is told the place of each message.
    private static let placing = PlaceWords(before: Array(#""seq":"#.utf8), after: [UInt8(ascii: ",")])

    private let tracks: SpaceOperatorTracks
    private let makeSubscriptionNumber: @Sendable () -> UInt64
    private var pending: Pending?
    private var messageCount: Int64 = 0
    private var habit: Spelling?
    private var principals: [Principal] = []
    /// The numbers of the subscriptions that go on.
    private var subscriptions: Set<UInt64> = []

    /// - Parameter makeSubscriptionNumber: gives numbers that no subscription of this server has had.
    init(tracks: SpaceOperatorTracks, makeSubscriptionNumber: @escaping @Sendable () -> UInt64) {
        self.tracks = tracks
        self.makeSubscriptionNumber = makeSubscriptionNumber
    }

    mutating func received(_ message: SocketMessage) -> [SessionOrder] {
        guard case .text(let text) = message else { return [] }
        precondition(pending == nil, "the next message comes after the answer to the last")
        let envelope = SocketEnvelope(text, number: messageCount, habit: habit)
        messageCount += 1
        switch envelope.request {
        case .failure(let error):
            return [.send(SocketReply.failure(id: envelope.id, error.text))]
        case .success(let request):
            habit = envelope.spelling
            return answer(request, envelope.spelling, envelope.id)
        }
    }

    private mutating func answer(_ request: SocketRequest, _ spelling: Spelling, _ id: Int64)
        -> [SessionOrder]
    {
        switch request {
        case .authenticate(let token):
            pending = .authentication(spelling, id: id)
            return [.authenticate(.token(token))]
        case .subscribeRunEvents(let wish, let token?):
            pending = .subscriptionToken(spelling, id: id, wish)
            return [.authenticate(.token(token))]
        case .subscribeRunEvents(let wish, nil):
            return watch(wish, spelling, id)
        case .subscribeSignatureRequests:
            // The first user counts (spec 3.3).
            guard let user = principals.lazy.compactMap(\.user).first else {
                return [.send(SocketReply.failure(id: id, EngineError.unauthorized.text))]
            }
            if let refusal = refusal(id) { return refusal }
            pending = .signatureSubscription(spelling, id: id)
            return [.call(.watchSignatures(user))]
        case .unsubscribe(let number):
            guard subscriptions.remove(number) != nil else {
                return [.send(SocketReply.failure(id: id, EngineError.notFound.text))]
            }
            return [
                .unsubscribe(number), .send(SocketReply.unsubscribed(spelling, id: id, number: number)),
            ]
        }
    }

    mutating func authenticated(_ result: AuthenticationResult) -> [SessionOrder] {
        guard let pending else { preconditionFailure("an answer follows a question") }
        self.pending = nil
        switch (pending, result) {
        case (.authentication(_, let id), .refused), (.subscriptionToken(_, let id, _), .refused):
            return [.send(SocketReply.failure(id: id, SpaceOperatorWords.unauthenticated))]
        case (.authentication(_, let id), .unavailable), (.subscriptionToken(_, let id, _), .unavailable):
            return [.send(SocketReply.failure(id: id, StorageError.unavailable.text))]
        case (.authentication(let spelling, let id), .caller(let caller)):
            add(caller)
            return [.send(SocketReply.authenticated(spelling, id: id, caller))]
        case (.subscriptionToken(let spelling, let id, let wish), .caller(let caller)):
            add(caller)
            return watch(wish, spelling, id)
        case (.subscription, _), (.signatureSubscription, _):
            preconditionFailure("a subscription asks the engine, not who calls")
        }
    }

    mutating func replied(_ reply: EngineReply) -> [SessionOrder] {
        let question = pending
        pending = nil
        switch (question, reply) {
        case (.subscription(let spelling, let id, let wish), .watching(let feed)):
            let number = begin()
            return [
                .send(SocketReply.subscribed(spelling, id: id, number: number)),
                .subscribe(
                    SubscriptionOrder(
                        number: number, feed: feed, track: tracks[spelling], after: wish.after ?? 0,
                        kinds: wish.kinds, prefix: spelling.prefix(number),
                        placing: wish.after == nil ? nil : SpaceOperatorSession.placing)),
            ]
        case (.signatureSubscription(let spelling, let id), .watchingSignatures(let feed)):
            let number = begin()
            return [
                .send(SocketReply.subscribed(spelling, id: id, number: number)),
                .subscribeSignatures(
                    SignatureSubscriptionOrder(
                        number: number, feed: feed, track: SpaceOperatorTrack(spelling: spelling),
                        prefix: spelling.prefix(number))),
            ]
        case (.subscription(_, let id, _), .refused(let error)),
            (.signatureSubscription(_, let id), .refused(let error)):
            return [.send(SocketReply.failure(id: id, error.text))]
        default:
            preconditionFailure("the engine answers what it was asked")
        }
    }

    /// A number for a subscription that begins.
    private mutating func begin() -> UInt64 {
        let number = makeSubscriptionNumber()
        subscriptions.insert(number)
        return number
    }

    mutating func subscriptionEnded(_ number: UInt64) {
        subscriptions.remove(number)
    }

    mutating func identityEnded(_ user: UserID) {
        principals.removeAll { $0 == .user(user) }
    }

    private mutating func add(_ caller: Caller) {
        guard let principal = caller.principal else { return }
        // A peer that authenticates in a loop must not make the list grow.
        if !principals.contains(principal), principals.count < Limits.identitiesPerConnectionMax {
            principals.append(principal)
        }
    }

    private mutating func watch(
        _ wish: RunEventsWish, _ spelling: Spelling, _ id: Int64
    ) -> [SessionOrder] {
        if let refusal = refusal(id) { return refusal }
        pending = .subscription(spelling, id: id, wish)
        return [.call(.watch(wish.run, principals: principals))]
    }

    /// The answer to a peer that has too many subscriptions; nil if there is room for one more.
    private func refusal(_ id: Int64) -> [SessionOrder]? {
        guard subscriptions.count >= Limits.subscriptionsPerConnectionMax else { return nil }
        let text = "too many subscriptions: at most \(Limits.subscriptionsPerConnectionMax) on a connection"
        return [.send(SocketReply.failure(id: id, text))]
    }
}

extension Principal {
    fileprivate var user: UserID? { if case .user(let user) = self { user } else { nil } }
}
