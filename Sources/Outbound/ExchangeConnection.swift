// One connection of an exchange: its socket, and TLS on top if the server wants it. Owned by the outbound loop.

internal import Net
internal import Primitives

/// Connects, shakes hands, then carries bytes. A class only because a table cannot hold noncopyable values; it never
/// leaves its loop. Closes when it is released.
final class ExchangeConnection {
    private enum Phase {
        case connecting, shakingHands, open
    }

    /// The exchange that it serves.
    let exchange: UInt64
    private let token: UInt64
    private var phase = Phase.connecting
    /// Until it is connected.
    private var socket: Socket?
    private var transport: Transport?
    private var session: TLSSession?
    /// The bytes to be sent, and how many of them the transport has got.
    private var output: [UInt8] = []
    private var handedOver = 0

    /// Begins to connect.
    init(
        for exchange: UInt64, to address: IPAddress, port: UInt16, session: consuming TLSSession?,
        token: UInt64, on loop: borrowing LoopContext
    ) throws(NetError) {
        self.exchange = exchange
        self.token = token
        self.session = consume session
        let socket = try Socket.connecting(to: address, port: port)
        try loop.watch(socket.descriptor, for: .writable, token: token)
        self.socket = consume socket
    }

    /// Sends content; once only, when the connection is open.
    func send(_ bytes: [UInt8], on loop: inout LoopContext) -> [Exchange.Fact] {
        output = bytes
        return pump(on: &loop)
    }

    /// Does what the socket is ready for and gives what came of it.
    func ready(_ readiness: Readiness, on loop: inout LoopContext) -> [Exchange.Fact] {
        if phase == .connecting { return connected(on: &loop) }
        var facts: [Exchange.Fact] = []
        if !readiness.isDisjoint(with: [.readable, .broken]) { facts += receive(on: &loop) }
        return facts + pump(on: &loop)
    }

    private func connected(on loop: inout LoopContext) -> [Exchange.Fact] {
        guard let socket = socket.take() else { return [] }
        if let error = socket.connectFailure() { return [.connectFailed(.notConnected(error))] }
        transport = Transport(socket, token: token)
        guard session != nil else {
            phase = .open
            return [.connected]
        }
        phase = .shakingHands
        return shakeHands() + pump(on: &loop)
    }

    private func shakeHands() -> [Exchange.Fact] {
        do throws(TLSError) {
            guard try session?.handshake() ?? true else { return [] }
        } catch {
            return [.failed(.tls(error))]
        }
        phase = .open
        return [.connected]
    }

    /// Reads once.
    private func receive(on loop: inout LoopContext) -> [Exchange.Fact] {
        switch transport?.receive(on: &loop) {
        case nil, .nothing: return []
        case .failed(let error): return [.failed(.connectionLost(error))]
        // A peer that speaks TLS says when it ends. If it has not said so, something may be missing.
        case .ended: return [session == nil ? .ended : .failed(.tls(.truncated))]
        case .bytes(let count):
            guard session != nil else { return [.received(Array(loop.scratch[..<count]))] }
            session?.received(loop.scratch[..<count])
            let facts = phase == .shakingHands ? shakeHands() : []
            return phase == .open ? facts + decrypt(on: &loop) : facts
        }
    }

    private func decrypt(on loop: inout LoopContext) -> [Exchange.Fact] {
        var facts: [Exchange.Fact] = []
        do throws(TLSError) {
            while true {
                switch try session?.read(into: &loop.scratch) {
                case nil, .nothing: return facts
                case .bytes(let count): facts.append(.received(Array(loop.scratch[..<count])))
                case .ended: return facts + [.ended]
                }
            }
        } catch {
            return facts + [.failed(.tls(error))]
        }
    }

    /// Sends what there is, in pieces, each when the one before has left.
    private func pump(on loop: inout LoopContext) -> [Exchange.Fact] {
        do throws(TLSError) {
            try handOver()
            if case .failed(let error) = transport?.flush() {
                // The server may have answered before it went. Its answer is worth more than the reason for the loss.
                return answerBeforeEnd(on: &loop) + [.failed(.connectionLost(error))]
            }
            try handOver()
        } catch {
            return [.failed(.tls(error))]
        }
        do throws(NetError) {
            try transport?.watch(on: loop)
            return []
        } catch {
            return [.failed(.connectionLost(error))]
        }
    }

    /// Gives the transport the next piece if it has nothing to send.
    private func handOver() throws(TLSError) {
        guard let waiting = transport?.waitingBytes else { return }
        guard waiting == 0 else {
            // TLS itself may produce output meanwhile, and more and more of it if the peer keeps asking and does not
            // read.
            guard let sealed = session?.waitingBytes, sealed > Limits.outputBytesHigh else { return }
            throw .protocolFailed
        }
        if phase == .open, handedOver < output.count {
            let piece = output[handedOver...].prefix(Limits.outputBytesLow)
            handedOver += piece.count
            if session == nil { transport?.send(piece) } else { try session?.write(piece) }
        }
        if handedOver == output.count {
            output = []
            handedOver = 0
        }
        var sealed: [UInt8] = []
        session?.takeOutput(to: &sealed)
        transport?.send(sealed)
    }

    private func answerBeforeEnd(on loop: inout LoopContext) -> [Exchange.Fact] {
        var facts: [Exchange.Fact] = []
        while true {
            let piece = receive(on: &loop)
            guard case .received = piece.first else { return facts }
            facts += piece
        }
    }
}
