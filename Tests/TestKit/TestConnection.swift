// A test's TCP connection to a server on this machine. Every call waits as long as it must and no longer than the
// test is willing to; nothing sleeps. Used by the one thread that made it.

import Glibc
import Net

/// A blocking connection to 127.0.0.1 whose reads and writes have a deadline. It may speak TLS.
public final class TestConnection {
    public enum Failure: Error, CustomStringConvertible {
        /// Nobody listens there, or the system said no.
        case notConnected(String)
        /// Nothing happened for as long as the test was willing to wait.
        case timedOut(String, received: [UInt8])
        /// The peer ended its side in the middle.
        case ended(String, received: [UInt8])
        /// The peer broke the connection.
        case broken(String)

        public var description: String {
            switch self {
            case .notConnected(let reason): "no connection: \(reason)"
            case .timedOut(let what, let bytes): "timed out \(what), having \(TestConnection.show(bytes))"
            case .ended(let what, let bytes): "the peer ended \(what), having \(TestConnection.show(bytes))"
            case .broken(let reason): "the connection broke: \(reason)"
            }
        }
    }

    /// How long one call may wait.
    public var patience: Duration
    private var descriptor: Int32
    /// What has come; all before `start` has been given out.
    private var buffer: [UInt8] = []
    private var start = 0
    private var isEnded = false
    /// Nil for a connection in clear.
    private var session: TLSSession?

    /// Connects.
    ///
    /// - Parameter receiveBufferBytes: what the kernel may hold for a test that does not read, roughly; nil for as
    ///   much as it likes.
    public init(port: UInt16, patience: Duration = .seconds(60), receiveBufferBytes: Int32? = nil) throws {
        self.patience = patience
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure.notConnected(TestConnection.systemError) }
        if var bytes = receiveBufferBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let reason = TestConnection.systemError
            close()
            throw Failure.notConnected(reason)
        }
    }

    /// Connects and shakes hands for TLS with a server that is called localhost.
    public convenience init(port: UInt16, trusting authority: TLSContext, patience: Duration = .seconds(60))
        throws
    {
        try self.init(port: port, patience: patience)
        session = try TLSSession(client: authority, host: "localhost")
        let end = ContinuousClock.now + patience
        while try session?.handshake() == false {
            try sendSealed()
            guard let piece = try receivePiece(until: end, "shaking hands") else {
                throw Failure.ended("while hands were shaken", received: [])
            }
            session?.received(piece[...])
        }
        try sendSealed()
    }

    deinit { close() }

    // MARK: Sending

    public func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends all bytes; waits while the peer does not take them.
    public func send(_ bytes: [UInt8]) throws {
        guard session != nil else { return try sendRaw(bytes) }
        for start in stride(from: 0, to: bytes.count, by: 64 * 1024) {
            try session?.write(bytes[start...].prefix(64 * 1024))
            try sendSealed()
        }
    }

    private func sendSealed() throws {
        var sealed: [UInt8] = []
        session?.takeOutput(to: &sealed)
        try sendRaw(sealed)
    }

    private func sendRaw(_ bytes: [UInt8]) throws {
        let end = ContinuousClock.now + patience
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN || errno == EINTR {
                try wait(for: Int16(POLLOUT), until: end, "sending")
            } else {
                throw Failure.broken(TestConnection.systemError)
            }
        }
    }

    /// Says that nothing more will be sent; answers can still be read.
    public func finishSending() {
        guard session != nil else { return cut() }
        session?.close()
        try? sendSealed()
    }

    /// Ends the stream of the socket; with TLS, without the word that belongs there.
    public func cut() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Goes away in the middle of everything: the peer's system learns it by a reset.
    public func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    /// Closes; further calls fail.
    public func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    // MARK: Receiving

    /// Exactly so many bytes.
    public func read(_ count: Int) throws -> [UInt8] {
        let end = ContinuousClock.now + patience
        while received.count < count {
            guard try receive(until: end, "reading \(count) bytes") else {
                throw Failure.ended("before \(count) bytes were there", received: Array(received))
            }
        }
        return take(count)
    }

    /// Everything up to and including a delimiter.
    public func read(through delimiter: String) throws -> [UInt8] {
        let end = ContinuousClock.now + patience
        let mark = Array(delimiter.utf8)
        while true {
            if let count = count(through: mark) { return take(count) }
            guard try receive(until: end, "reading through \(delimiter.debugDescription)") else {
                throw Failure.ended("before \(delimiter.debugDescription) came", received: Array(received))
            }
        }
    }

    /// Everything up to the end of the stream.
    public func readToEnd() throws -> [UInt8] {
        let end = ContinuousClock.now + patience
        while try receive(until: end, "reading to the end") {}
        return take(received.count)
    }

    private var received: ArraySlice<UInt8> { buffer[start...] }

    private func count(through mark: [UInt8]) -> Int? {
        guard received.count >= mark.count else { return nil }
        let place = (start...buffer.count - mark.count).first {
            buffer[$0..<$0 + mark.count].elementsEqual(mark)
        }
        return place.map { $0 - start + mark.count }
    }

    private func take(_ count: Int) -> [UInt8] {
        let taken = Array(received.prefix(count))
        start += count
        if start == buffer.count || start > 1 << 20 {
            buffer.removeFirst(start)
            start = 0
        }
        return taken
    }

    /// Waits for more bytes; false at the end of the stream.
    private func receive(until end: ContinuousClock.Instant, _ what: String) throws -> Bool {
        guard !isEnded else { return false }
        guard session != nil else {
            guard let piece = try receivePiece(until: end, what) else {
                isEnded = true
                return false
            }
            buffer += piece
            return true
        }
        var room = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            switch try session?.read(into: &room) {
            case .bytes(let count)?:
                buffer += room[..<count]
                return true
            case .ended?:
                isEnded = true
                return false
            case .nothing?, nil:
                guard let piece = try receivePiece(until: end, what) else {
                    throw Failure.broken("the stream of TLS is cut")
                }
                session?.received(piece[...])
            }
        }
    }

    /// What the socket has; nil at the end of its stream.
    private func receivePiece(until end: ContinuousClock.Instant, _ what: String) throws -> [UInt8]? {
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = recv(descriptor, &piece, piece.count, Int32(MSG_DONTWAIT))
            if count > 0 { return Array(piece[..<count]) }
            if count == 0 { return nil }
            guard errno == EAGAIN || errno == EINTR else { throw Failure.broken(TestConnection.systemError) }
            try wait(for: Int16(POLLIN), until: end, what)
        }
    }

    private func wait(for events: Int16, until end: ContinuousClock.Instant, _ what: String) throws {
        let (seconds, attoseconds) = (end - ContinuousClock.now).components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        guard milliseconds >= 0, poll(&entry, 1, Int32(clamping: milliseconds)) != 0 else {
            throw Failure.timedOut(what, received: Array(received))
        }
    }

    private static var systemError: String { String(cString: strerror(errno)) }

    /// The beginning of some bytes, to be read by people.
    private static func show(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(200), as: UTF8.self).debugDescription
        return bytes.count > 200 ? "\(text)… (\(bytes.count) bytes)" : text
    }
}
