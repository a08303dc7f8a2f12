// Bytes of clients as they come, and the end of what a client sends.

internal import Dialect
internal import Net
internal import Primitives
internal import Wire

extension WebReactor {
    func read(_ client: ClientConnection, on loop: inout LoopContext) {
        guard !client.transport.isShakingHands else { return shakeHands(client, on: &loop) }
        switch client.transport.receive(on: &loop) {
        case .nothing: break
        case .failed: close(client, on: &loop)
        case .ended: ended(client, on: &loop)
        case .bytes(let count):
            client.isAlive = true
            switch client.phase {
            case .lingering: break
            case .http(var decoder):
                client.phase = .lingering
                decoder.append(loop.scratch[..<count])
                client.phase = .http(decoder)
            case .socket(var conversation):
                client.phase = .lingering
                conversation.decoder.append(loop.scratch[..<count])
                client.phase = .socket(conversation)
            }
            advance(client, on: &loop)
        }
    }

    /// Goes on with what has been received.
    func advance(_ client: ClientConnection, on loop: inout LoopContext) {
        switch client.phase {
        case .http: advanceHTTP(client, on: &loop)
        case .socket: advanceSocket(client, on: &loop)
        case .lingering: break
        }
    }

    /// The peer will send nothing more. What it has asked is still answered, within bounds. If this is said a second
    /// time, the connection is broken.
    private func ended(_ client: ClientConnection, on loop: inout LoopContext) {
        guard case .http = client.phase, !client.isHalfClosed,
            client.exchange != nil || client.transport.waitingBytes > 0
        else { return close(client, on: &loop) }
        client.isHalfClosed = true
        client.transport.isReading = false
        guard client.exchange?.stream == nil else { return }
        probe(client)
        loop.setTimer(ClientTimer.idle.key(client.id.token), milliseconds: Limits.halfClosedMillisecondsMax)
        advance(client, on: &loop)
    }
}
