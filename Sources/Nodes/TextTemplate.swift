// A text with places for values.

internal import Values

/// Text in which `{{path}}` stands for what is found at a path with points, and `\{{` for two braces.
struct TextTemplate: Sendable {
    private enum Part: Sendable {
        case text(ArraySlice<UInt8>)
        case place(String)
    }

    private var parts: [Part] = []

    init(_ text: String) throws(NodeFailure) {
        let bytes = Array(text.utf8)
        let brace = UInt8(ascii: "{")
        var start = 0
        var index = 0
        while index + 1 < bytes.count {
            guard bytes[index] == brace, bytes[index + 1] == brace else {
                index += 1
                continue
            }
            if index > start, bytes[index - 1] == UInt8(ascii: "\\") {
                parts.append(.text(bytes[start..<index - 1]))
                start = index
                index += 2
                continue
            }
            parts.append(.text(bytes[start..<index]))
            guard
                let length = bytes[(index + 2)...].prefix(TextTemplate.pathBytesMax).firstIndex(
                    of: UInt8(ascii: "}")), length + 1 < bytes.count, bytes[length + 1] == UInt8(ascii: "}")
            else { throw NodeFailure("template: a {{ without its }}") }
            let name = bytes[(index + 2)..<length].drop { $0 == UInt8(ascii: " ") }
            let end = name.lastIndex { $0 != UInt8(ascii: " ") } ?? name.startIndex
            guard !name.isEmpty else { throw NodeFailure("template: {{ }} without a name") }
            parts.append(.place(String(decoding: name[...end], as: UTF8.self)))
            index = length + 2
            start = index
        }
        parts.append(.text(bytes[start...]))
    }

    /// A path between braces was typed by a person, so it is short.
    private static let pathBytesMax = 1_024

    /// The text with scalars as they are read and the rest as plain JSON.
    func filled(with values: ValueMap, isStrict: Bool) throws(NodeFailure) -> String {
        let root = Value.map(values)
        var output = BoundedText()
        for part in parts {
            switch part {
            case .text(let bytes): try output.append(bytes)
            case .place(let path):
                guard let value = root.value(at: ValuePath(dotted: path)) else {
                    guard !isStrict else { throw NodeFailure("template: there is no value for {{\(path)}}") }
                    continue
                }
                if let text = value.scalarText {
                    try output.append(text)
                } else {
                    try output.append(plain: value)
                }
            }
        }
        return output.text
    }
}
