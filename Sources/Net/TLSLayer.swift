// What TLS adds to a server's transport: hands are shaken elsewhere, then bytes are decrypted and encrypted in portions. No I/O.

internal import Primitives

/// The TLS of one connection between its socket and its transport.
struct TLSLayer: ~Copyable {
    /// What may be done now.
    enum Stage {
        /// Nothing has come: a client that says nothing costs no session.
        case awaitingHello
        case shakingHands
        /// The session is with another thread.
        case lent
        case open
        /// The peer has broken the protocol.
        case broken
    }

    /// The first byte of everything that begins a handshake (RFC 8446 section 5.1).
    private static let handshakeRecord: UInt8 = 22

    private(set) var stage = Stage.awaitingHello
    private let context: TLSContext
    private var session: TLSSession?
    private var greetingBytes = 0
    /// What is encrypted and not with the kernel.
    private(set) var sealed: [UInt8] = []
    private var sent = 0
    /// The session may give bytes although the socket has none.
    private(set) var holdsInput = false
    private var hasSaidEnd = false
    /// The session's buffers are larger than a quiet connection keeps.
    private var isGrown = false

    init(_ context: TLSContext) {
        self.context = context
    }

    /// Bytes that are encrypted and wait for the kernel.
    var waitingBytes: Int { sealed.count - sent }

    var isShakingHands: Bool {
        switch stage {
        case .awaitingHello, .shakingHands, .lent: true
        case .open, .broken: false
        }
    }

    // MARK: Handshake

    /// Takes the client's next bytes and lends the session for what they ask. Only while no session is lent and hands are
    /// not shaken.
    mutating func greet(_ bytes: ArraySlice<UInt8>) -> Transport.Greeting {
        if session == nil {
            guard bytes.first == TLSLayer.handshakeRecord else { return .foreign }
            session = TLSSession(server: context)
        }
        guard greetingBytes < Limits.handshakeBytesMax else { return .gone }
        greetingBytes += bytes.count
        isGrown = isGrown || bytes.count > Limits.sealedBytesKept
        session?.received(bytes)
        guard let lent = session.take() else { return .nothing }
        stage = .lent
        return .step(TLSHandshake(lent))
    }

    /// The session comes back.
    mutating func takeBack(_ handshake: TLSHandshake, _ progress: TLSHandshake.Progress) {
        session = handshake.takeSession()
        drain()
        switch progress {
        case .unfinished: stage = .shakingHands
        case .done:
            stage = .open
            holdsInput = true
        case .failed: stage = .broken
        }
    }

    // MARK: Bytes

    /// Adds what the socket brought.
    mutating func received(_ bytes: ArraySlice<UInt8>) {
        isGrown = isGrown || bytes.count > Limits.sealedBytesKept
        session?.received(bytes)
    }

    /// Decrypts into the front of `room`, as much as it holds. What it does not hold is kept, and so is an end behind bytes.
    mutating func open(into room: inout [UInt8]) -> Transport.Received {
        guard stage == .open else { return .failed(TLSLayer.broken) }
        var count = 0
        var isEnded = false
        holdsInput = false
        do throws(TLSError) {
            reading: while true {
                guard count < room.count else {
                    holdsInput = true
                    break
                }
                switch try session?.read(into: &room, from: count) {
                case .bytes(let more)?:
                    count += more
                    if session?.mayHoldBytes != true { break reading }
                case .nothing?, nil: break reading
                case .ended?:
                    isEnded = true
                    break reading
                }
            }
        } catch {
            stage = .broken
        }
        drain()
        // A peer that asks for answers of TLS itself and takes none fills no memory with them.
        if waitingBytes > Limits.outputBytesHigh + Limits.sealedBytesMax { stage = .broken }
        if count > 0 {
            holdsInput = holdsInput || isEnded || stage == .broken
            return .bytes(count)
        }
        guard stage == .open else { return .failed(TLSLayer.broken) }
        return isEnded ? .ended : .nothing
    }

    /// Encrypts a portion from the front of `bytes`, and gives how many it took. If they are all, and nothing will follow, it
    /// says so to the peer.
    mutating func seal(_ bytes: ArraySlice<UInt8>, isLast: Bool) throws(TLSError) -> Int {
        guard stage == .open, !hasSaidEnd else { return bytes.count }
        let portion = bytes.prefix(Limits.sealedBytesMax)
        isGrown = isGrown || portion.count > Limits.sealedBytesKept
        try session?.write(portion)
        if isLast, portion.count == bytes.count {
            hasSaidEnd = true
            session?.close()
        }
        drain()
        return portion.count
    }

    /// What waits for the kernel, at the front.
    var unsent: ArraySlice<UInt8> { sealed[sent...] }

    /// The kernel has taken so many bytes.
    mutating func took(_ count: Int) {
        sent += count
        guard sent == sealed.count else { return }
        sealed.removeAll(keepingCapacity: sealed.capacity <= Limits.sealedBytesKept)
        sent = 0
    }

    private mutating func drain() {
        session?.takeOutput(to: &sealed)
        guard isGrown, !holdsInput, stage == .open else { return }
        isGrown = false
        session?.shrink()
    }

    private static let broken = NetError.reset("TLS")
}
