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

    /// Goes on with the run that the path names, or says that it names none.
    static func withRun(_ request: RouteRequest, _ body: (RunID) -> RouteStep) -> RouteStep {
        guard let run = RunID(request.parameters["id"] ?? "") else {
            return .respond(.error(.notFound, "flow run id: expected a UUID"))
        }
        return body(run)
    }

    /// Finds out who calls, takes the content, and starts what it asks for. With `follow` in its query the answer is the
    /// stream of the run.
    ///
    /// - Parameters:
    ///   - way: what is to run.
    ///   - token: makes the token of the run, if the answer has one.
    ///   - read: reads the content; called when it is known who asks.
    static func starting(
        _ way: StartWay, _ request: RouteRequest, _ shape: CredentialShape, _ tracks: SpaceOperatorTracks,
        token: (@Sendable (RunID) -> String)? = nil,
        _ read: @escaping @Sendable (Starter, _ body: [UInt8]) throws(BodyError) -> StartRequest
    ) -> RouteStep {
        .checked { () throws(BodyError) in
            let follows = try Following.isWanted(by: request.request)
            return .withContent(for: way, request, shape) { starter, request throws(BodyError) in
                .call(.start(try read(starter, request.body))) { reply in
                    guard case .started(let run) = reply else { return .respond(.refusal(reply)) }
                    let token = token.map { $0(run) }
                    guard follows else { return .respond(started(run, token)) }
                    return following(run, token, StreamForm(request), tracks)
                }
            }
        }
    }

    private static func started(_ run: RunID, _ token: String?) -> HTTPResponse {
        var answer: JSONObject = ["flow_run_id": .string(run.text)]
        if let token { answer.entries.append((key: "token", value: .string(token))) }
        return .json(.ok, JSONWriter.encode(.object(answer)))
    }

    /// Answers with the stream of a run that has just been started. What the plain answer says stands in its head.
    private static func following(
        _ run: RunID, _ token: String?, _ form: StreamForm, _ tracks: SpaceOperatorTracks
    ) -> RouteStep {
        var headers: HTTPHeaders = ["X-Flow-Run-Id": run.text]
        if let token { headers.add("X-Flow-Run-Token", token) }
        let fields = headers
        return .call(.watch(run, principals: [.run(run)])) { reply in
            // It runs in any case, which its starter must know.
            guard case .watching(let feed) = reply else { return .respond(started(run, token)) }
            return .stream(tracks.stream(of: feed, form, headers: fields))
        }
    }

    /// Finds out who calls, and takes the content of a request to run something. If the caller only names a key, a
    /// large content is taken only after it is known that the caller may run it.
    static func withContent(
        for way: StartWay, _ request: RouteRequest, _ shape: CredentialShape, isReadOnly: Bool = false,
        _ body: @escaping @Sendable (Starter, HTTPRequest) throws(BodyError) -> RouteStep
    ) -> RouteStep {
        .authenticated(shape) { caller in
            guard let starter = Starter(caller) else { return .respond(.unauthenticated) }
            let content = RouteStep.content(from: BodyAllowance(caller)) { request throws(BodyError) in
                try body(starter, request)
            }
            guard request.isLarge, caller.user == nil else { return content }
            return .call(.permit(StartRequest(way, starter: starter, isReadOnly: isReadOnly))) { reply in
                guard case .permitted = reply else { return .respond(.refusal(reply)) }
                return content
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
