// Routes under which running flows take values.

internal import Dialect
internal import Engine
internal import Primitives
internal import Wire

/// Spec http-and-websocket 2.5, flow-engine 15.
enum InputRoutes {
    static var all: [Route] {
        [
            Route(.post, "/flow/submit/{key}", hasSecretPath: true, handle: submit),
            Route(.delete, "/flow/submit/{key}", hasSecretPath: true, handle: cancel),
        ]
    }

    /// Everybody who knows the address may answer (spec flow-engine 15.3). Before a large content is taken, storage is
    /// asked whether the address is waited for. A small content is as cheap as that question.
    @Sendable private static func submit(_ request: RouteRequest) -> RouteStep {
        guard let key = key(of: request) else { return .refuse(.engine(.notFound)) }
        guard request.isLarge else { return submit(key, from: .stranger) }
        return .call(.awaitsInput(key: key)) { reply in
            guard case .accepted = reply else { return .respond(.refusal(reply)) }
            return submit(key, from: .known)
        }
    }

    private static func submit(_ key: String, from sender: BodyAllowance) -> RouteStep {
        .content(from: sender) { request throws(BodyError) in
            answer(key, .submitted(try SubmitBody(request.body).value))
        }
    }

    @Sendable private static func cancel(_ request: RouteRequest) -> RouteStep {
        guard let key = key(of: request) else { return .refuse(.engine(.notFound)) }
        return answer(key, .canceled)
    }

    private static func answer(_ key: String, _ answer: InputAnswer) -> RouteStep {
        .call(.answerInput(key: key, answer)) { reply in
            guard case .accepted = reply else { return .respond(.refusal(reply)) }
            return .respond(.json(.ok, Array("null".utf8)))
        }
    }

    /// The hexadecimal digits of 32 bytes, which clients may write as they like; nil for what cannot be a key (spec flow-engine
    /// 15.1).
    private static func key(of request: RouteRequest) -> String? {
        let key = (request.parameters["key"] ?? "").lowercased()
        return Hexadecimal.decode(key)?.count == 32 ? key : nil
    }
}
