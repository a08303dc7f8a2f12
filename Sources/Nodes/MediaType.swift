// What a Content-Type field says (RFC 9110 section 8.3.1), and which types are JSON, text or neither. Pure.

internal import Wire

/// A media type with its parameters.
struct MediaType {
    /// Type and subtype in lower case, as `text/html`.
    let essence: String
    /// The value of the first parameter `charset` that has one, as it was written; nil if there is none.
    let characterSet: String?

    /// Reads the value of a field. Nothing is refused: what is no type is a type that nobody knows.
    init(_ text: String) {
        var parts = MediaType.parts(of: text)
        essence = MediaType.trimmed(parts.removeFirst()).lowercased()
        characterSet = parts.lazy.compactMap(MediaType.characterSet(of:)).first
    }

    /// A JSON type of the WHATWG MIME Sniffing standard: `application/json`, `text/json` and every type that ends in
    /// `+json`. Types of several texts or of supersets (`x-ndjson`, `json-seq`, `json5`) are none.
    var isJSON: Bool {
        essence == "application/json" || essence == "text/json" || essence.hasSuffix("+json")
    }

    var isXML: Bool { essence == "application/xml" || essence == "text/xml" || essence.hasSuffix("+xml") }

    var isURLEncodedForm: Bool { essence == "application/x-www-form-urlencoded" }

    var isMultipartForm: Bool { essence == "multipart/form-data" }

    /// True for types whose content is text although they need not begin with `text/`.
    var isText: Bool {
        if essence.hasPrefix("text/") || isXML || isJSON { return true }
        let prefix = "application/"
        guard essence.hasPrefix(prefix) else { return false }
        let name = essence.dropFirst(prefix.count)
        // Lines of JSON have many names: x-ndjson, jsonl, json-seq, x-json-stream.
        return MediaType.textNames.contains(name) || name.hasSuffix("+yaml") || name.contains("json")
    }

    /// Types of text below `application`, without that.
    private static let textNames: Set<Substring> = [
        "csv", "ecmascript", "graphql", "javascript", "jose", "jwt", "pem-certificate-chain", "rtf", "sdp",
        "sql",
        "toml", "typescript", "vnd.apple.mpegurl", "x-csv", "x-ecmascript", "x-javascript", "x-mpegurl",
        "x-pem-file", "x-sh", "x-toml", "x-typescript", "x-www-form-urlencoded", "x-yaml", "xml-dtd",
        "xml-external-parsed-entity", "yaml",
    ]

    /// What stands between semicolons, but for those in quotes.
    private static func parts(of text: String) -> [Substring] {
        var isQuoted = false
        var isEscaped = false
        return Substring(text).split(omittingEmptySubsequences: false) { character in
            defer { isEscaped = isQuoted && !isEscaped && character == "\\" }
            if character == "\"", !isEscaped { isQuoted.toggle() }
            return character == ";" && !isQuoted
        }
    }

    private static func characterSet(of parameter: Substring) -> String? {
        let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2, trimmed(pair[0]).lowercased() == "charset" else { return nil }
        let value = trimmed(pair[1])
        let label = value.hasPrefix("\"") ? String(value.dropFirst().prefix { $0 != "\"" }) : value
        return label.isEmpty ? nil : label
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
