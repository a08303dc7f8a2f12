// Routes about the server itself: its health, what clients must know of it, its kinds of nodes.

internal import Dialect
internal import Engine
internal import Primitives
internal import Wire

/// Spec http-and-websocket 2.4.
struct ServiceRoutes {
    private let services: SpaceOperatorServices
    private let nodes: FixedDocument
    private let document: FixedDocument

    init(_ services: SpaceOperatorServices) {
        self.services = services
        nodes = FixedDocument(json: services.nodeDefinitions)
        document = FixedDocument(json: APIDocument.json(version: services.version))
    }

    var all: [Route] {
        [
            Route(.get, "/healthcheck", handle: healthcheck),
            Route(.get, "/info", handle: info),
            Route(.get, "/nodes") { [nodes] request in .respond(nodes.response(to: request.request)) },
            Route(.get, "/openapi.json") { [document] request in
                .respond(document.response(to: request.request))
            },
        ]
    }

    private func healthcheck(_ request: RouteRequest) -> RouteStep {
        services.isReady()
            ? .respond(.json(.ok, Array(#"{"success":true}"#.utf8)))
            : .refuse(.storage(.unavailable))
    }

    /// Clients validate all of these fields; what belongs to services that this server does without points back
    /// to this server (spec 2.4). No cache may keep the answer: it has what this caller calls the server.
    private func info(_ request: RouteRequest) -> RouteStep {
        let base = request.baseURL
        var response = HTTPResponse.json(
            .ok,
            JSONWriter.encode([
                "supabase_url": .string(base + "/"),
                "anon_key": .string(services.anonKey),
                "iroh": [
                    "node_id": "none", "relay_url": .string(base + "/"), "direct_addresses": [],
                ],
                "base_url": .string(base),
            ]))
        response.headers.add("Cache-Control", "no-store")
        return .respond(response)
    }
}
