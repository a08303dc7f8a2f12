// A second dialect, for tests: it speaks in lines of words and shares a socket path with the first.

public import Dialect
internal import Engine
internal import Identity
internal import Primitives
public import Wire

/// Lines in, lines out. Over HTTP everything is below `/lines`; on `/ws` a query item `lines` picks it.
public struct LineDialect: Dialect {
    public let name = "lines"
    public let words: any DialectWords = LineWords()
    private let book: LineBook
    private let track: TrackID

    /// The dialect as a server lists it; it needs nothing of the server.
    public static func registration<Parts>(_ book: LineBook) -> DialectRegistration<Parts> {
        DialectRegistration { tracks in
            let track = tracks.register(LineTrack())
            return { _ in LineDialect(book: book, track: track) }
        }
    }

    public func claims(_ request: HTTPRequest) -> Bool { request.target.segments.first == "lines" }

    public var routes: [Route] {
        [Route(.post, "/lines/runs/{flow}", handle: start)]
    }

    /// Starts a flow; the content, whatever it is, is taken and not looked at.
    private func start(_ request: RouteRequest) -> RouteStep {
        guard let flow = FlowID(request.parameters["flow"] ?? "") else { return .refuse(.engine(.notFound)) }
        return .authenticate(book.key) { result in
            result.then { caller in
                guard let user = caller.user else { return .refuse(.caller(.missing)) }
                return .content(.stranger) { _ in
                    .call(.start(StartRequest(.own(flow), starter: .user(user)))) { reply in
                        switch reply {
                        case .started(let run): .respond(LineWords.response(.ok, "started \(run)"))
                        case .refused(let error): .refuse(.engine(error))
                        default: preconditionFailure("the engine answers what it was asked")
                        }
                    }
                }
            }
        }
    }

    /// Whoever offers a key as a subprotocol is let in before the socket opens, or refused over HTTP. Without a key each
    /// message must be signed.
    public var sockets: [SocketRoute] {
        [SocketRoute("/ws", claims: { $0.target.query("lines") != nil }, handle: open)]
    }

    private func open(_ request: RouteRequest) -> RouteStep {
        let offered = request.request.subprotocols
        // A known name is agreed on rather than the key, so that the key is not said again.
        let agreed = offered.first { $0 == "lines.v1" } ?? offered.first
        guard offered.contains(where: { $0.hasPrefix(LineBook.subprotocolPrefix) }) else {
            return .open(SocketOpening(LineSession(book: book, track: track), subprotocol: agreed))
        }
        return .authenticate(book.key) { result in
            result.then { caller in
                let session = LineSession(book: book, track: track, caller: caller)
                let welcome = SessionOrder.send(Array("welcome".utf8))
                return .open(SocketOpening(session, subprotocol: agreed, orders: [welcome]))
            }
        }
    }
}
