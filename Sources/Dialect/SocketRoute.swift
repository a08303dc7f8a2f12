// A path on which WebSockets are opened, and what is done step by step until one is open.

public import Wire

/// A path on which a dialect takes WebSockets, and which of the requests there are its own. Dialects that share a path are
/// asked in the order in which they are listed. What none of them claims is refused as a path that does not exist.
public struct SocketRoute: Sendable {
    public let path: String
    /// Whether a request on this path is for this dialect, by its query, headers or subprotocols. Called on the web loop.
    public let claims: @Sendable (HTTPRequest) -> Bool
    /// What is done with a request that the web server has found to be a good handshake. The steps end with `open` or a
    /// refusal, so whoever must not come in is told so by HTTP.
    public let handle: @Sendable (RouteRequest) -> RouteStep

    public init(
        _ path: String, claims: @escaping @Sendable (HTTPRequest) -> Bool = { _ in true },
        handle: @escaping @Sendable (RouteRequest) -> RouteStep
    ) {
        self.path = path
        self.claims = claims
        self.handle = handle
    }
}

/// A conversation that begins.
public struct SocketOpening: Sendable {
    public let session: any SocketSession
    /// The one of the client's subprotocols that is agreed on, byte for byte; nil for none.
    public let subprotocol: String?
    /// What is done before the first message of the peer is taken.
    public let orders: [SessionOrder]

    public init(_ session: any SocketSession, subprotocol: String? = nil, orders: [SessionOrder] = []) {
        self.session = session
        self.subprotocol = subprotocol
        self.orders = orders
    }
}
