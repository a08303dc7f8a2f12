// Text that grows up to a bound: for every node whose result may be far larger than its inputs.

internal import Primitives
internal import Values
internal import Wire

/// Bytes of a text that is being made. A text that would not fit into an output ends the node before it takes memory.
struct BoundedText {
    private(set) var bytes: [UInt8] = []

    /// The text so far; bytes that are not UTF-8 are replaced by U+FFFD.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(_ more: some Collection<UInt8>) throws(NodeFailure) {
        guard more.count <= Limits.nodeOutputBytesMax - bytes.count else { throw .tooLarge }
        bytes.append(contentsOf: more)
    }

    mutating func append(_ text: some StringProtocol) throws(NodeFailure) {
        try append(text.utf8)
    }

    mutating func append(_ byte: UInt8) throws(NodeFailure) {
        guard bytes.count < Limits.nodeOutputBytesMax else { throw .tooLarge }
        bytes.append(byte)
    }

    /// Appends a value as JSON without tags, as flow authors mean it (spec nodes 6.3): bytes of 32 and 64 as Base58,
    /// others as Base64, numbers with all of their digits.
    mutating func append(plain value: Value) throws(NodeFailure) {
        switch value {
        case .null: try append("null")
        case .bool(let bool): try append(bool ? "true" : "false")
        case .string(let text): try append(quoted: text)
        case .u64(let number): try append(String(number))
        case .i64(let number): try append(String(number))
        case .u128(let number): try append(String(number))
        case .i128(let number): try append(String(number))
        case .decimal(let number): try append(number.normalized.text)
        case .f64(let number): try append(JSONNumber(number)?.literal ?? "null")
        case .b32, .b64: try append(quoted: value.scalarText ?? "")
        case .bytes(let bytes):
            guard bytes.count < Limits.nodeOutputBytesMax else { throw .tooLarge }
            try append(quoted: Base64.encode(bytes))
        case .secret: throw .secret
        case .array(let elements):
            try append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { try append(UInt8(ascii: ",")) }
                try append(plain: element)
            }
            try append(UInt8(ascii: "]"))
        case .map(let map):
            try append(UInt8(ascii: "{"))
            for (index, entry) in map.entries.enumerated() {
                if index > 0 { try append(UInt8(ascii: ",")) }
                try append(quoted: entry.key)
                try append(UInt8(ascii: ":"))
                try append(plain: entry.value)
            }
            try append(UInt8(ascii: "}"))
        }
    }

    private mutating func append(quoted text: String) throws(NodeFailure) {
        guard text.utf8.count <= Limits.nodeOutputBytesMax - bytes.count else { throw .tooLarge }
        JSONWriter.append(text, to: &bytes)
    }
}

extension Value {
    /// Refuses to write a value whose text would not fit into an output, before memory is taken for it.
    func requireWritableSize() throws(NodeFailure) {
        guard approximateBytes(upTo: Limits.nodeOutputBytesMax) <= Limits.nodeOutputBytesMax else {
            throw .tooLarge
        }
    }
}
