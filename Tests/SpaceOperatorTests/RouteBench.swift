// Routes carried out one step after the other, without a server.

import Dialect
import Engine
import Identity
import Primitives
import Synchronization
import Wire

@testable import SpaceOperator

let routeUser = UserID(UniqueID(high: 1, low: 2))
let routeKey = PublicKey(bytes: [UInt8](repeating: 9, count: 32))

/// Carries a route out on its own, with what is known of the caller.
func carryOut(
    _ services: SpaceOperatorServices, _ request: HTTPRequest, caller: AuthenticationResult
) -> HTTPResponse? {
    var tracks = TrackTable()
    let found = SpaceOperatorRoutes.all(services, SpaceOperatorTracks(in: &tracks)).lazy.compactMap { route in
        route.method == request.method ? route.match(request.target.segments).map { (route, $0) } : nil
    }.first
    guard let (route, parameters) = found else { return nil }
    var step = route.handle(RouteRequest(request: request, parameters: parameters, baseURL: "http://here"))
    while true {
        switch step {
        case .respond(let response): return response
        case .refuse(let refusal): return SpaceOperatorWords().answer(refusal, to: request)
        case .content(_, let next): step = next(request)
        case .authenticate(_, let next), .confirm(let next): step = next(caller)
        case .call, .open, .stream: return nil
        case .ask(let question):
            let box = Mutex<RouteStep?>(nil)
            question.ask { next in box.withLock { $0 = next } }
            guard let next = box.withLock({ $0 }) else { return nil }
            step = next
        }
    }
}

func bareServices() -> SpaceOperatorServices {
    SpaceOperatorServices(anonKey: "open-key", isReady: { true })
}
