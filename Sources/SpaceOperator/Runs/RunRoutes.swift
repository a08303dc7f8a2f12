// Routes that start, control and await runs.

internal import Chain
internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Values
internal import Wire

/// Spec http-and-websocket 2.5.
struct RunRoutes {
    private let services: SpaceOperatorServices
    private let tracks: SpaceOperatorTracks

    init(_ services: SpaceOperatorServices, _ tracks: SpaceOperatorTracks) {
        self.services = services
        self.tracks = tracks
    }

    var all: [Route] {
        [
            Route(.post, "/flow/start/{id}", handle: start),
            Route(.post, "/flow/start_shared/{id}", handle: startShared),
            Route(.post, "/flow/start_unverified/{id}", handle: startUnverified),
            Route(.post, "/flow/stop/{id}") { control(.stop, $0) },
            Route(.post, "/flow/pause/{id}") { control(.pause, $0) },
            Route(.post, "/flow/resume/{id}") { control(.resume, $0) },
            Route(.get, "/flow/output/{id}", handle: output),
        ]
    }

    private func start(_ request: RouteRequest) -> RouteStep {
        .withFlow(request) { flow in
            .starting(.own(flow), request, .user, tracks) { starter, body throws(BodyError) in
                let body = try StartBody(body)
                return StartRequest(
                    .own(flow), starter: starter, inputs: body.inputs, environment: body.environment,
                    partial: body.partial, collectsActs: body.collectsInstructions)
            }
        }
    }

    private func startShared(_ request: RouteRequest) -> RouteStep {
        .withFlow(request) { flow in
            .starting(.shared(flow), request, .user, tracks) { starter, body throws(BodyError) in
                let body = try SharedStartBody(body)
                return StartRequest(
                    .shared(flow), starter: starter, inputs: body.inputs,
                    collectsActs: body.collectsInstructions)
            }
        }
    }

    private func startUnverified(_ request: RouteRequest) -> RouteStep {
        .withFlow(request) { flow in
            .starting(.unverified(flow), request, .publicKey, tracks, token: services.makeRunToken) {
                starter, body throws(BodyError) in
                let body = try UnverifiedStartBody(body)
                return StartRequest(
                    .unverified(flow), starter: starter, inputs: body.inputs,
                    collectsActs: body.collectsInstructions,
                    terms: ChainTerms(
                        fees: body.fees, identity: body.actionIdentity, signer: body.actionSigner))
            }
        }
    }

    private func control(_ kind: RunControl.Kind, _ request: RouteRequest) -> RouteStep {
        .withRun(request) { run in
            .authenticated(.userOrRun) { caller in
                .content(from: BodyAllowance(caller)) { request throws(BodyError) in
                    control(kind, run, try ControlBody(request.body), caller)
                }
            }
        }
    }

    private func control(
        _ kind: RunControl.Kind, _ run: RunID, _ body: ControlBody, _ caller: Caller
    ) -> RouteStep {
        let call = ControlRequest(
            kind, of: run, principals: [caller.principal].compactMap(\.self), grace: body.grace,
            reason: body.reason)
        return .call(.control(call)) { reply in
            switch reply {
            case .accepted: .respond(.json(.ok, Array(#"{"success":true}"#.utf8)))
            case .refused(.unauthorized):
                .respond(
                    .error(
                        .unauthorized,
                        caller.user.map { "unauthorized: \($0.text)" } ?? "unauthorized"))
            default: .respond(.refusal(reply))
            }
        }
    }

    private func output(_ request: RouteRequest) -> RouteStep {
        .withRun(request) { run in
            .authenticated(.userOrRun) { caller in
                .call(.output(run, principals: [caller.principal].compactMap(\.self))) { reply in
                    guard case .output(let output) = reply else { return .confirmed(.refusal(reply)) }
                    return .confirmed(.json(.ok, ValueJSON.encode(.map(output))))
                }
            }
        }
    }
}
