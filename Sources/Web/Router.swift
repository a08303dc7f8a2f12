// From a request to the dialect that it is for, and to its route or socket. Built once, read by every loop.

internal import Dialect
internal import Wire

/// What a request leads to.
struct Routing: Sendable {
    enum Goal: Sendable {
        case route(Route, parameters: [String: String])
        case socket(SocketRoute)
        /// The path exists, with these methods only.
        case otherMethods([HTTPMethod], secretPath: String?)
        case unknown
    }

    /// Whose words the answer has if it is a refusal.
    let dialect: DialectID
    let goal: Goal

    /// What the log shows in place of a secret path, whatever the method; nil if the path is not secret.
    var secretPath: String? {
        switch goal {
        case .route(let route, _): route.hasSecretPath ? route.path : nil
        case .otherMethods(_, let secretPath): secretPath
        case .socket, .unknown: nil
        }
    }
}

/// The place of a dialect in the list of a server.
struct DialectID: Hashable, Sendable {
    fileprivate let index: Int
}

/// All routes and sockets of all dialects, and their words.
struct Router: Sendable {
    private struct Served<Entry: Sendable>: Sendable {
        let entry: Entry
        let dialect: DialectID
    }

    /// What is there for a path that does not take a request's method.
    private struct OtherMethods {
        var methods: [HTTPMethod] = []
        var secretPath: String?
        var dialect: DialectID?
    }

    private let dialects: [any Dialect]
    /// The beginnings of paths whose queries may be long.
    let longPaths: [String]
    private let words: [any DialectWords]
    /// By the first part of the path. A dialect more makes no search longer.
    private var routes: [String: [Served<Route>]] = [:]
    /// Those whose path begins with a parameter.
    private var open: [Served<Route>] = []
    private var sockets: [String: [Served<SocketRoute>]] = [:]

    /// - Parameter dialects: at least one, in the order in which they are asked whether a request is theirs.
    init(_ dialects: [any Dialect]) {
        precondition(!dialects.isEmpty, "a server speaks a dialect")
        self.dialects = dialects
        words = dialects.map(\.words)
        longPaths = dialects.flatMap { dialect in
            dialect.longPaths
                + dialect.prefixes.flatMap { prefix in dialect.longPaths.map { "/\(prefix)\($0)" } }
        }
        var known: Set<String> = []
        for (index, dialect) in dialects.enumerated() {
            let id = DialectID(index: index)
            let further = dialect.prefixes.flatMap { prefix in dialect.routes.map { $0.behind(prefix) } }
            for route in dialect.routes + further {
                precondition(
                    known.insert("\(route.method) \(route.path)").inserted,
                    "\(dialect.name) has a route that is there already: \(route.method) \(route.path)")
                switch route.segments.first {
                case .literal(let part)?: routes[part, default: []].append(Served(entry: route, dialect: id))
                case .parameter?, .rest?, nil: open.append(Served(entry: route, dialect: id))
                }
            }
            for socket in dialect.sockets {
                for path in [socket.path] + dialect.prefixes.map({ "/\($0)\(socket.path)" }) {
                    sockets[path, default: []].append(Served(entry: socket, dialect: id))
                }
            }
        }
    }

    func find(_ request: HTTPRequest) -> Routing {
        if let shared = sockets[request.target.path] {
            guard let socket = shared.first(where: { $0.entry.claims(request) }) else {
                return Routing(dialect: last, goal: .unknown)
            }
            return Routing(
                dialect: socket.dialect,
                goal: request.method == .get
                    ? .socket(socket.entry) : .otherMethods([.get], secretPath: nil))
        }
        var others = OtherMethods()
        if let first = request.target.segments.first, let candidates = routes[first],
            let routing = find(request, among: candidates, &others)
        {
            return routing
        }
        if let routing = find(request, among: open, &others) { return routing }
        return Routing(
            dialect: others.dialect ?? dialect(of: request),
            goal: others.methods.isEmpty
                ? .unknown : .otherMethods(others.methods, secretPath: others.secretPath))
    }

    private func find(
        _ request: HTTPRequest, among candidates: [Served<Route>], _ others: inout OtherMethods
    ) -> Routing? {
        for served in candidates {
            let route = served.entry
            guard let parameters = route.match(request.target.segments) else { continue }
            // Every GET route answers HEAD as well.
            if route.method == request.method || (route.method == .get && request.method == .head) {
                return Routing(dialect: served.dialect, goal: .route(route, parameters: parameters))
            }
            others.methods.append(route.method)
            if route.hasSecretPath { others.secretPath = route.path }
            others.dialect = others.dialect ?? served.dialect
        }
        return nil
    }

    /// The dialect in whose words a request is refused that could not be read.
    ///
    /// - Parameter request: as far as it was read; nil if not even its first line could be.
    func dialect(ofUnreadable request: HTTPRequest?) -> DialectID {
        request.map { find($0).dialect } ?? last
    }

    /// The words of a dialect, with what HTTP wants said beside them.
    func answer(_ refusal: Refusal, in dialect: DialectID, to request: HTTPRequest?) -> HTTPResponse {
        var response = words[dialect.index].answer(refusal, to: request)
        for field in refusal.headers.fields where response.headers[field.name] == nil {
            response.headers.add(field.name, field.value)
        }
        return response
    }

    func farewell(_ end: SocketEnd, in dialect: DialectID) -> SocketFarewell {
        words[dialect.index].farewell(end)
    }

    private var last: DialectID { DialectID(index: dialects.count - 1) }

    private func dialect(of request: HTTPRequest) -> DialectID {
        let index = dialects.dropLast().firstIndex { $0.claims(request) }
        return index.map { DialectID(index: $0) } ?? last
    }
}
