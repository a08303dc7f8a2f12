// The content of another server's answer as a value, by what the server calls it (spec nodes 2.5). Pure.

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// Reads what came from another server.
struct AnswerContent {
    private let body: [UInt8]
    /// In lower case except parameters' values; empty if the server names none.
    private let contentType: String

    init(_ response: OutboundResponse) {
        body = response.body
        contentType = response.headers.last { $0.name == "content-type" }?.value ?? ""
    }

    /// A text, the value of JSON, or bytes. An empty content is Null where JSON was announced, because some servers
    /// name a type although they send nothing.
    var value: Value {
        get throws(NodeFailure) {
            let type = contentType.lowercased()
            if type.isEmpty || type.hasPrefix("text/") { return .string(text) }
            guard type.contains("json") else { return Value(raw: body) }
            guard !body.isEmpty else { return .null }
            guard body.count <= Limits.jsonTextBytesMax else {
                throw NodeFailure("the response is JSON of more than \(Limits.jsonTextBytesMax) bytes")
            }
            do {
                return try ValueJSON.plain(try JSONValue.parse(body))
            } catch {
                throw NodeFailure("the response is not valid JSON: \(error)")
            }
        }
    }

    /// The content as text, in the character set that the server names.
    var text: String { text(of: body[...]) }

    /// The beginning of the text, for an error.
    var quoted: String {
        guard body.count > Limits.answerQuotedBytesMax else { return text }
        return text(of: body.prefix(Limits.answerQuotedBytesMax)) + "…"
    }

    /// Unknown character sets are read as UTF-8; bytes that are not UTF-8 become U+FFFD.
    private func text(of bytes: ArraySlice<UInt8>) -> String {
        switch charset {
        case "iso-8859-1", "iso8859-1", "latin1", "l1":
            String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        case "us-ascii", "ascii":
            String(
                String.UnicodeScalarView(bytes.map { $0 < 0x80 ? Unicode.Scalar($0) : "\u{FFFD}" }))
        default:
            String(
                decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes, as: UTF8.self)
        }
    }

    /// The value of the parameter `charset`, in lower case and without quotes.
    private var charset: String {
        for parameter in contentType.lowercased().utf8.split(separator: UInt8(ascii: ";")).dropFirst() {
            let trimmed = parameter.drop { $0 == 0x20 || $0 == 0x09 }
            guard trimmed.starts(with: "charset=".utf8) else { continue }
            let value = trimmed.dropFirst("charset=".utf8.count).filter { !" \t\"".utf8.contains($0) }
            return String(decoding: value, as: UTF8.self)
        }
        return ""
    }
}

extension OutboundResponse {
    /// The header fields as a map; of a repeated name the last value survives.
    var headerMap: Value { .map(ValueMap(headers.map { ($0.name, .string($0.value)) })) }

    /// True for the statuses that mean success.
    var isSuccess: Bool { (200...299).contains(status) }
}
