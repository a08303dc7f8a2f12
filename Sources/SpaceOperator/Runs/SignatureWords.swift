// A request for a signature in this dialect's words: in a run's events, in a user's stream, and over HTTP.

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// Writes requests (spec http-and-websocket 4.3).
enum SignatureWords {
    /// The request on its own, as the numbered spelling and HTTP have it. The time is in milliseconds, unlike all others.
    static func writeFields(_ request: SignatureRequest, of run: RunID, to writer: inout JSONWriter) {
        writer.key("id")
        writer.integer(request.id.number)
        writer.key("time")
        writer.integer(request.createdAt.milliseconds)
        writer.key("token")
        writer.null()
        writeQuestion(request, to: &writer)
        writer.key("flow_run_id")
        writer.string(run.text)
        writeSignatures(to: &writer)
    }

    /// The request in the documented spelling's envelope, which has the time and the run.
    static func writeEnvelopedFields(_ request: SignatureRequest, to writer: inout JSONWriter) {
        writer.key("id")
        writer.integer(request.id.number)
        writer.key("token")
        writer.null()
        writeQuestion(request, to: &writer)
        writeSignatures(to: &writer)
    }

    /// The message of a user's stream behind its prefix, whose brace it closes.
    static func message(_ waiting: WaitingSignature, _ spelling: Spelling) -> [UInt8] {
        let request = waiting.request
        var writer = JSONWriter()
        writer.beginObject()
        switch spelling {
        case .documented:
            writer.key("event")
            writer.beginObject()
            writer.key("req_id")
            writer.integer(request.id.number)
            writeQuestion(request, to: &writer)
            writer.key("time")
            writer.string(request.createdAt.text)
            writer.key("flow_run_id")
            writer.string(waiting.run.text)
            writeSignatures(to: &writer)
            writer.endObject()
        case .numbered:
            writer.key("event")
            writer.string(RunEventKind.signatureRequested.name)
            writer.key("data")
            writer.beginObject()
            writeFields(request, of: waiting.run, to: &writer)
            writer.endObject()
        }
        writer.endObject()
        return Array(writer.output.dropFirst())
    }

    private static func writeQuestion(_ request: SignatureRequest, to writer: inout JSONWriter) {
        writer.key("pubkey")
        writer.string(Base58.encode(request.publicKey.bytes))
        writer.key("message")
        writer.string(Base64.encode(request.message))
        writer.key("timeout")
        writer.double(Double(request.timeLimitMilliseconds) / 1_000)
        writer.key("kind")
        writer.string(request.kind.rawValue)
    }

    /// Signatures of other signers exist in transactions only.
    private static func writeSignatures(to writer: inout JSONWriter) {
        writer.key("signatures")
        writer.null()
    }
}
