// From method and path to route. Built once, read by every loop.

internal import Dialect
internal import Wire

/// What a request's path and method lead to.
enum Routing: Sendable {
    case route(Route, parameters: [String: String])
    /// The path takes WebSockets of this dialect.
    case socket(any Dialect)
    /// The path exists, with these methods only.
    case otherMethods([HTTPMethod], secretPath: String?)
    case unknown

    /// What the log shows in place of a secret path, whatever the method; nil if the path is not secret.
    var secretPath: String? {
        switch self {
        case .route(let route, _): route.hasSecretPath ? route.path : nil
        case .otherMethods(_, let secretPath): secretPath
        case .socket, .unknown: nil
        }
    }
}

/// All routes of all dialects.
struct Router: Sendable {
    private let routes: [Route]
    private let socketPaths: [String: any Dialect]

    init(_ dialects: [any Dialect]) {
        routes = dialects.flatMap(\.routes)
        var socketPaths: [String: any Dialect] = [:]
        for dialect in dialects {
            for path in dialect.socketPaths where socketPaths[path] == nil { socketPaths[path] = dialect }
        }
        self.socketPaths = socketPaths
    }

    func find(_ method: HTTPMethod, _ target: HTTPTarget) -> Routing {
        if let dialect = socketPaths[target.path] {
            return method == .get ? .socket(dialect) : .otherMethods([.get], secretPath: nil)
        }
        var methods: [HTTPMethod] = []
        var secretPath: String?
        for route in routes {
            guard let parameters = route.match(target.segments) else { continue }
            // Every GET route answers HEAD as well.
            if route.method == method || (route.method == .get && method == .head) {
                return .route(route, parameters: parameters)
            }
            methods.append(route.method)
            if route.hasSecretPath { secretPath = route.path }
        }
        return methods.isEmpty ? .unknown : .otherMethods(methods, secretPath: secretPath)
    }
}

extension Route {
    /// The path's parameters if its segments are of this route, else nil.
    fileprivate func match(_ path: [String]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, path) {
            switch segment {
            case .literal(let text): guard text == part else { return nil }
            case .parameter(let name):
                guard !part.isEmpty else { return nil }
                parameters[name] = part
            }
        }
        return parameters
    }
}
