// The Space Operator dialect: its routes, its socket, its two spellings of events.

public import Dialect
public import Engine
internal import Primitives
internal import Synchronization
public import Wire

/// What existing Space Operator clients speak (spec http-and-websocket).
public struct SpaceOperatorDialect: Dialect {
    /// The tracks of this dialect, in the order of their numbers.
    public static let tracks: [any EventTrack] = [
        SpaceOperatorTrack(spelling: .documented), SpaceOperatorTrack(spelling: .numbered),
    ]

    public let name = "space-operator"
    public let routes: [Route]
    public let socketPaths = ["/ws"]
    private let subscriptions = SubscriptionCounter()

    public init(_ services: SpaceOperatorServices) {
        routes = SpaceOperatorRoutes.all(services)
    }

    /// A new session, whatever the request; never nil.
    public func makeSession(for request: HTTPRequest) -> (any SocketSession)? {
        SpaceOperatorSession(makeSubscriptionNumber: { [subscriptions] in subscriptions.next() })
    }
}

/// One counter for the whole server: numbers are never used twice while the process lives (spec 3.4).
private final class SubscriptionCounter: Sendable {
    private let count = Atomic<UInt64>(0)

    func next() -> UInt64 {
        count.wrappingAdd(1, ordering: .relaxed).oldValue
    }
}
