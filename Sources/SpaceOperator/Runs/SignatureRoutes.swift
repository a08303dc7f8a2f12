// Routes on which wallets find what they are asked to sign, and answer.

internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Values
internal import Wire

/// Spec http-and-websocket 2.5, flow-engine 16.
enum SignatureRoutes {
    static var all: [Route] {
        [
            Route(.get, "/flow/signature_request/{id}", handle: request),
            Route(.post, "/signature/submit", handle: submit),
        ]
    }

    /// Waits for the first request, as long as the run lives: clients call once and rely on it (spec 7.27).
    @Sendable private static func request(_ request: RouteRequest) -> RouteStep {
        .withRun(request) { run in
            .authenticated(.userOrRun) { caller in
                .call(.signatureRequest(run, principals: [caller.principal].compactMap(\.self))) { reply in
                    guard case .signatureRequest(let waiting) = reply else {
                        return .confirmed(.refusal(reply))
                    }
                    var writer = JSONWriter()
                    writer.beginObject()
                    SignatureWords.writeFields(waiting.request, of: waiting.run, to: &writer)
                    writer.endObject()
                    return .confirmed(.json(.ok, writer.output))
                }
            }
        }
    }

    /// Needs no credential: the signature is the proof (spec 7.3).
    @Sendable private static func submit(_ request: RouteRequest) -> RouteStep {
        .content(from: .stranger) { request throws(BodyError) in
            let body = try SignatureBody(request.body)
            return .call(.submitSignature(body.submission)) { reply in
                guard case .accepted = reply else { return .respond(.refusal(reply)) }
                return .respond(.json(.ok, Array(#"{"success":true}"#.utf8)))
            }
        }
    }
}

/// The body of `/signature/submit`.
struct SignatureBody {
    let submission: SignatureSubmission

    init(_ body: [UInt8]) throws(BodyError) {
        let members = try JSONObject(body: body)
        guard let id = members["id"]?.number?.integer(Int64.self) else {
            throw .field("id", rule: "expected an integer")
        }
        guard let text = members["signature"]?.string, let bytes = Base58.decode(text),
            let signature = Bytes64(bytes)
        else { throw .field("signature", rule: "expected Base58 of 64 bytes") }
        var message: [UInt8]?
        switch members["new_msg"] {
        case nil, .null?: break
        case let tree?:
            guard let bytes = tree.string.flatMap({ Base64.decode($0) }) else {
                throw .field("new_msg", rule: "expected Base64 or null")
            }
            message = bytes
        }
        submission = SignatureSubmission(id: id, signature: signature, message: message)
    }
}
