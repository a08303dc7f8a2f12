// What a dialect is: its routes, its sockets, its words. Pure: a dialect decides and translates, it never reads a socket,
// asks a clock or waits. What it needs of the server it is given when it is made (`DialectRegistration`).

public import Wire

/// One wire protocol over the one engine.
public protocol Dialect: Sendable {
    /// For the log.
    var name: String { get }
    /// The HTTP routes of this dialect. No other dialect of the server has one of them.
    var routes: [Route] { get }
    /// The WebSockets of this dialect. Several dialects may share a path.
    var sockets: [SocketRoute] { get }
    /// First parts of paths behind which the gateways of its product serve the same routes and sockets once more.
    var prefixes: [String] { get }
    /// How this dialect refuses, also what only the web server has looked at.
    var words: any DialectWords { get }
    /// The beginnings of paths whose queries may be long: their request line may be as long as a whole head.
    var longPaths: [String] { get }
    /// Whether a request that leads nowhere is refused in the words of this dialect. Dialects are asked in the order in
    /// which they are listed; the last one is not asked and takes the rest.
    ///
    /// - Parameter request: what could be read of it, perhaps no more than method and target.
    func claims(_ request: HTTPRequest) -> Bool
}

extension Dialect {
    public var prefixes: [String] { [] }
    /// None.
    public var longPaths: [String] { [] }
}
