// Rules of the decoder of answers.

import Wire

extension FuzzTarget {
    static let httpResponse = FuzzTarget("http-response") { input in
        _ = try Arrival.same(input) { try ResponseParts.read($0, answering: .head) }
        let transcript = try Arrival.same(input) { try ResponseParts.read($0, answering: .get) }
        guard let response = transcript.events.first else { return }
        try expect(response.body.count <= ResponseParts.bodyBytesMax, "a body is above its limit")
        try expect(response.headers.count <= 512, "there are more than 512 headers")
        let again = try ResponseParts.read([response.encoded[...]], answering: .get)
        try expect(
            again.events == [response], "an answer that is written again reads \(again), but was \(response)")
    }
}

/// An answer without what its writer puts itself.
private struct ResponseParts: Equatable {
    /// Small, so that it is reached.
    static let bodyBytesMax = 1_000
    private static let writers = ["date", "content-length", "connection", "transfer-encoding"]

    let status: HTTPStatus
    let headers: [String]
    let body: [UInt8]

    private init(_ response: HTTPResponse) {
        status = response.status
        headers = response.headers.fields.filter { !ResponseParts.writers.contains($0.name.lowercased()) }
            .map { "\($0.name):\($0.value)" }
        body = response.body
    }

    static func read(
        _ pieces: [ArraySlice<UInt8>], answering method: HTTPMethod
    ) throws -> Transcript<ResponseParts> {
        var decoder = HTTPResponseDecoder(answering: method, bodyBytesMax: bodyBytesMax)
        var transcript = Transcript<ResponseParts>()
        do throws(HTTPResponseError) {
            for piece in pieces {
                decoder.append(piece)
                if let response = try decoder.next() { transcript.events.append(ResponseParts(response)) }
            }
            if let response = try decoder.finish() { transcript.events.append(ResponseParts(response)) }
        } catch {
            transcript.refusal = "\(error)"
        }
        try expect(transcript.events.count <= 1, "there are two answers to one request")
        return transcript
    }

    /// The answer as this server would send it.
    var encoded: [UInt8] {
        let fields = headers.map { header in
            let colon = header.firstIndex(of: ":") ?? header.endIndex
            return (name: String(header[..<colon]), value: String(header[colon...].dropFirst()))
        }
        var output: [UInt8] = []
        HTTPResponse(status, headers: HTTPHeaders(fields), body: body)
            .append(to: &output, answering: nil, closing: true, date: "Sun, 06 Nov 1994 08:49:37 GMT")
        return output
    }
}
