// Bytes in and bytes out of one connection. Owned by its loop.

internal import Primitives

/// A connection's stream: one read per turn, output gathered and written once per turn.
///
/// What is received and sent are the owner's bytes, also if there is TLS between them and the socket.
public struct Transport: ~Copyable {
    let socket: Socket
    private let token: UInt64
    /// The owner's bytes that are not with the kernel; with TLS, that are not encrypted.
    var output: [UInt8] = []
    private var written = 0
    private var interest: Readiness = []
    /// The peer is read from; turning this off is how a slow answer slows the asker.
    public var isReading = true
    /// Nothing more will be sent behind what waits.
    var isEnding = false
    /// Nil for a connection in clear.
    var tls: TLSLayer?

    /// Takes over a connected socket, known to the loop by `token`.
    public init(_ socket: consuming Socket, token: UInt64) {
        self.init(socket, token: token, tls: nil)
    }

    /// The same for the socket of a client that speaks TLS. Nothing but `greet` and `takeBack` may be called while
    /// `isShakingHands`.
    ///
    /// - Parameter context: of a server; nil for a connection in clear.
    public init(_ socket: consuming Socket, token: UInt64, tls context: TLSContext?) {
        self.socket = socket
        self.token = token
        if let context { tls = TLSLayer(context) }
    }

    /// What a read brought.
    public enum Received: Sendable {
        /// So many bytes, at the front of the loop's scratch if they were to be kept.
        case bytes(Int)
        /// Nothing now.
        case nothing
        /// The peer will send nothing more, and has said so.
        case ended
        case failed(NetError)
    }

    /// Reads once, up to `Limits.readBytesPerTurnMax` bytes, into the loop's scratch.
    public mutating func receive(on loop: inout LoopContext) -> Received {
        guard tls == nil else { return receiveSealed(on: &loop) }
        return received { () throws(NetError) in try socket.read(into: &loop.scratch) }
    }

    /// Reads once, `max` bytes at most, and keeps nothing; with TLS it does not even decrypt them.
    public borrowing func discard(max: Int) -> Received {
        received { () throws(NetError) in try socket.discard(max: max) }
    }

    borrowing func received(_ read: () throws(NetError) -> Int) -> Received {
        do throws(NetError) {
            let count = try read()
            return count == 0 ? .ended : .bytes(count)
        } catch {
            return error.meaning == .wouldBlock ? .nothing : .failed(error)
        }
    }

    /// Adds to the output; it leaves with the next `flush`.
    public mutating func send(_ bytes: some Collection<UInt8>) {
        output.append(contentsOf: bytes)
    }

    /// Lets a writer append to the output in place.
    public mutating func send(_ write: (inout [UInt8]) -> Void) {
        write(&output)
    }

    /// Bytes that have not left yet.
    public var waitingBytes: Int {
        switch tls {
        case let layer?: output.count - written + layer.waitingBytes
        case nil: output.count - written
        }
    }

    /// The owner's bytes that wait.
    var unsent: ArraySlice<UInt8> { output[written...] }

    /// Bytes that are on their way to the peer and that it has not confirmed.
    public var unconfirmedBytes: Int { socket.unconfirmedBytes() }

    /// What a flush left.
    public enum Flushed: Sendable {
        /// Everything is with the kernel.
        case all
        /// The peer is slow; `progressed` if at least some bytes went.
        case some(progressed: Bool)
        case failed(NetError)
    }

    /// Writes what is waiting, once.
    public mutating func flush() -> Flushed {
        guard tls == nil else { return flushSealed() }
        guard waitingBytes > 0 else { return .all }
        do throws(NetError) {
            let count = try socket.write(output[written...])
            took(count)
            return waitingBytes == 0 ? .all : .some(progressed: count > 0)
        } catch {
            return error.meaning == .wouldBlock ? .some(progressed: false) : .failed(error)
        }
    }

    /// So many bytes of the output have left.
    mutating func took(_ count: Int) {
        written += count
        if written == output.count {
            // A buffer that has grown for one large answer is not kept for ever.
            output.removeAll(keepingCapacity: output.capacity <= 2 * Limits.outputBytesHigh)
            written = 0
        } else if written >= max(Limits.outputBytesLow, output.count - written) {
            // Written bytes are removed only when there are at least as many as bytes that must move. So a large answer
            // to a slow reader is not moved again and again.
            output.removeSubrange(..<written)
            written = 0
        }
    }

    /// Tells the loop what this connection waits for now. Cheap when nothing has changed.
    public mutating func watch(on loop: borrowing LoopContext) throws(NetError) {
        var wanted: Readiness = []
        if isReading { wanted.insert(.readable) }
        if waitingBytes > 0 { wanted.insert(.writable) }
        guard wanted != interest else { return }
        try loop.watch(socket.descriptor, for: wanted, token: token)
        interest = wanted
    }

    /// Says that nothing more will be sent behind what waits: with TLS, the peer is told so with the next `flush`.
    public mutating func end() {
        isEnding = true
    }

    /// Says to the socket that nothing more will be sent; what waits is lost unless it was flushed.
    public borrowing func shutdownWriting() {
        socket.shutdownWriting()
    }
}
