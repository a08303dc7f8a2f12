// Rules of the decoder of requests.

import Wire

extension FuzzTarget {
    static let httpRequest = FuzzTarget("http-request") { input in
        let transcript = try Arrival.same(input, RequestEvent.read)
        for case .whole(let request) in transcript.events {
            try expect(request.body.count <= RequestEvent.bodyBytesMax, "a body is above its limit")
            try expect(request.headers.count <= 100, "there are more than a hundred headers")
            guard let bytes = request.encoded else { continue }
            let again = try RequestEvent.read([bytes[...]])
            try expect(
                again.refusal == nil && again.events.contains(.whole(request)),
                "a request that is written again reads \(again), but was \(request)")
        }
    }
}

/// What the decoder of requests says.
private enum RequestEvent: Equatable {
    /// Small, so that it is reached.
    static let bodyBytesMax = 1_000

    case head(RequestParts)
    case continueExpected
    case whole(RequestParts)

    static func read(_ pieces: [ArraySlice<UInt8>]) throws -> Transcript<RequestEvent> {
        var decoder = HTTPRequestDecoder(bodyBytesMax: bodyBytesMax, longPaths: ["/long/"])
        var transcript = Transcript<RequestEvent>()
        do throws(HTTPRequestError) {
            for piece in pieces {
                decoder.append(piece)
                while let event = try decoder.next() {
                    switch event {
                    case .headReceived(let request): transcript.events.append(.head(RequestParts(request)))
                    case .continueExpected: transcript.events.append(.continueExpected)
                    case .requestReceived(let request):
                        transcript.events.append(.whole(RequestParts(request)))
                    }
                }
            }
        } catch {
            transcript.refusal = "\(error)"
            try expect(refusal(of: &decoder) == error, "\(error) does not come again")
        }
        return transcript
    }

    private static func refusal(of decoder: inout HTTPRequestDecoder) -> HTTPRequestError? {
        do throws(HTTPRequestError) {
            _ = try decoder.next()
            return nil
        } catch {
            return error
        }
    }
}

/// A request without what says how it is delimited.
private struct RequestParts: Equatable {
    private static let delimiting = ["content-length", "transfer-encoding", "expect"]

    let method: String
    let target: HTTPTarget
    let version: HTTPVersion
    let headers: [String]
    let body: [UInt8]
    let keepAlive: Bool
    private let isDelimited: Bool

    init(_ request: HTTPRequest) {
        method = request.method.name
        target = request.target
        version = request.version
        let fields = request.headers.fields
        let kept = fields.filter { !RequestParts.delimiting.contains($0.name.lowercased()) }
        headers = kept.map { "\($0.name): \($0.value)" }
        body = request.body
        keepAlive = request.keepAlive
        isDelimited = kept.count < fields.count
    }

    static func == (left: RequestParts, right: RequestParts) -> Bool {
        left.method == right.method && left.target == right.target && left.version == right.version
            && left.headers == right.headers && left.body == right.body && left.keepAlive == right.keepAlive
    }

    /// The request as it could have been sent; nil if escapes make it too long for that.
    var encoded: [UInt8]? {
        var text = "\(method) \(target.path)"
        if !target.query.isEmpty {
            text +=
                "?"
                + target.query.map { PercentEncoding.form($0.name) + "=" + PercentEncoding.form($0.value) }
                .joined(separator: "&")
        }
        text += version == .http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n"
        for header in headers { text += header + "\r\n" }
        if isDelimited { text += "Content-Length: \(body.count)\r\n" }
        guard text.utf8.count < 7_000 else { return nil }
        return Array((text + "\r\n").utf8) + body
    }
}
