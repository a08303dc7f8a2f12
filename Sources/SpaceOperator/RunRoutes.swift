// Routes that start, stop and await runs.

internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Values
internal import Wire

/// Spec http-and-websocket 2.5.
enum RunRoutes {
    static var all: [Route] {
        [
            Route(.post, "/flow/start/{id}", handle: start),
            Route(.post, "/flow/stop/{id}", handle: stop),
            Route(.get, "/flow/output/{id}", handle: output),
        ]
    }

    @Sendable private static func start(_ request: RouteRequest) -> RouteStep {
        guard let flow = FlowID(request.parameters["id"] ?? "") else {
            return .respond(.error(.notFound, "flow id: expected a positive integer or a UUID"))
        }
        return .authenticated(.user) { caller in
            guard let user = caller.user else { return .respond(.unauthenticated) }
            do throws(BodyError) {
                let body = try StartBody(request.request.body)
                let call = StartRequest(
                    flow: flow, starter: user, inputs: body.inputs, environment: body.environment,
                    partial: body.partial, collectsInstructions: body.collectsInstructions)
                return .call(.start(call)) { reply in
                    guard case .started(let run) = reply else { return .respond(.refusal(reply)) }
                    return .respond(.json(.ok, JSONWriter.encode(["flow_run_id": .string(run.text)])))
                }
            } catch {
                return .respond(.error(.badRequest, error.description))
            }
        }
    }

    @Sendable private static func stop(_ request: RouteRequest) -> RouteStep {
        guard let run = RunID(request.parameters["id"] ?? "") else {
            return .respond(.error(.notFound, "flow run id: expected a UUID"))
        }
        return .authenticated(.userOrRun) { caller in
            do throws(BodyError) {
                let body = try StopBody(request.request.body)
                let call = StopRequest(
                    run: run, principals: [caller.principal].compactMap(\.self), grace: body.grace,
                    reason: body.reason)
                return .call(.stop(call)) { reply in
                    switch reply {
                    case .stopping: .respond(.json(.ok, Array(#"{"success":true}"#.utf8)))
                    case .refused(.unauthorized):
                        .respond(
                            .error(
                                .unauthorized,
                                caller.user.map { "unauthorized: \($0.text)" } ?? "unauthorized"))
                    default: .respond(.refusal(reply))
                    }
                }
            } catch {
                return .respond(.error(.badRequest, error.description))
            }
        }
    }

    @Sendable private static func output(_ request: RouteRequest) -> RouteStep {
        guard let run = RunID(request.parameters["id"] ?? "") else {
            return .respond(.error(.notFound, "flow run id: expected a UUID"))
        }
        return .authenticated(.userOrRun) { caller in
            .call(.output(run, principals: [caller.principal].compactMap(\.self))) { reply in
                guard case .output(let output) = reply else { return .respond(.refusal(reply)) }
                return .respond(.json(.ok, ValueJSON.encode(.map(output))))
            }
        }
    }
}
