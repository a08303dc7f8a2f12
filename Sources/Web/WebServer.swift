// The server for clients: starts the web loops and stops them in order.

public import Dialect
public import Engine
public import Identity
public import Net
public import Primitives

/// What the web loops are made from.
public struct WebSettings: Sendable {
    public let address: SocketAddress
    /// How many loops; one per core is right.
    public let loopCount: Int
    /// Scheme and authority that callers use, without a trailing slash; nil to believe each request's Host.
    public let publicURL: String?
    public let origins: OriginPolicy
    /// Milliseconds between pings to a silent peer.
    public var pingMilliseconds = Limits.webSocketPingMilliseconds

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
    public let users: any UserDirectory
    public let clock: Clock
    public let log: Log

    public init(
        engine: FlowEngine, dialects: [any Dialect], verifier: CredentialVerifier,
        users: any UserDirectory, clock: Clock, log: Log
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
    private let loops: [EventLoop<WebMessage>]

    /// Listens and starts the loops.
    ///
    /// - Throws: `NetError` when the address cannot be listened on.
    public init(_ settings: WebSettings, _ services: WebServices) throws {
        try Socket.requireFree(settings.address)
        // All sockets listen before any loop runs, so that a taken address starts nothing.
        let first = try Socket.listening(on: settings.address)
        // A port that the system chose is chosen once, for all loops.
        let port = try first.localPort()
        let address = SocketAddress(host: settings.address.host, port: port)
        let router = Router(services.dialects)
        var loops = [try WebServer.startLoop(0, first.handOver(), settings, services, router)]
        for index in 1..<max(1, settings.loopCount) {
            let socket = try Socket.listening(on: address)
            loops.append(try WebServer.startLoop(index, socket.handOver(), settings, services, router))
        }
        self.loops = loops
        self.port = port
    }

    private static func startLoop(
        _ index: Int, _ descriptor: Int32, _ settings: WebSettings, _ services: WebServices, _ router: Router
    ) throws -> EventLoop<WebMessage> {
        try EventLoop<WebMessage>.start(
            name: "web \(index)", clock: services.clock, capacity: Limits.webMailboxMax
        ) { handle, loop in
            try WebReactor(
                index: index, handle: handle, listener: Socket(owning: descriptor), settings: settings,
                services: services, router: router, on: &loop)
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
    }
}
