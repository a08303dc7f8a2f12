// One client: its transport, and HTTP until it perhaps becomes a socket. Owned by the reactor of its loop.

internal import Dialect
internal import Engine
internal import Identity
internal import Net
internal import Primitives
internal import Wire

/// The state of one connection. A class only because a table cannot hold noncopyable values; it never leaves its
/// loop.
final class ClientConnection {
    /// What the connection is doing.
    enum Phase {
        /// Reads requests, or waits for one.
        case http(HTTPRequestDecoder)
        case socket(SocketConversation)
        /// The last answer is out. What the peer still sends is read and dropped.
        case lingering
    }

    /// What the server waits for an HTTP client to send.
    enum Stage {
        /// Its first request, from its first byte to the end of its head.
        case firstRequest
        case betweenRequests, head, body
        /// Nothing: the client waits for the server.
        case answering

        /// How long the client may take for it.
        var millisecondsMax: Int {
            switch self {
            case .firstRequest: Limits.strangerMillisecondsMax
            case .betweenRequests, .answering: Limits.keepAliveMillisecondsMax
            case .head: Limits.requestHeadMillisecondsMax
            case .body: Limits.requestBodyStallMillisecondsMax
            }
        }
    }

    let id: ClientID
    /// The address that the connection comes from.
    let peer: IPAddress
    var transport: Transport
    var phase: Phase
    /// The request that is being answered, with the continuation for the answer to its open question.
    var exchange: HTTPExchange?
    /// Numbers the questions to engine and storage; an answer with an old number is for nobody.
    var question: UInt64 = 0
    /// The open question, if it holds a place that can be given up.
    var pending: PendingCall?
    var stage = Stage.firstRequest
    /// Nobody has authenticated on this connection.
    var isStranger = true
    /// The client has made a request.
    var hasAsked = false
    /// A request's head has come and its body has not ended.
    var isReadingBody = false
    /// By when the body must have come, in steady nanoseconds; nil while it is not waited for.
    var bodyDeadline: Int64?
    /// The room that is reserved for the body that is being read.
    var bodyShare: BodyBudget.Share?
    /// Since the last ping bytes have come, or waiting output has left.
    var isAlive = true
    /// What the peer had not confirmed at the last ping.
    var unconfirmedBytes = 0
    /// The peer will send nothing more.
    var isHalfClosed = false
    /// A probe has been sent to find out whether a peer that sends nothing more still listens.
    var isProbed = false
    /// Close when the output has left.
    var closesWhenFlushed = false
    var subscriptions = SubscriptionTable()
    var signatures: [SignatureSubscription] = []
    var openingPings = OpeningPings()
    /// A timer is set for subscriptions that have not begun.
    var isOpening = false
    /// When the next one may begin.
    var nextOpening: Int64? {
        let ahead = [subscriptions.nextOpening] + signatures.map(\.opensAt)
        return ahead.compactMap(\.self).min()
    }
    /// The connection has subscriptions, so the server sends without being asked each time.
    var isWatching: Bool { !subscriptions.isEmpty || !signatures.isEmpty }
    /// The output did not all fit into the kernel at the last flush.
    var isStalled = false
    /// So much output waits that no further request or message is taken until some has left. Otherwise a client that
    /// asks without reading the answers would fill the memory with them.
    var isHeldBack = false
    /// TLS has bytes of which the socket says nothing, and they may be read.
    var holdsInput: Bool {
        guard transport.holdsInput, transport.isReading else { return false }
        if case .lingering = phase { return false }
        return true
    }
    /// Something more may be answered now.
    var hasRoom: Bool { transport.waitingBytes < Limits.outputBytesHigh }

    /// - Parameter longPaths: the beginnings of paths whose queries may be long.
    init(id: ClientID, peer: IPAddress, transport: consuming Transport, longPaths: [String]) {
        phase = .http(HTTPRequestDecoder(bodyBytesMax: Limits.operationBodyBytesMax, longPaths: longPaths))
        self.id = id
        self.peer = peer
        self.transport = transport
    }

    /// Begins subscriptions whose time has come.
    func openSubscriptions(by now: Int64) {
        subscriptions.open(by: now)
        for place in signatures.indices { signatures[place].open(by: now) }
    }

    /// A request may be taken, or the rest of the one whose content its route waits for.
    var takesBytes: Bool { exchange?.takesContent ?? true }

    /// A new number for a question; answers to earlier ones no longer count.
    func nextQuestion() -> UInt64 {
        question += 1
        return question
    }
}

/// A request between its arrival and its answer.
struct HTTPExchange {
    /// Its head, and its content if that came before it was begun.
    let request: HTTPRequest
    /// Whose words it is refused in.
    let dialect: DialectID
    /// Set if the request asks for a socket and may have one.
    var handshake: WebSocketHandshake?
    /// It was begun when its head was there, and not all of its content has been taken.
    var isContentMissing = false
    /// The content was large, so a worker calls the route's closures.
    var isLarge = false
    var takesContent: Bool { if case .content? = awaiting { true } else { false } }
    /// The origin of the web page that asks, if it is admitted.
    var origin: String?
    /// What the log shows in place of the path.
    var place: String
    /// Set when a route has found out who calls.
    var caller: ExchangeCaller?
    /// Set if the answer is a stream.
    var stream: StreamAnswer?
    /// What goes on when the answer to the question on its way is there.
    var awaiting: Awaiting?

    enum Awaiting {
        case content(@Sendable (HTTPRequest) -> RouteStep)
        case authentication(@Sendable (AuthenticationResult) -> RouteStep)
        /// The same, for a caller who was known before and is asked about once more before the answer is sent.
        case confirmation(@Sendable (AuthenticationResult) -> RouteStep)
        case reply(@Sendable (EngineReply) -> RouteStep)
        /// The port answers with the next step.
        case step
    }
}

/// The caller who has been let in with a request.
struct ExchangeCaller {
    let caller: Caller
    /// The proof by which the caller is known; nil for a caller who is let in without asking anybody, which cannot end.
    let proof: CallerProof?
    /// When that was said, in steady nanoseconds.
    let knownSince: Int64
}

/// A WebSocket's side of a connection.
struct SocketConversation {
    /// Whose words it is closed with.
    let dialect: DialectID
    var decoder = WebSocketDecoder()
    var session: any SocketSession
    /// The session waits for an answer; no message is taken and no event is sent meanwhile.
    var isAwaiting = false
    /// A close frame has been sent.
    var isClosing = false
    /// The last proof of each user that the peer has proved to be.
    var proofs: [UserID: CallerProof] = [:]
    /// Set while it is asked again who the peer is.
    var confirmation: Confirmation?
}

/// The question whether the peer's proofs still count.
struct Confirmation {
    /// A message between its arrival and its session; nil if only what the peer watches is in question.
    let message: SocketMessage?
    /// The users whose proofs storage is still to be asked about.
    var unconfirmed: [UserID]
    /// A proof counts no more.
    var hasEnded = false
}
