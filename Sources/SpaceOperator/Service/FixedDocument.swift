// A document that stays the same while the server runs, and the 304 for clients that have it already.

internal import Identity
internal import Primitives
internal import Wire

/// JSON with the tag by which clients ask whether it is still the same (RFC 9110 sections 8.8.3 and 13.1.2).
struct FixedDocument: Sendable {
    /// Bytes of the digest that are enough to tell two builds apart.
    private static let tagBytes = 16

    private let json: [UInt8]
    private let tag: EntityTag

    init(json: [UInt8]) {
        self.json = json
        tag = EntityTag(Hexadecimal.encode(Digest.sha256(json).prefix(FixedDocument.tagBytes)))
    }

    /// The document, or 304 for a client that has it.
    func response(to request: HTTPRequest) -> HTTPResponse {
        var response = tag.isKnown(to: request) ? HTTPResponse(.notModified) : .json(.ok, json)
        response.headers.add("ETag", tag.text)
        response.headers.add("Cache-Control", "no-cache")
        return response
    }
}
