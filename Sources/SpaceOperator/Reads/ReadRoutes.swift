// Routes that run a flow for its output and answer with it.

internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Values
internal import Wire

/// Spec http-and-websocket 2.8.
struct ReadRoutes {
    private static let flowLifetime = Duration.seconds(60)
    private static let deploymentLifetime = Duration.seconds(300)

    private let reads: ReadDesk

    init(_ services: SpaceOperatorServices) { reads = services.reads }

    var all: [Route] {
        flowRoutes("/flow/read/{id}", .user) { .own($0) }
            + flowRoutes("/flow/read_shared/{id}", .user) { .shared($0) }
            + flowRoutes("/flow/read_unverified/{id}", .publicKey) { .unverified($0) }
            + [
                Route(.get, "/deployment/read") { request in
                    readDeployment(request) { request throws(BodyError) in try ReadQuery(request.target) }
                },
                Route(.post, "/deployment/read") { request in
                    readDeployment(request) { request throws(BodyError) in
                        try ReadBody(request.body, refusesUnknown: true)
                    }
                },
            ]
    }

    private func flowRoutes(
        _ path: String, _ shape: CredentialShape, _ way: @escaping @Sendable (FlowID) -> StartWay
    ) -> [Route] {
        [
            Route(.get, path) { request in
                .withFlow(request) { flow in
                    read(request, way(flow), shape, ReadRoutes.flowLifetime) { request throws(BodyError) in
                        try ReadQuery(request.target)
                    }
                }
            },
            Route(.post, path) { request in
                .withFlow(request) { flow in
                    read(request, way(flow), shape, ReadRoutes.flowLifetime) { request throws(BodyError) in
                        try ReadBody(request.body)
                    }
                }
            },
        ]
    }

    private func readDeployment(
        _ request: RouteRequest,
        _ parse: @escaping @Sendable (HTTPRequest) throws(BodyError) -> any ReadParameters
    ) -> RouteStep {
        guard let name = DeploymentName(request.request.target) else {
            return .respond(.error(.badRequest, DeploymentName.rule))
        }
        return read(request, .deployed(name), .userOrStarter, ReadRoutes.deploymentLifetime, parse)
    }

    private func read(
        _ request: RouteRequest, _ way: StartWay, _ shape: CredentialShape, _ lifetime: Duration,
        _ parse: @escaping @Sendable (HTTPRequest) throws(BodyError) -> any ReadParameters
    ) -> RouteStep {
        .withContent(for: way, request, shape, isReadOnly: true) { starter, request throws(BodyError) in
            let parameters = try parse(request)
            let head = request.head
            let start = StartRequest(way, starter: starter, inputs: parameters.inputs, isReadOnly: true)
            // Permission is checked before the cache is looked at, so that no cached answer outlives the permission.
            return .call(.permit(start)) { reply in
                guard case .permitted(let revision) = reply else { return .respond(.refusal(reply)) }
                let key =
                    parameters.skipsCache
                    ? nil : ReadKey(way, starter, revision: revision, inputs: parameters.inputs)
                return .ask(
                    RouteQuestion(withdrawable: { goOn in
                        reads.read(start, key: key, lifetime: lifetime) { result in
                            goOn(.confirmed(ReadRoutes.response(result, lifetime, to: head)))
                        }
                    }))
            }
        }
    }

    private static func response(
        _ result: Result<ReadAnswer, EngineError>, _ lifetime: Duration, to request: HTTPRequest
    ) -> HTTPResponse {
        switch result {
        case .failure(let error): return .refusal(Refusal.engine(error))
        case .success(let answer):
            var response =
                answer.tag.isKnown(to: request) ? HTTPResponse(.notModified) : .json(.ok, answer.json)
            response.headers.add("ETag", answer.tag.text)
            response.headers.add("Cache-Control", "private, max-age=\(lifetime.components.seconds)")
            response.headers.add("Last-Modified", HTTPDate.text(of: answer.computedAt))
            return response
        }
    }
}

extension ReadKey {
    fileprivate init(_ way: StartWay, _ starter: Starter, revision: String, inputs: ValueMap) {
        let route =
            switch way {
            case .own: "own"
            case .shared: "shared"
            case .unverified: "unverified"
            case .deployed: "deployed"
            }
        let caller =
            switch starter {
            case .user(let user): "user:\(user)"
            case .claimant(let key): "pubkey:\(Base58.encode(key.bytes))"
            }
        // The revision names the flow or deployment, too.
        self.init(
            scope: "\(route) \(caller)", revision: revision,
            inputs: Digest.sha256(ValueJSON.encode(.map(inputs.sortedByName))))
    }
}

/// The parameters of a read, without the flow or deployment.
private protocol ReadParameters: Sendable {
    var inputs: ValueMap { get }
    /// Run in any case, and remember nothing.
    var skipsCache: Bool { get }
}

/// The query of a read.
private struct ReadQuery: ReadParameters {
    let inputs: ValueMap
    let skipsCache: Bool

    init(_ target: HTTPTarget) throws(BodyError) {
        if let text = target.query("inputs") {
            do throws(BodyError) {
                inputs = try JSONObject([(key: "inputs", value: try JSONValue(body: Array(text.utf8)))])
                    .inputs
            } catch {
                throw .inputsQuery(error.description)
            }
        } else {
            inputs = ValueMap()
        }
        switch target.query("skip_cache") {
        case nil, "false": skipsCache = false
        case "true": skipsCache = true
        default: throw .field("skip_cache", rule: "expected true or false")
        }
    }
}

/// The body of a read.
private struct ReadBody: ReadParameters {
    let inputs: ValueMap
    let skipsCache: Bool

    init(_ body: [UInt8], refusesUnknown: Bool = false) throws(BodyError) {
        let members = try JSONObject(body: body)
        if refusesUnknown { try members.refuseFields(beyond: ["inputs", "skip_cache"]) }
        inputs = members["inputs"] == .null ? ValueMap() : try members.inputs
        switch members["skip_cache"] {
        case nil, .null?: skipsCache = false
        case .bool(let flag)?: skipsCache = flag
        default: throw .field("skip_cache", rule: "expected a boolean")
        }
    }
}
