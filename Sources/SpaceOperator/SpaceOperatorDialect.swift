// The Space Operator dialect: its routes, its socket, its words, its two spellings of events.

public import Dialect
internal import Primitives
internal import Synchronization
public import Wire

/// What existing Space Operator clients speak (spec http-and-websocket).
public struct SpaceOperatorDialect: Dialect {
    public let name = "space-operator"
    public let routes: [Route]
    public let sockets: [SocketRoute]
    /// Where the hosted product's gateway puts its server.
    public let prefixes = ["flow-server"]
    public let words: any DialectWords = SpaceOperatorWords()
    public let longPaths = [TableRoutes.path]

    /// - Parameter tracks: as registered with the engine that answers the calls of this dialect.
    public init(_ services: SpaceOperatorServices, tracks: SpaceOperatorTracks) {
        routes = SpaceOperatorRoutes.all(services, tracks)
        let numbers = SubscriptionCounter()
        sockets = [
            SocketRoute("/ws") { _ in
                .open(
                    SocketOpening(
                        SpaceOperatorSession(tracks: tracks, makeSubscriptionNumber: { numbers.next() })))
            }
        ]
    }

    /// Any request: its clients knew no other dialect.
    public func claims(_ request: HTTPRequest) -> Bool { true }
}

/// One counter for the whole server: numbers are never used twice while the process lives (spec 3.4).
private final class SubscriptionCounter: Sendable {
    private let count = Atomic<UInt64>(0)

    func next() -> UInt64 {
        count.wrappingAdd(1, ordering: .relaxed).oldValue
    }
}
