// Routes about API keys.

internal import Dialect
internal import Identity
internal import Primitives
internal import Wire

/// Spec http-and-websocket 2.4.
enum KeyRoutes {
    static var all: [Route] {
        [Route(.get, "/apikey/info", handle: owner)]
    }

    @Sendable private static func owner(_ request: RouteRequest) -> RouteStep {
        .authenticated(.apiKeyOnly) { caller in
            guard let user = caller.user else { return .respond(.unauthenticated) }
            return .respond(.json(.ok, JSONWriter.encode(["user_id": .string(user.text)])))
        }
    }
}
