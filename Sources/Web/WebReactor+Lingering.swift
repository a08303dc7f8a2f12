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

    /// Takes what nobody wants any more, a portion at a time. Who cannot be read from now waits in line for the next pause.
    ///
    /// - Parameter isBroken: the connection is over, which is said again and again: the rest is taken now, as much as the kernel
    ///   has of it.
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
        // Only those for whom there is room: a crowd is not woken to be sent to sleep again.
        while lingerBytes < Limits.lingerBytesMax, let id = lingering.popFirst() {
            guard let client = clients[id] else { continue }
            client.transport.isReading = true
            touch(id)
            readAway(client, on: &loop)
        }
    }
}
