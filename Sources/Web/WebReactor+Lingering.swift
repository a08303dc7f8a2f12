// Connections whose last answer is out: what their clients still send is read and dropped for a moment.

internal import Net
internal import Primitives

extension WebReactor {
    /// The last answer has left. If the peer may still be sending, its bytes are read and dropped for a moment: closing
    /// at once would make its system drop the answer.
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

    /// Reads and drops what the peer still sends, a portion at a time. If nothing more may be read now, the connection
    /// waits in line for the next pause.
    ///
    /// - Parameter isBroken: the connection is over. The loop would say so again and again, so everything that the kernel
    ///   holds is read now.
    func readAway(_ client: ClientConnection, isBroken: Bool = false, on loop: inout LoopContext) {
        guard isBroken || lingerBytes < Limits.lingerBytesMax else {
            client.transport.isReading = false
            return lingering.append(client.id)
        }
        switch client.transport.discard(max: Limits.readBytesPerTurnMax) {
        case .nothing: break
        case .failed, .ended: close(client, on: &loop)
        case .bytes(let count):
            if lingerBytes == 0 {
                loop.setTimer(ClientTimer.lingerKey, milliseconds: Limits.lingerPauseMilliseconds)
            }
            lingerBytes += count
        }
    }

    func readAwayAgain(on loop: inout LoopContext) {
        lingerBytes = 0
        // Only as many connections as there is room for are woken, so that none is put back to sleep at once.
        while lingerBytes < Limits.lingerBytesMax, let id = lingering.popFirst() {
            guard let client = clients[id] else { continue }
            client.transport.isReading = true
            touch(id)
            readAway(client, on: &loop)
        }
    }
}
