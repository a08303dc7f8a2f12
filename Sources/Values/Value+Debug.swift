// How a value looks in an error text (spec values.md 13.2).

internal import Primitives
internal import Wire

extension Value: CustomDebugStringConvertible {
    /// The kind's name with the content, as `U64(5)`, `Bytes(3)` or `Map({"k": Null})`; cut after
    /// `Limits.quotedInputBytesMax`, because it becomes part of error texts.
    public var debugDescription: String {
        var text = DebugText()
        text.append(self)
        return text.finished
    }
}

extension String {
    /// In quotation marks, with escapes, cut like `Value.debugDescription`.
    var quotedForErrors: String {
        var text = DebugText()
        text.append(quoted: self)
        return text.finished
    }

    /// As it is, cut like `Value.debugDescription`.
    var shortenedForErrors: String {
        guard utf8.count > Limits.quotedInputBytesMax else { return self }
        return String(decoding: utf8.prefix(Limits.quotedInputBytesMax), as: UTF8.self) + "…"
    }
}

/// Gathers debug text and stops when there is enough of it.
private struct DebugText {
    private var text = ""
    private var isFull: Bool { text.utf8.count >= Limits.quotedInputBytesMax }

    /// The text, with an ellipsis if it was cut.
    var finished: String { isFull ? text + "…" : text }

    mutating func append(_ value: Value) {
        guard !isFull else { return }
        switch value {
        case .null: text += "Null"
        case .string(let string):
            text += "String("
            append(quoted: string)
            text += ")"
        case .bool(let bool): text += "Bool(\(bool))"
        case .u64(let number): text += "U64(\(number))"
        case .i64(let number): text += "I64(\(number))"
        case .u128(let number): text += "U128(\(number))"
        case .i128(let number): text += "I128(\(number))"
        case .f64(let number): text += "F64(\(FloatText.string(number)))"
        case .decimal(let number): text += "Decimal(\(number.text))"
        case .b32(let key): text += "B32(\"\(Base58.encode(key.bytes))\")"
        case .b64(let pair): text += "B64(\"\(Base58.encode(pair.bytes))\")"
        case .bytes(let bytes): text += "Bytes(\(bytes.count))"
        case .secret(let secret): append(secret.shown)
        case .array(let elements):
            text += "Array(["
            for (index, element) in elements.enumerated() where !isFull {
                if index > 0 { text += ", " }
                append(element)
            }
            text += "])"
        case .map(let map):
            text += "Map({"
            for (index, entry) in map.entries.enumerated() where !isFull {
                if index > 0 { text += ", " }
                append(quoted: entry.key)
                text += ": "
                append(entry.value)
            }
            text += "})"
        }
    }

    mutating func append(quoted string: String) {
        text += "\""
        for character in string.unicodeScalars {
            guard !isFull else { break }
            switch character {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: text.unicodeScalars.append(character)
            }
        }
        text += "\""
    }
}
