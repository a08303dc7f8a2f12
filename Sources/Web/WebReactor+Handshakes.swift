// Clients that shake hands for TLS: what costs time is done by threads beside the loop.

internal import Dialect
internal import Net
internal import Primitives

extension WebReactor {
    /// What a client in clear is told where TLS is spoken. It asks for HTTP, so it understands this much.
    private static let wrongDoor: [UInt8] = {
        let words = "This port speaks TLS: use https or wss.\n"
        return Array(
            """
            HTTP/1.1 400 Bad Request\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: \(words.utf8.count)\r
            Connection: close\r
            \r
            \(words)
            """.utf8)
    }()

    /// Bytes of a handshake have come. What they ask for is worked out by a thread beside the loop: a signature may take
    /// milliseconds, and a crowd of new clients brings many of them at once.
    func shakeHands(_ client: ClientConnection, on loop: inout LoopContext) {
        switch client.transport.greet(on: &loop) {
        case .nothing: break
        case .gone: close(client, on: &loop)
        case .foreign:
            client.transport.isReading = false
            client.transport.send(WebReactor.wrongDoor)
            client.closesWhenFlushed = true
        case .step(let handshake):
            let id = client.id
            let mailbox = handle.mailbox
            let isTaken = handshakes?.post {
                mailbox.postReply(.handshakeAdvanced(id, handshake, handshake.advance()))
            }
            if isTaken != true { close(client, on: &loop) }
        }
    }

    /// A thread has gone on with a handshake.
    func handshakeAdvanced(
        _ client: ClientConnection, _ handshake: TLSHandshake, _ progress: TLSHandshake.Progress,
        on loop: inout LoopContext
    ) {
        client.transport.takeBack(handshake, progress)
        switch progress {
        case .unfinished: break
        // A client may send its first request together with the end of its handshake.
        case .done: read(client, on: &loop)
        case .failed(let reason):
            services.log.debug("web", "no handshake", LogField("reason", reason))
            client.closesWhenFlushed = true
        }
    }
}
