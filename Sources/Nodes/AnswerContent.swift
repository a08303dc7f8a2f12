// The content of another server's answer as a value, by what the server calls it (spec nodes 2.5). Pure.

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// Reads what came from another server.
struct AnswerContent {
    private let body: [UInt8]
    /// Nil if the server names none.
    private let type: MediaType?
    /// What was done to the content besides, in lower case (RFC 9110 section 8.4).
    private let codings: [String]

    init(_ response: OutboundResponse) {
        body = response.body
        let headers = HTTPHeaders(response.headers)
        type = headers.values(of: "content-type").last.flatMap { $0.isEmpty ? nil : MediaType($0) }
        codings = headers.list("content-encoding").map { $0.lowercased() }.filter { $0 != "identity" }
    }

    /// A text, the value of JSON, or bytes. An empty content is Null where JSON was announced, because some servers
    /// name a type although they send nothing.
    var value: Value {
        get throws(NodeFailure) {
            guard codings.isEmpty || body.isEmpty else {
                throw NodeFailure(
                    "the response has the content coding \(codingNames), which cannot be read and was not asked for"
                )
            }
            guard let type, !type.isJSON else { return type == nil ? .string(try text) : try json }
            return type.isText ? .string(try text) : Value(raw: body)
        }
    }

    /// The beginning of the text, for an error; whatever is wrong with its character set.
    var quoted: String {
        guard codings.isEmpty || body.isEmpty else { return "(content coding \(codingNames))" }
        let part = Array(body.prefix(Limits.answerQuotedBytesMax))
        let text = (try? CharacterSet.text(of: part, label: label)) ?? String(decoding: part, as: UTF8.self)
        return part.count < body.count ? text + "…" : text
    }

    private var codingNames: String { String(codings.joined(separator: ", ").prefix(64)) }

    private var json: Value {
        get throws(NodeFailure) {
            guard !body.isEmpty else { return .null }
            // Bytes of UTF-8 go to the reader, which is stricter with them than a text would be.
            let bytes = isUTF8 ? body : Array(try text.utf8)
            guard bytes.count <= Limits.jsonTextBytesMax else {
                throw NodeFailure("the response is JSON of more than \(Limits.jsonTextBytesMax) bytes")
            }
            do {
                return try ValueJSON.plain(try JSONValue.parse(bytes))
            } catch {
                throw NodeFailure("the response is not valid JSON: \(error)")
            }
        }
    }

    /// The content in the character set of its byte order mark, else of the header, else as it says itself, else UTF-8.
    private var text: String {
        get throws(NodeFailure) {
            do throws(CharacterSet.Failure) {
                return try CharacterSet.text(of: body, label: label)
            } catch {
                throw NodeFailure("the response's \(error)")
            }
        }
    }

    private var label: String? {
        guard let type else { return nil }
        return type.characterSet ?? DeclaredCharacterSet.label(in: body, of: type)
    }

    private var isUTF8: Bool {
        if let marked = CharacterSet.marked(body) { return marked.set == .utf8 }
        return type?.characterSet.map { CharacterSet(label: $0) == .utf8 } ?? true
    }
}

extension OutboundResponse {
    /// The header fields as a map. Several fields of one name are one list (RFC 9110 section 5.3), but for Set-Cookie,
    /// whose values hold commas: of them the last one stands here, and all in `cookies`.
    var headerMap: Value {
        var map = ValueMap()
        for (name, value) in headers {
            if name != "set-cookie", case .string(let others)? = map[name] {
                map[name] = .string("\(others), \(value)")
            } else {
                map[name] = .string(value)
            }
        }
        return .map(map)
    }

    /// The values of all Set-Cookie fields, in order.
    var cookies: Value { .array(headers.filter { $0.name == "set-cookie" }.map { .string($0.value) }) }

    /// True for the statuses that mean success.
    var isSuccess: Bool { (200...299).contains(status) }
}
