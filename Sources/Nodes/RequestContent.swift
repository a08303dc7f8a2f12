// The content of a request, by the type that its headers name (spec nodes 2.5). Pure.

internal import Values
internal import Wire

/// What the inputs `form` and `body` of a request send, and the Content-Type that goes with it.
enum RequestContent {
    /// The content; nil if there is none. A form wins over a body. A type that the headers do not name is added.
    static func read(_ inputs: ValueMap, headers: inout HTTPHeaders) throws -> [UInt8]? {
        if let form = try inputs.optional("form", as: Value.self) {
            return try encode(form, named: "form", headers: &headers)
        }
        guard let body = try inputs.optional("body", as: Value.self) else { return nil }
        guard let declared = headers["content-type"] else {
            headers.add("Content-Type", "application/json")
            return ValueJSON.plain(from: body, bytes: .text).encoded
        }
        let type = MediaType(declared)
        switch body {
        case .string(let text) where !type.isJSON: return try encode(text, as: type)
        case .b32, .b64, .bytes: return type.isJSON ? json(body) : body.rawBytes
        case .map, .array:
            guard type.isURLEncodedForm || type.isMultipartForm else { return json(body) }
            return try encode(body, named: "body", headers: &headers)
        default: return json(body)
        }
    }

    private static func json(_ value: Value) -> [UInt8] { ValueJSON.plain(from: value, bytes: .text).encoded }

    /// A form as the headers want it: in parts, unless they say `application/x-www-form-urlencoded`.
    private static func encode(
        _ form: Value, named name: String, headers: inout HTTPHeaders
    ) throws -> [UInt8] {
        let fields = try FormField.read(form, named: name)
        if let declared = headers["content-type"], MediaType(declared).isURLEncodedForm {
            return try FormField.urlEncoded(fields, named: name)
        }
        let parts = MultipartForm(fields)
        headers["content-type"] = parts.contentType
        return parts.body
    }

    /// A text as it is. It goes as UTF-8, so another character set may be announced only where the two do not differ.
    private static func encode(_ text: String, as type: MediaType) throws(NodeFailure) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard let label = type.characterSet else { return bytes }
        let set = CharacterSet(label: label)
        let holdsASCII = set != .utf16LittleEndian && set != .utf16BigEndian
        guard set == .utf8 || holdsASCII && bytes.allSatisfy({ $0 < 0x80 }) else {
            throw NodeFailure(
                "body: a text is sent as UTF-8, but the headers name the character set \(label.prefix(64))")
        }
        return bytes
    }
}
