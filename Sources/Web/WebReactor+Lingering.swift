// Connections that have had their last word: what their clients still send is read away for a moment.

internal import Net
internal import Primitives

extension WebReactor {
    /// The last word has left. If the peer may still be sending, its bytes are read away for a moment: closing at
    /// once would make its system drop the answer.
    func finish(_ client: ClientConnection, on loop: inout LoopContext) {
        if client.isHalfClosed || isStopping { return close(client, on: &loop) }
        client.closesWhenFlushed = false
        client.isHeldBack = false
        client.phase = .lingering
        client.transport.isReading = true
        client.transport.shutdownWriting()
        loop.setTimer(ClientTimer.idle.key(client.id.token), milliseconds: Limits.lingerMilliseconds)
        try? client.transport.watch(on: loop)
    }

    /// Takes what nobody wants any more, a portion at a time.
    func readAway(_ client: ClientConnection, on loop: inout LoopContext) {
        guard lingerBytes < Limits.lingerBytesMax else {
            client.transport.isReading = false
            return lingering.append(client.id)
        }
        switch client.transport.receive(on: &loop) {
        case .nothing: break
        case .failed, .ended: close(client, on: &loop)
        case .bytes(let count):
            if lingerBytes == 0 {
                loop.setTimer(ClientTimer.lingerKey, milliseconds: Limits.lingerPauseMilliseconds)
            }
            lingerBytes += count
        }
    }

    func readAwayAgain() {
        lingerBytes = 0
        for id in lingering {
            guard let client = clients[id] else { continue }
            client.transport.isReading = true
            touch(id)
        }
        lingering = []
    }
}
