// Routes under which running flows take values.

internal import Dialect
internal import Engine
internal import Wire

/// Spec http-and-websocket 2.5, flow-engine 15.
enum InputRoutes {
    static var all: [Route] {
        [
            Route(.post, "/flow/submit/{key}", hasSecretPath: true, handle: submit),
            Route(.delete, "/flow/submit/{key}", hasSecretPath: true, handle: cancel),
        ]
    }

    /// Whoever knows the address may answer (spec flow-engine 15.3).
    @Sendable private static func submit(_ request: RouteRequest) -> RouteStep {
        .checked { () throws(BodyError) in
            answer(request, .submitted(try SubmitBody(request.request.body).value))
        }
    }

    @Sendable private static func cancel(_ request: RouteRequest) -> RouteStep {
        answer(request, .canceled)
    }

    private static func answer(_ request: RouteRequest, _ answer: InputAnswer) -> RouteStep {
        // Clients may write the hexadecimal digits of a key as they like.
        .call(.answerInput(key: (request.parameters["key"] ?? "").lowercased(), answer)) { reply in
            guard case .accepted = reply else { return .respond(.refusal(reply)) }
            return .respond(.json(.ok, Array("null".utf8)))
        }
    }
}
