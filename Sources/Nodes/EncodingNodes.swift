// Nodes between bytes and text: to_bytes, Base64, hexadecimal digits, Base58 (spec nodes 2.4).

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// The kinds that write bytes as text and read them back.
enum EncodingNodes {
    static let kinds: [NodeKind] = [
        toBytes, textDecode, base64Encode, base64Decode, hexEncode, hexDecode, base58Encode, base58Decode,
    ]

    private static let data = InputPort("data", types: ["bytes", "string"], tooltip: "Of a text, its UTF-8.")
    private static let string = InputPort("string", types: ["string"])
    private static let text = OutputPort("result", type: "string")
    private static let urlSafe = InputPort(
        "url_safe", types: ["bool"], required: false, default: .bool(false),
        tooltip: "The alphabet with - and _; written without padding.")
    private static let separators = InputPort(
        "separators", types: ["bool"], required: false, default: .bool(false),
        tooltip: "Blanks, line ends and colons may stand between the digits.")
    private static let asText = InputPort(
        "as_text", types: ["bool"], required: false, default: .bool(false),
        tooltip: "The bytes are UTF-8; the result is their text.")

    /// Takes both of the reference's spellings of its input (spec nodes 6.11).
    private static let toBytes = NodeKind.computing(
        name: "@spo/std.to_bytes.0.1", aliases: ["to_bytes"],
        summary:
            "Writes a value as bytes: numbers little-endian, texts as UTF-8, the rest as JSON with types.",
        inputs: [InputPort("string", required: false), InputPort("input", required: false)],
        outputs: [OutputPort("bytes", type: "bytes")]
    ) { call in
        guard let value = call.inputs["string"] ?? call.inputs["input"] else {
            throw ValueReadingError.missingField("string")
        }
        guard !value.holdsSecret else { throw NodeFailure.secret }
        try value.requireWritableSize()
        return ["bytes": Value(raw: value.byteForm)]
    }

    private static let textDecode = NodeKind.computing(
        "encoding", "text_decode", summary: "Reads bytes as text in a character set.",
        inputs: [
            InputPort("data", types: ["bytes"]),
            InputPort(
                "charset", types: ["string"], required: false, default: .string("utf-8"),
                tooltip: "As windows-1252 or shift_jis; a byte order mark counts more."),
        ], outputs: [text]
    ) { call in
        let label = try call.inputs.optional("charset", as: String.self) ?? "utf-8"
        return ["result": .string(try CharacterSet.text(of: call.data(), label: label))]
    }

    private static let base64Encode = NodeKind.computing(
        "encoding", "base64_encode", summary: "Writes bytes as Base64.", inputs: [data, urlSafe],
        outputs: [text]
    ) { call in
        let isURLSafe = try call.inputs.optional("url_safe", as: Bool.self) ?? false
        let bytes = try call.data()
        return [
            "result": .string(
                Base64.encode(bytes, alphabet: isURLSafe ? .url : .standard, padded: !isURLSafe))
        ]
    }

    private static let base64Decode = NodeKind.computing(
        "encoding", "base64_decode",
        summary: "Reads Base64, with or without padding; line ends and blanks may stand in it.",
        inputs: [string, urlSafe, asText], outputs: [OutputPort("result", type: "bytes")]
    ) { call in
        let isURLSafe = try call.inputs.optional("url_safe", as: Bool.self) ?? false
        let text = try call.inputs.required("string", as: String.self).without(" \t\r\n")
        guard
            let bytes = Base64.decode(
                text, alphabet: isURLSafe ? .url : .standard, padded: text.utf8.last == UInt8(ascii: "="))
        else { throw NodeFailure("string is not valid Base64") }
        return try call.decoded(bytes)
    }

    private static let hexEncode = NodeKind.computing(
        "encoding", "hex_encode", summary: "Writes bytes as hexadecimal digits.", inputs: [data],
        outputs: [text]
    ) { call in
        ["result": .string(Hexadecimal.encode(try call.data()))]
    }

    private static let hexDecode = NodeKind.computing(
        "encoding", "hex_decode", summary: "Reads hexadecimal digits, with or without 0x.",
        inputs: [string, separators, asText], outputs: [OutputPort("result", type: "bytes")]
    ) { call in
        let input = try call.inputs.required("string", as: String.self)
        let allowsSeparators = try call.inputs.optional("separators", as: Bool.self) ?? false
        let text = allowsSeparators ? input.without(" \t\r\n:") : input
        let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
        guard let bytes = Hexadecimal.decode(digits) else {
            throw NodeFailure("string is not an even number of hexadecimal digits")
        }
        return try call.decoded(bytes)
    }

    private static let base58Encode = NodeKind.computing(
        "encoding", "base58_encode", summary: "Writes keys, signatures and transactions as Base58.",
        inputs: [data],
        outputs: [text]
    ) { call in
        let bytes = try call.data()
        guard bytes.count <= Limits.base58BytesMax else {
            throw NodeFailure("Base58 is for at most \(Limits.base58BytesMax) bytes")
        }
        return ["result": .string(Base58.encode(bytes))]
    }

    private static let base58Decode = NodeKind.computing(
        "encoding", "base58_decode", summary: "Reads Base58.", inputs: [string, asText],
        outputs: [OutputPort("result", type: "bytes")]
    ) { call in
        let text = try call.inputs.required("string", as: String.self)
        let charactersMax = Base58.charactersMax(ofBytes: Limits.base58BytesMax)
        guard text.utf8.count <= charactersMax else {
            throw NodeFailure(
                "Base58 is for at most \(Limits.base58BytesMax) bytes, which are \(charactersMax) characters")
        }
        guard let bytes = Base58.decode(text) else { throw NodeFailure("string is not valid Base58") }
        return try call.decoded(bytes)
    }
}

extension String {
    /// The text without these characters of ASCII.
    fileprivate func without(_ characters: String) -> String {
        let dropped = Array(characters.utf8)
        return String(decoding: utf8.filter { !dropped.contains($0) }, as: UTF8.self)
    }
}

extension NodeCall {
    /// The bytes of the input `data`; their text is at most twice as long, which must fit into an output.
    fileprivate func data() throws -> [UInt8] {
        let bytes = try inputs.required("data", as: Value.self).readBytes()
        guard bytes.count <= Limits.nodeOutputBytesMax else { throw NodeFailure.tooLarge }
        return bytes
    }

    /// Bytes as the output `result`, as text if the node is told so.
    fileprivate func decoded(_ bytes: [UInt8]) throws -> ValueMap {
        guard try inputs.optional("as_text", as: Bool.self) ?? false else {
            return ["result": Value(raw: bytes)]
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw NodeFailure("the bytes are not UTF-8")
        }
        return ["result": .string(text)]
    }
}

extension Value {
    /// Spec nodes 2.4: numbers little-endian in their own width, a decimal in its sixteen bytes.
    fileprivate var byteForm: [UInt8] {
        switch self {
        case .null: []
        case .bool(let bool): [bool ? 1 : 0]
        case .u64(let number): number.littleEndianBytes
        case .i64(let number): number.littleEndianBytes
        case .f64(let number): number.bitPattern.littleEndianBytes
        case .u128(let number): number.littleEndianBytes
        case .i128(let number): number.littleEndianBytes
        case .decimal(let number): number.byteForm
        case .string(let text): Array(text.utf8)
        case .b32, .b64, .bytes: rawBytes ?? []
        case .array, .map, .secret: ValueJSON.encode(self)
        }
    }
}

extension Decimal96 {
    /// Four bytes with scale and sign, then the mantissa in twelve, all little-endian.
    fileprivate var byteForm: [UInt8] {
        let flags = UInt32(scale) << 16 | (isNegative ? 1 << 31 : 0)
        return flags.littleEndianBytes + mantissa.littleEndianBytes.prefix(12)
    }
}

extension FixedWidthInteger {
    fileprivate var littleEndianBytes: [UInt8] {
        (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> Self(8 * $0)) }
    }
}
