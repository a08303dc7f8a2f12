// The route that copies flows.

internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Wire

/// Spec http-and-websocket 2.6. The answer names flows by their UUIDs: clients take them for texts.
enum CloneRoutes {
    static var all: [Route] {
        [Route(.post, "/flow/clone/{id}", handle: clone)]
    }

    @Sendable private static func clone(_ request: RouteRequest) -> RouteStep {
        .withFlow(request) { flow in
            .asUser(.user) { user in
                .call(.clone(flow, by: user)) { reply in
                    guard case .cloned(let copy, let all) = reply else { return .respond(.refusal(reply)) }
                    let map = all.sorted { $0.key < $1.key }
                        .map { (key: $0.key.text, value: JSONValue.string($0.value.text)) }
                    return .respond(
                        .json(
                            .ok,
                            JSONWriter.encode([
                                "flow_id": .string(copy.text), "id_map": .object(JSONObject(map)),
                            ])))
                }
            }
        }
    }
}
