// What a dialect is: its routes, its sessions, its spellings of events. Pure: a dialect decides and translates,
// it never reads a socket, asks a clock or waits.

public import Wire

/// One wire protocol over the one engine.
public protocol Dialect: Sendable {
    /// For the log.
    var name: String { get }
    /// The HTTP routes of this dialect.
    var routes: [Route] { get }
    /// The session that a WebSocket upgrade on one of `socketPaths` begins, or nil if this request is not for
    /// this dialect.
    func makeSession(for request: HTTPRequest) -> (any SocketSession)?
    /// Paths on which this dialect takes WebSockets.
    var socketPaths: [String] { get }
}

/// A request as a route sees it: its head. The content comes by `RouteStep.content`, to those who ask for it.
public struct RouteRequest: Sendable {
    /// Without content, even if that is there already.
    public let request: HTTPRequest
    /// The path's parameters by name, percent-decoded.
    public let parameters: [String: String]
    /// Scheme and authority under which the caller reached this server, without a trailing slash.
    public let baseURL: String
    /// The content has not come, and is or may be larger than `Limits.immediateBodyBytesMax`: whatever a cheap question can
    /// tell is to be known before it is asked for.
    public let isLarge: Bool

    public init(
        request: HTTPRequest, parameters: [String: String], baseURL: String, isLarge: Bool = false
    ) {
        self.request = request.body.isEmpty ? request : request.head
        self.parameters = parameters
        self.baseURL = baseURL
        self.isLarge = isLarge
    }
}
