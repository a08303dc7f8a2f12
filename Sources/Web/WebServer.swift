// The server for clients: starts the web loops and stops them in order.

public import Dialect
public import Engine
public import Identity
public import Net
public import Primitives
public import Wire

/// What the web loops are made from.
public struct WebSettings: Sendable {
    /// Where clients speak in clear, or TLS if there is no `tlsAddress`.
    public let address: SocketAddress
    /// How many loops; one per core is right.
    public let loopCount: Int
    /// Scheme and authority that callers use, without a trailing slash; nil to believe each request's Host.
    public let publicURL: String?
    public let origins: OriginPolicy
    /// Who may say by which scheme and host a client has come.
    public var proxies = TrustedProxies()
    /// Milliseconds between pings to a silent peer.
    public var pingMilliseconds = Limits.webSocketPingMilliseconds
    /// What a message of a client on a socket may be, once the client is known.
    public var socketBounds = WebSocketBounds.standard
    /// The certificates of TLS; nil for none.
    public var tls: CurrentTLSContext?
    /// Where TLS is spoken beside `address`, at which clients then speak in clear; nil for one address. Means nothing without
    /// `tls`.
    public var tlsAddress: SocketAddress?
    /// Connections of all loops together; nil for as many as the process may have descriptors.
    public var connectionsMax: Int?

    public init(address: SocketAddress, loopCount: Int, publicURL: String?, origins: OriginPolicy) {
        self.address = address
        self.loopCount = loopCount
        self.publicURL = publicURL
        self.origins = origins
    }
}

/// What the web loops use.
public struct WebServices: Sendable {
    public let engine: FlowEngine
    public let dialects: [any Dialect]
    public let verifier: CredentialVerifier
    public let users: any UserBook
    public let clock: Clock
    public let log: Log

    public init(
        engine: FlowEngine, dialects: [any Dialect], verifier: CredentialVerifier,
        users: any UserBook, clock: Clock, log: Log
    ) {
        self.engine = engine
        self.dialects = dialects
        self.verifier = verifier
        self.users = users
        self.clock = clock
        self.log = log
    }
}

/// The running web loops. Made on start, stopped once.
public final class WebServer: Sendable {
    /// The port that clients reach; the system's choice if 0 was asked for.
    public let port: UInt16
    /// The port at which TLS is spoken beside it; nil if there is none.
    public let tlsPort: UInt16?
    private let loops: [EventLoop<WebMessage>]
    private let workers: WorkThreads
    private let handshakes: WorkThreads?

    /// How long the longest turn of a loop so far took, in nanoseconds. Any thread.
    public var longestTurn: Int64 { loops.map(\.longestTurn).max() ?? 0 }

    /// Listens and starts the loops.
    ///
    /// - Throws: `NetError` when the address cannot be listened on.
    public init(_ settings: WebSettings, _ services: WebServices) throws {
        let addresses =
            [settings.address] + [settings.tls.flatMap { _ in settings.tlsAddress }].compactMap(\.self)
        for address in addresses { try Socket.requireFree(address) }
        // All sockets listen before any loop runs, so that a taken address starts nothing. A port that the system chose is
        // chosen once, for all loops.
        var doors: [DoorPlan] = []
        var chosen: [SocketAddress] = []
        for (place, address) in addresses.enumerated() {
            let socket = try Socket.listening(on: address)
            chosen.append(SocketAddress(host: address.host, port: try socket.localPort()))
            let isInClear = place == 0 && addresses.count > 1
            doors.append(DoorPlan(descriptor: socket.handOver(), tls: isInClear ? nil : settings.tls))
        }
        let loopCount = max(1, settings.loopCount)
        let connectionsMax = (settings.connectionsMax ?? WebServer.connectionsMax()) / loopCount
        let parts = Parts(
            settings: settings, services: services, router: Router(services.dialects),
            workers: try WorkThreads(
                name: "web bodies", count: Limits.bodyThreads, capacity: Limits.bodiesWaitingMax,
                niceness: Limits.bodyThreadNiceness),
            handshakes: try settings.tls.map { _ in
                try WorkThreads(
                    name: "web handshakes", count: Limits.handshakeThreads,
                    capacity: Limits.handshakesWaitingMax, niceness: Limits.handshakeThreadNiceness)
            },
            connectionsMax: max(1, min(Limits.connectionsPerLoopMax, connectionsMax)))
        var loops = [try WebServer.startLoop(0, doors, parts)]
        for index in 1..<loopCount {
            let further = try zip(chosen, doors).map { address, door in
                DoorPlan(descriptor: try Socket.listening(on: address).handOver(), tls: door.tls)
            }
            loops.append(try WebServer.startLoop(index, further, parts))
        }
        self.loops = loops
        port = chosen[0].port
        tlsPort = chosen.count > 1 ? chosen[1].port : nil
        workers = parts.workers
        handshakes = parts.handshakes
    }

    /// What all loops have in common.
    private struct Parts {
        let settings: WebSettings
        let services: WebServices
        let router: Router
        let workers: WorkThreads
        let handshakes: WorkThreads?
        /// Of each loop.
        let connectionsMax: Int
    }

    /// As many as the process may have descriptors, without those that it needs itself.
    private static func connectionsMax() -> Int {
        let limit = DescriptorLimit.raised()
        return max(limit - Limits.descriptorsReserved, limit / 2)
    }

    private static func startLoop(
        _ index: Int, _ doors: [DoorPlan], _ parts: Parts
    ) throws -> EventLoop<WebMessage> {
        try EventLoop<WebMessage>.start(
            name: "web \(index)", clock: parts.services.clock, capacity: Limits.webMailboxMax
        ) { handle, loop in
            try WebReactor(
                index: index, handle: handle, doors: doors, settings: parts.settings,
                services: parts.services, router: parts.router, workers: parts.workers,
                handshakes: parts.handshakes, connectionsMax: parts.connectionsMax, on: &loop)
        }
    }

    /// Accepts no further connections; those that are open go on.
    public func stopListening() {
        for loop in loops { loop.mailbox.postReply(.stopListening) }
    }

    /// Lets answers and events that are on their way leave, says goodbye on sockets, closes, and waits for the
    /// loops to end. Not on a loop's thread.
    public func stop() {
        for loop in loops { loop.mailbox.postReply(.stop) }
        for loop in loops { loop.join() }
        for threads in [workers, handshakes] { threads?.stop() }
        for threads in [workers, handshakes] { threads?.join() }
    }
}
