// What stands around the messages of subscriptions on the wire. Pure.

internal import Wire

/// How a connection delimits what its subscriptions send.
enum StreamFraming {
    /// Each message is a text message of a WebSocket.
    case socket
    /// Each message is a chunk of an HTTP answer (RFC 9112 section 7.1).
    case chunks
    /// Messages follow each other; the end of the connection ends them (RFC 9112 section 6.3), for HTTP/1.0.
    case plain

    /// Appends a message in two parts.
    func append(_ body: [UInt8], after prefix: [UInt8], to output: inout [UInt8]) {
        let count = prefix.count + body.count
        switch self {
        case .socket: WebSocketEncoder.appendHeader(.text, payloadCount: count, to: &output)
        // An empty chunk would be the last one.
        case .chunks where count == 0: return
        case .chunks: output.append(contentsOf: "\(String(count, radix: 16))\r\n".utf8)
        case .plain: break
        }
        output.append(contentsOf: prefix)
        output.append(contentsOf: body)
        if case .chunks = self { output.append(contentsOf: "\r\n".utf8) }
    }

    /// Appends what says that everything has been sent.
    func appendEnd(to output: inout [UInt8]) {
        if case .chunks = self { output.append(contentsOf: "0\r\n\r\n".utf8) }
    }
}
