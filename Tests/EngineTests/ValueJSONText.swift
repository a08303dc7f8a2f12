import Engine
import Values

/// What is written of values and events, as text.
enum ValueJSONText {
    static func of(_ map: ValueMap) -> String { String(decoding: ValueJSON.encode(.map(map)), as: UTF8.self) }

    static func of(_ content: RunEvent.Content) -> String {
        switch content {
        case .flowStarted, .nodeFinished: ""
        case .flowFailed(let text), .nodeFailed(_, let text, _), .inputRequested(_, let text): text
        case .signatureRequested(_, let request): "\(request)"
        case .flowLogged(let line), .nodeLogged(_, let line): line.content
        case .flowFinished(_, let map, _), .nodeStarted(_, let map), .nodeOutput(_, let map): of(map)
        }
    }
}
