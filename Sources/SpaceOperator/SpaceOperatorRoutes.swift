// The HTTP routes of the Space Operator dialect: from request to engine call, from reply to response.

internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Values
internal import Wire

/// Routes of spec http-and-websocket section 2. On each: first path and query, then the credential, then the body.
struct SpaceOperatorRoutes {
    let anonKey: String
    let isReady: @Sendable () -> Bool
    let nodes: FixedDocument

    var all: [Route] {
        [
            Route(.get, "/healthcheck", handle: healthcheck),
            Route(.get, "/info", handle: info),
            Route(.get, "/nodes") { [nodes] request in .respond(nodes.response(to: request.request)) },
            Route(.get, "/apikey/info", handle: SpaceOperatorRoutes.keyOwner),
            Route(.post, "/flow/start/{id}", handle: SpaceOperatorRoutes.start),
            Route(.post, "/flow/stop/{id}", handle: SpaceOperatorRoutes.stop),
            Route(.get, "/flow/output/{id}", handle: SpaceOperatorRoutes.output),
            Route(.post, "/flow/submit/{key}", handle: SpaceOperatorRoutes.submit),
            Route(.delete, "/flow/submit/{key}", handle: SpaceOperatorRoutes.cancelInput),
        ]
    }

    // MARK: Service

    private func healthcheck(_ request: RouteRequest) -> RouteStep {
        isReady()
            ? .respond(.json(.ok, Array(#"{"success":true}"#.utf8)))
            : .respond(.unavailable(StorageError.unavailable.description))
    }

    /// Clients validate all of these fields; what belongs to services that this server does without points back
    /// to this server (spec 2.4).
    private func info(_ request: RouteRequest) -> RouteStep {
        let base = request.baseURL
        return .respond(
            .json(
                .ok,
                JSONWriter.encode([
                    "supabase_url": .string(base + "/"),
                    "anon_key": .string(anonKey),
                    "iroh": [
                        "node_id": "none", "relay_url": .string(base + "/"), "direct_addresses": [],
                    ],
                    "base_url": .string(base),
                ])))
    }

    @Sendable private static func keyOwner(_ request: RouteRequest) -> RouteStep {
        authenticated(.apiKeyOnly) { caller in
            guard let user = caller.user else { return .respond(.unauthenticated) }
            return .respond(.json(.ok, JSONWriter.encode(["user_id": .string(user.text)])))
        }
    }

    // MARK: Runs

    @Sendable private static func start(_ request: RouteRequest) -> RouteStep {
        guard let flow = FlowID(request.parameters["id"] ?? "") else {
            return .respond(.error(.notFound, "flow id: expected a positive integer or a UUID"))
        }
        return authenticated(.user) { caller in
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
        return authenticated(.userOrRun) { caller in
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
        return authenticated(.userOrRun) { caller in
            .call(.output(run, principals: [caller.principal].compactMap(\.self))) { reply in
                guard case .output(let output) = reply else { return .respond(.refusal(reply)) }
                return .respond(.json(.ok, ValueJSON.encode(.map(output))))
            }
        }
    }

    // MARK: Values for running flows

    /// Whoever knows the address may answer (spec flow-engine 15.3).
    @Sendable private static func submit(_ request: RouteRequest) -> RouteStep {
        do throws(BodyError) {
            return answer(request, .submitted(try SubmitBody(request.request.body).value))
        } catch {
            return .respond(.error(.badRequest, error.description))
        }
    }

    @Sendable private static func cancelInput(_ request: RouteRequest) -> RouteStep {
        answer(request, .canceled)
    }

    private static func answer(_ request: RouteRequest, _ answer: InputAnswer) -> RouteStep {
        // Clients may write the hexadecimal digits of a key as they like.
        .call(.answerInput(key: (request.parameters["key"] ?? "").lowercased(), answer)) { reply in
            guard case .accepted = reply else { return .respond(.refusal(reply)) }
            return .respond(.json(.ok, Array("null".utf8)))
        }
    }

    private static func authenticated(
        _ shape: CredentialShape, _ body: @escaping @Sendable (Caller) -> RouteStep
    ) -> RouteStep {
        .authenticate(shape) { result in
            switch result {
            case .caller(let caller): body(caller)
            case .refused: .respond(.unauthenticated)
            case .unavailable: .respond(.unavailable(StorageError.unavailable.description))
            }
        }
    }
}
