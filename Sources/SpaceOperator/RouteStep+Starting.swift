// What all routes that start something share.

internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Values
internal import Wire

extension RouteStep {
    /// Goes on with the flow that the path names, or says that it names none.
    static func withFlow(_ request: RouteRequest, _ body: (FlowID) -> RouteStep) -> RouteStep {
        guard let flow = FlowID(request.parameters["id"] ?? "") else {
            return .respond(.error(.notFound, "flow id: expected a positive integer or a UUID"))
        }
        return body(flow)
    }

    /// Finds out who calls, reads the body, and starts what it asks for.
    ///
    /// - Parameters:
    ///   - token: makes the token of the run, if the answer has one.
    ///   - read: reads the request's body; called when it is known who asks.
    static func starting(
        _ shape: CredentialShape, token: (@Sendable (RunID) -> String)? = nil,
        _ read: @escaping @Sendable (Starter) throws(BodyError) -> StartRequest
    ) -> RouteStep {
        .authenticated(shape) { caller throws(BodyError) in
            guard let starter = Starter(caller) else { return .respond(.unauthenticated) }
            let request = try read(starter)
            return .call(.start(request)) { reply in
                guard case .started(let run) = reply else { return .respond(.refusal(reply)) }
                var answer: JSONObject = ["flow_run_id": .string(run.text)]
                if let token { answer.entries.append((key: "token", value: .string(token(run)))) }
                return .respond(.json(.ok, JSONWriter.encode(.object(answer))))
            }
        }
    }
}

extension Starter {
    /// Nil for callers who cannot start anything.
    init?(_ caller: Caller) {
        switch caller {
        case .user(let user, _): self = .user(user)
        case .starter(let key):
            guard let bytes = Bytes32(key.bytes) else { return nil }
            self = .claimant(bytes)
        case .run, .anonymous: return nil
        }
    }
}
