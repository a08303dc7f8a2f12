import Dialect
import Identity
import Primitives
import Testing
import Wire

@testable import SpaceOperator

/// Always answers the same, and tells in the file whether there was a passphrase.
private struct FixedExports: DataExporter {
    var error: DataExportError?

    func export(
        _ user: UserID, passphrase: Passphrase?,
        reply: @escaping @Sendable (Result<[UInt8], DataExportError>) -> Void
    ) {
        if let error { return reply(.failure(error)) }
        reply(.success(Array(#"{"sealed":\#(passphrase != nil)}"#.utf8)))
    }
}

@Suite struct `The route of exports` {
    private func ask(_ body: String, _ error: DataExportError? = nil) throws -> HTTPResponse {
        var services = bareServices()
        services.exporter = FixedExports(error: error)
        let target = try #require(HTTPTarget("/data/export"))
        let request = HTTPRequest(method: .post, target: target, headers: [:], body: Array(body.utf8))
        let key = try #require(routeKey)
        return try #require(carryOut(services, request, caller: .caller(.user(routeUser, key))))
    }

    @Test(arguments: [
        ("", #"{"sealed":false}"#), ("{}", #"{"sealed":false}"#),
        (#"{"passphrase":null}"#, #"{"sealed":false}"#),
        (#"{"passphrase":"twelve chars"}"#, #"{"sealed":true}"#), (#"{"other":1}"#, #"{"sealed":false}"#),
    ])
    func `asks for secrets only if there is a passphrase, and lets nobody keep the answer`(
        body: String, answer: String
    ) throws {
        let response = try ask(body)
        #expect(String(decoding: response.body, as: UTF8.self) == answer)
        #expect(response.headers["cache-control"] == "no-store")
    }

    @Test(arguments: [
        ("[]", 400), ("nul", 400), (#"{"passphrase":"eleven chrs"}"#, 400), (#"{"passphrase":12}"#, 400),
        (#"{"passphrase":"\#(String(repeating: "x", count: 1025))"}"#, 400), ("\u{0}", 400),
    ])
    func `refuses bodies that are none, and quotes nothing of them`(body: String, status: Int) throws {
        let response = try ask(body)
        #expect(response.status.code == status)
        #expect(!String(decoding: response.body, as: UTF8.self).contains("eleven chrs"))
    }

    @Test(
        arguments: [
            (DataExportError.busy, 503, "5"), (.unavailable, 503, "1"), (.tooLarge(bytesMax: 7), 403, nil),
            (.sealed, 500, nil), (.failed, 500, nil),
        ] as [(DataExportError, Int, String?)])
    func `says why there is no export`(error: DataExportError, status: Int, retry: String?) throws {
        let response = try ask("", error)
        #expect(response.status.code == status && response.headers["retry-after"] == retry)
        #expect(String(decoding: response.body, as: UTF8.self) == #"{"error":"\#(error)"}"#)
    }
}
