// The bodies of the routes about files, read and checked.

internal import Engine
internal import Primitives
internal import Wire

/// What the routes about files are sent.
enum FileBody {
    /// For how many seconds an address is to be signed.
    static func expirySeconds(_ body: [UInt8]) throws(BodyError) -> Int64 {
        let members = try JSONObject(requiredBody: body)
        switch members["transform"] {
        case nil, .null?: break
        default: throw .field("transform", rule: "flowd does not change pictures")
        }
        guard let seconds = members["expiresIn"]?.number?.integer(Int64.self),
            (1...Int64(Limits.fileLinkSecondsMax)).contains(seconds)
        else { throw .field("expiresIn", rule: "expected 1 to \(Limits.fileLinkSecondsMax) seconds") }
        return seconds
    }

    /// The type that a file is stored with.
    static func contentType(of request: HTTPRequest) throws(BodyError) -> String {
        guard let type = request.headers["content-type"] else { return "application/octet-stream" }
        guard !type.lowercased().hasPrefix("multipart/") else {
            throw .field("Content-Type", rule: "the body is the file itself and not a form")
        }
        guard (1...Limits.contentTypeCharactersMax).contains(type.utf8.count),
            type.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
        else {
            throw .field(
                "Content-Type",
                rule: "expected 1 to \(Limits.contentTypeCharactersMax) printable ASCII characters")
        }
        guard ContentType.isWellFormed(type) else {
            throw .field("Content-Type", rule: "expected a type such as text/plain")
        }
        return type
    }
}
