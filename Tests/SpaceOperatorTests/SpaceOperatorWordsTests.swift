import Dialect
import Engine
import Primitives
import Testing
import Wire

@testable import SpaceOperator

@Suite struct `The words of Space Operator` {
    private static let node = NodeID(UniqueID(high: 1, low: 2))

    /// Texts that clients know by heart, and the statuses they come with.
    private static let refusals: [(Refusal, status: Int, text: String)] = [
        (.engine(.notFound), 404, "not found"), (.engine(.flowNotFound), 404, "flow not found"),
        (.engine(.noOutput), 404, "flow run has no output"), (.engine(.unauthorized), 401, "unauthorized"),
        (.engine(.notAllowed), 403, "not allowed"), (.engine(.readNotAllowed), 403, "read not allowed"),
        (.engine(.noBelongings), 400, "user has no wallets"),
        (
            .engine(.invalidFlow(GraphProblems([GraphProblem("a"), GraphProblem("b")]))), 400, "a; b"
        ),
        (
            .engine(.tooManyCandidates), 400,
            "more than 4096 values of 64 bytes, as numbers or text, any of which may be a key pair"
        ),
        (
            .engine(.signature(.changedMessage)), 400,
            "could not update tx because it will invalidate existing signature"
        ),
        (.engine(.signature(.wrongSignature)), 400, "signature verification failed"),
        (.engine(.readTimeout), 408, "read timeout"),
        (
            .engine(.readViolation(.collectsActs)), 409,
            "read mode violation: read-only flows cannot collect or return instructions"
        ),
        (
            .engine(.readViolation(.node(node, kind: "k", .mutating))), 409,
            "read mode violation: node \(node) (k) is not allowed in read-only flows: Mutating"
        ),
        (
            .engine(.readViolation(.node(node, kind: "k", .interactive))), 409,
            "read mode violation: node \(node) (k) is not allowed in read-only flows: Interactive"
        ),
        (.engine(.busy(retryAfterSeconds: 7)), 503, "the server is busy, try again in 7 s"),
        (.engine(.storage(.unavailable)), 503, "storage is not available"),
        (.storage(.overloaded), 503, "storage is overloaded"),
        (.storage(.failed), 500, "storage refused the request"),
        (.caller(.apiKeyUnknown), 401, "unauthenticated"), (.caller(.own("x")), 401, "unauthenticated"),
        (.unknownPath, 404, "not found"), (.otherMethods([.get]), 405, "method not allowed"),
        (.late, 408, "the request did not arrive in time"),
        (.crowded(retryAfterSeconds: 1), 503, "too much is being sent: try again in a second"),
        (.unreadable(.bodyTooLarge), 413, "request body too large"),
        (.unreadable(.hostMissing), 400, "missing Host header"),
        (.unreadable(.tooManyHeaders), 431, "too many header lines"),
        (.foreignOrigin, 400, "Origin is not allowed to make this request"),
        (
            .unknownName, 400,
            "Origin is not allowed to make this request: the name in Host is not one that this server is known by; "
                + "set public_url to the address that browsers use, or name the origin in cors_origins"
        ),
    ]

    @Test func `stand in an object with one member, whatever is refused`() {
        for (refusal, status, text) in `The words of Space Operator`.refusals {
            let answer = SpaceOperatorWords().answer(refusal, to: nil)
            #expect(answer.status.code == status, "\(refusal)")
            #expect(answer.headers["Content-Type"] == "application/json", "\(refusal)")
            #expect(answer.body == JSONWriter.encode(["error": .string(text)]), "\(refusal)")
        }
    }

    @Test func `come with what HTTP wants said beside them`() {
        func header(_ name: String, of refusal: Refusal) -> String? {
            SpaceOperatorWords().answer(refusal, to: nil).headers[name]
        }
        #expect(header("Retry-After", of: .engine(.busy(retryAfterSeconds: 7))) == "7")
        #expect(header("Retry-After", of: .storage(.unavailable)) == "1")
        #expect(header("Retry-After", of: .storage(.failed)) == nil)
        #expect(header("Allow", of: .otherMethods([.get, .post])) == "GET, POST")
        #expect(header("Sec-WebSocket-Version", of: .handshake(.versionUnsupported)) == "13")
    }

    @Test func `are none for a handshake that does not do`() {
        let answer = SpaceOperatorWords().answer(.handshake(.keyMalformed), to: nil)
        #expect(answer.status.code == 400)
        #expect(answer.body.isEmpty)
        #expect(answer.headers.count == 0)
    }

    @Test func `close sockets with the rule that was broken`() {
        let farewell = SpaceOperatorWords().farewell(.broken(.unmasked))
        #expect(farewell.code == .protocolError)
        #expect(farewell.reason == "frames of a client must be masked")
    }
}
