// Routes that make deployments and start them.

internal import Chain
internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Wire

/// Seed 002, spec http-and-websocket 2.6 and 2.7.
struct DeploymentRoutes {
    private let services: SpaceOperatorServices
    private let tracks: SpaceOperatorTracks

    init(_ services: SpaceOperatorServices, _ tracks: SpaceOperatorTracks) {
        self.services = services
        self.tracks = tracks
    }

    var all: [Route] {
        [
            Route(.post, "/flow/deploy/{id}", handle: deploy),
            Route(.post, "/deployment/start", handle: start),
        ]
    }

    private func deploy(_ request: RouteRequest) -> RouteStep {
        .withFlow(request) { flow in
            .asUser(.user) { user in
                .call(.deploy(flow, by: user)) { reply in
                    guard case .deployed(let id) = reply else { return .respond(.refusal(reply)) }
                    return .respond(.json(.ok, JSONWriter.encode(["deployment_id": .string(id.text)])))
                }
            }
        }
    }

    private func start(_ request: RouteRequest) -> RouteStep {
        guard let name = DeploymentName(request.request.target) else {
            return .respond(.error(.badRequest, DeploymentName.rule))
        }
        return .starting(.deployed(name), request, .userOrStarter, tracks, token: services.makeRunToken) {
            starter, body throws(BodyError) in
            let body = try DeploymentStartBody(body)
            return StartRequest(
                .deployed(name), starter: starter, inputs: body.inputs,
                collectsActs: body.collectsInstructions, terms: ChainTerms(signer: body.actionSigner))
        }
    }
}

extension DeploymentName {
    /// What a query must have.
    static let rule = "query needs id, or flow with optional tag"

    /// The deployment that a query names, by a flow before an id; nil if it names none.
    init?(_ target: HTTPTarget) {
        if let flow = target.query("flow") {
            guard let flow = FlowID(flow) else { return nil }
            self = .tag(target.query("tag") ?? "latest", of: flow)
        } else {
            guard let id = target.query("id").flatMap({ DeploymentID($0) }) else { return nil }
            self = .id(id)
        }
    }
}
