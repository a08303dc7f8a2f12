// A transport whose bytes are encrypted on the way.

internal import Primitives

extension Transport {
    /// What a client's first bytes were.
    public enum Greeting: Sendable {
        /// Nothing has come.
        case nothing
        /// The handshake goes on: `advance` is to be called, which may take long, and then `takeBack`. Nothing is read
        /// meanwhile.
        case step(TLSHandshake)
        /// What came is no TLS. The connection is one in clear from here on.
        case foreign
        /// The client has gone, or sends and sends without shaking hands.
        case gone
    }

    /// Bytes are encrypted between here and the client.
    public var isEncrypted: Bool {
        switch tls {
        case _?: true
        case nil: false
        }
    }

    /// The client has not yet agreed on how to encrypt.
    public var isShakingHands: Bool {
        switch tls {
        case let layer?: layer.isShakingHands
        case nil: false
        }
    }

    /// Bytes have come of which the socket says nothing: `receive` must be called again although it is not ready.
    public var holdsInput: Bool {
        switch tls {
        case let layer?: layer.holdsInput
        case nil: false
        }
    }

    /// Reads once while hands are shaken.
    public mutating func greet(on loop: inout LoopContext) -> Greeting {
        // Nothing is read while the session is lent, so the socket is only ready because it is broken.
        if case .lent? = tls?.stage { return .gone }
        let socketBrought = received { () throws(NetError) in try socket.read(into: &loop.scratch) }
        switch socketBrought {
        case .nothing: return .nothing
        case .ended, .failed: return .gone
        case .bytes(let count):
            let greeting = tls?.greet(loop.scratch[..<count]) ?? .foreign
            switch greeting {
            case .step: isReading = false
            case .foreign: tls = nil
            case .nothing, .gone: break
            }
            return greeting
        }
    }

    /// Goes on with a handshake that was lent away. If it failed, what tells the client why waits in the output, and nothing
    /// else can be sent or received.
    public mutating func takeBack(_ handshake: TLSHandshake, _ progress: TLSHandshake.Progress) {
        tls?.takeBack(handshake, progress)
        isReading = true
        guard case .failed = progress else { return }
        isReading = false
        output = Array(tls?.unsent ?? [])
        tls = nil
    }

    /// Before a close in the middle of nothing: tells the peer, if that can be done now, that this is all.
    public mutating func sayGoodbye() {
        guard tls != nil, waitingBytes == 0 else { return }
        isEnding = true
        _ = flushSealed()
    }

    /// What the session holds goes before what the socket holds. A stream that ends without the peer's word for it is cut.
    mutating func receiveSealed(on loop: inout LoopContext) -> Received {
        if !holdsInput {
            let socketBrought = received { () throws(NetError) in try socket.read(into: &loop.scratch) }
            switch socketBrought {
            case .nothing, .failed: return socketBrought
            case .ended: return .failed(.reset("read"))
            case .bytes(let count): tls?.received(loop.scratch[..<count])
            }
        }
        let opened = tls?.open(into: &loop.scratch) ?? .nothing
        // The peer is told what it has done wrong, if there is room for that.
        if case .failed = opened, let alert = tls?.unsent, !alert.isEmpty { _ = try? socket.write(alert) }
        return opened
    }

    /// Encrypts and writes, a portion at a time, until the kernel takes no more or it has been enough for a turn.
    mutating func flushSealed() -> Flushed {
        var progressed = false
        var rest = Limits.outputBytesHigh
        do throws(NetError) {
            while true {
                if tls?.waitingBytes == 0 {
                    guard rest > 0 else { return .some(progressed: progressed) }
                    let count = try sealPortion()
                    took(count)
                    rest -= count
                    guard let sealed = tls?.waitingBytes, sealed > 0 else { return .all }
                }
                let count = try socket.write(tls?.unsent ?? [])
                tls?.took(count)
                progressed = true
                guard tls?.waitingBytes == 0 else { return .some(progressed: progressed) }
            }
        } catch {
            return error.meaning == .wouldBlock ? .some(progressed: progressed) : .failed(error)
        }
    }

    private mutating func sealPortion() throws(NetError) -> Int {
        do throws(TLSError) {
            let bytes = unsent
            return try tls?.seal(bytes, isLast: isEnding) ?? 0
        } catch {
            throw .reset("TLS")
        }
    }
}
