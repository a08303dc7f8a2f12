// A route: a method, a path, and what is done step by step until there is a response.

public import Engine
public import Identity
public import Primitives
public import Wire

/// What a route wants next. The web loop carries a step out and goes on with what its closure returns. Once large content
/// has come, the closures are called by a thread that has the time for it.
public enum RouteStep: Sendable {
    /// The exchange is over. If there is content that was not asked for, the connection may close.
    case respond(HTTPResponse)
    /// The same with the words that the dialect has for a refusal.
    case refuse(Refusal)
    /// Take the request's content, as much of it as its sender may send, and go on with the whole request. At most
    /// once, and only after every question that needs no content.
    case content(BodyAllowance, @Sendable (HTTPRequest) -> RouteStep)
    /// Find out who calls, by the credential that this reader finds in the request.
    case authenticate(CredentialReader, @Sendable (AuthenticationResult) -> RouteStep)
    /// Find out whether the caller whom `authenticate` has found still counts, before an answer that may have been
    /// waited for. Storage is asked again unless the answer is immediate (`Limits.immediateAnswerMilliseconds`) or the
    /// caller's proof cannot end. While storage cannot say, the answer waits.
    case confirm(@Sendable (AuthenticationResult) -> RouteStep)
    /// Ask the engine.
    case call(EngineCall, @Sendable (EngineReply) -> RouteStep)
    /// Ask somebody else, a port that the dialect was made with.
    case ask(RouteQuestion)
    /// The answer is a stream of a run's events.
    case stream(EventStream)
    /// The connection becomes a socket. Only in the steps of a `SocketRoute`. Who has been found out there is known on the
    /// socket, too.
    case open(SocketOpening)
}

/// A question to a port on behalf of a request.
public struct RouteQuestion: Sendable {
    private let begin: @Sendable (_ goOn: @escaping @Sendable (RouteStep) -> Void) -> PendingCall?

    /// - Parameter begin: asks and returns at once; calls `goOn` exactly once, on any thread, with what is to be done
    ///   then.
    public init(_ begin: @escaping @Sendable (_ goOn: @escaping @Sendable (RouteStep) -> Void) -> Void) {
        self.begin = { goOn in
            begin(goOn)
            return nil
        }
    }

    /// - Parameter begin: like that of a plain question; returns the call with which the question is withdrawn when its
    ///   client has gone; nil if the question holds no place.
    public init(
        withdrawable begin:
            @escaping @Sendable (_ goOn: @escaping @Sendable (RouteStep) -> Void) -> PendingCall?
    ) {
        self.begin = begin
    }

    /// Asks the question. Called by the web loop or worker that carries the step out.
    @discardableResult
    public func ask(_ goOn: @escaping @Sendable (RouteStep) -> Void) -> PendingCall? { begin(goOn) }
}

/// How much content somebody may send.
public enum BodyAllowance: Sendable {
    /// Somebody who has proved nothing.
    case stranger
    /// A user, or a sender who knows the key of something that waits for this content.
    case known
    /// The operator of the server, who brings everything that users had elsewhere.
    case operation

    /// What a caller may send: a user as much as existing clients were written against.
    public init(_ caller: Caller) {
        self = caller.user == nil ? .stranger : .known
    }

    /// In bytes; more is refused with 413.
    public var bytesMax: Int {
        switch self {
        case .stranger: Limits.strangerBodyBytesMax
        case .known: Limits.requestBodyBytesMax
        case .operation: Limits.operationBodyBytesMax
        }
    }
}

/// A method and a path of this server.
public struct Route: Sendable {
    /// A part of a path between two slashes.
    public enum Segment: Hashable, Sendable {
        case literal(String)
        /// Any one non-empty part, given to the route under this name.
        case parameter(String)
        /// All parts that are left, at least one, given to the route under this name with slashes between them. The last
        /// segment only.
        case rest(String)
    }

    public let method: HTTPMethod
    public private(set) var segments: [Segment]
    /// True if knowing the path is enough to use the route. The log then has `path` in place of the real path.
    public let hasSecretPath: Bool
    /// Bytes of content that no request to this route may exceed, whoever sends it; over it is 413 at once.
    public let contentBytesMax: Int
    public let handle: @Sendable (RouteRequest) -> RouteStep

    /// A route for a path such as `/flow/start/{id}` or `/files/{path*}`.
    public init(
        _ method: HTTPMethod, _ path: String, hasSecretPath: Bool = false,
        contentBytesMax: Int = Limits.requestBodyBytesMax,
        handle: @escaping @Sendable (RouteRequest) -> RouteStep
    ) {
        self.method = method
        self.hasSecretPath = hasSecretPath
        self.contentBytesMax = contentBytesMax
        self.segments = path.split(separator: "/").map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("*") ? .rest(String(name.dropLast())) : .parameter(String(name))
        }
        self.handle = handle
    }

    /// The same route with another part in front of its path.
    public func behind(_ prefix: String) -> Route {
        var route = self
        route.segments.insert(.literal(prefix), at: 0)
        return route
    }

    /// The path with its parameters by name, `/flow/start/{id}`.
    public var path: String {
        segments.map { segment in
            switch segment {
            case .literal(let text): "/" + text
            case .parameter(let name), .rest(let name): "/{\(name)}"
            }
        }.joined()
    }

    /// The path's parameters if its segments are of this route, else nil.
    public func match(_ path: [String]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (index, segment) in segments.enumerated() {
            guard index < path.count else { return nil }
            switch segment {
            case .literal(let text): guard text == path[index] else { return nil }
            case .parameter(let name):
                guard !path[index].isEmpty else { return nil }
                parameters[name] = path[index]
            case .rest(let name):
                parameters[name] = path[index...].joined(separator: "/")
                return parameters
            }
        }
        return path.count == segments.count ? parameters : nil
    }
}
