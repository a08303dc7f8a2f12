// An answer and its bytes. Pure value.

internal import Primitives

/// One HTTP response with a body of known length.
public struct HTTPResponse: Sendable {
    public var status: HTTPStatus
    /// The fields except Date, Content-Length and Connection, which the encoder puts.
    public var headers: HTTPHeaders
    public var body: [UInt8]

    /// A response with these fields.
    public init(_ status: HTTPStatus, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A JSON document. The type has no charset on purpose: clients compare it for equality (spec
    /// http-and-websocket 2.1).
    public static func json(_ status: HTTPStatus, _ json: [UInt8]) -> HTTPResponse {
        HTTPResponse(status, headers: ["Content-Type": "application/json"], body: json)
    }

    /// The interim answer that asks for the body (RFC 9110 section 15.2.1).
    public static let continueBytes = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Appends the response as it goes over the wire.
    ///
    /// - Parameters:
    ///   - request: what is answered; nil if it could not be read. Decides whether the body is sent (not for
    ///     HEAD) and how the connection goes on.
    ///   - closing: true if the server closes the connection after this answer in any case.
    ///   - date: `HTTPDate.text` of now; the caller makes it once a second.
    public func append(
        to output: inout [UInt8], answering request: HTTPRequest?, closing: Bool = false, date: String
    ) {
        appendFields(to: &output, date: date)
        if status.allowsContent {
            output.append(contentsOf: "Content-Length: \(body.count)\r\n".utf8)
        }
        if status != .switchingProtocols {
            let keepAlive = !closing && request?.keepAlive ?? false
            if !keepAlive {
                output.append(contentsOf: "Connection: close\r\n".utf8)
            } else if request?.version == .http10 {
                output.append(contentsOf: "Connection: keep-alive\r\n".utf8)
            }
        }
        output.append(contentsOf: "\r\n".utf8)
        if status.allowsContent, request?.method != .head { output.append(contentsOf: body) }
    }

    /// Appends the head of a response whose content is sent bit by bit: in chunks, or to a client of HTTP/1.0 until the
    /// connection ends. `body` is not sent.
    ///
    /// - Parameter closing: true if the server closes the connection behind the content in any case.
    /// - Returns: whether the content goes in chunks.
    public func appendHead(
        to output: inout [UInt8], answering request: HTTPRequest, closing: Bool, date: String
    ) -> Bool {
        let isChunked = request.version == .http11
        appendFields(to: &output, date: date)
        if isChunked { output.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8) }
        if closing || !isChunked || !request.keepAlive {
            output.append(contentsOf: "Connection: close\r\n".utf8)
        }
        output.append(contentsOf: "\r\n".utf8)
        return isChunked
    }

    private func appendFields(to output: inout [UInt8], date: String) {
        output.append(contentsOf: "HTTP/1.1 \(status.code) \(status.reason)\r\nDate: \(date)\r\n".utf8)
        for field in headers.fields {
            HTTPResponse.append(field.name, to: &output)
            output.append(contentsOf: ": ".utf8)
            HTTPResponse.append(field.value, to: &output)
            output.append(contentsOf: "\r\n".utf8)
        }
    }

    /// Control characters become spaces: a value made from foreign text must not begin another line.
    private static func append(_ text: String, to output: inout [UInt8]) {
        if text.utf8.allSatisfy(ASCII.isFieldContent) {
            output.append(contentsOf: text.utf8)
        } else {
            output.append(contentsOf: text.utf8.map { ASCII.isFieldContent($0) ? $0 : UInt8(ascii: " ") })
        }
    }
}
