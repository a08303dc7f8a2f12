import Engine
import Values

/// What is written of values and events, as text.
enum ValueJSONText {
    static func of(_ map: ValueMap) -> String { String(decoding: ValueJSON.encode(.map(map)), as: UTF8.self) }

    static func of(_ content: RunEvent.Content) -> String {
        content.effect.values.map { of($0) } ?? "\(content)"
    }
}
