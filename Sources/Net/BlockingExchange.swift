// One question to a server and its answer, for commands that have nothing else to do. Never on a loop.

internal import Glibc

/// A connection that is opened, written to, read from and closed in one call, which blocks.
public enum BlockingExchange {
    /// Sends `question` and returns what comes back, until the peer closes or `answerBytesMax` bytes are there.
    ///
    /// - Parameters:
    ///   - address: a numeric host and a port.
    ///   - isEncrypted: whether TLS is spoken; the server's certificate is not looked at.
    ///   - stallSecondsMax: how long connecting and each single read or write may take.
    public static func ask(
        _ question: [UInt8], at address: SocketAddress, withTLS isEncrypted: Bool = false,
        answerBytesMax: Int,
        stallSecondsMax: Int
    ) throws(NetError) -> [UInt8] {
        let descriptor = try connect(to: address, stallSecondsMax: stallSecondsMax)
        let socket = Socket(owning: descriptor)
        if isEncrypted {
            do throws(TLSError) {
                let session = try TLSSession(client: TLSContext(clientTrusting: .anybody), host: address.host)
                var exchange = TLSExchange(socket: socket, session: session)
                return try exchange.ask(question, answerBytesMax: answerBytesMax)
            } catch {
                throw NetError("TLS with \(address)", EPROTO)
            }
        }
        try send(question, to: socket)
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while answer.count < answerBytesMax {
            let count = try socket.read(into: &buffer)
            if count == 0 { break }
            answer += buffer.prefix(min(count, answerBytesMax - answer.count))
        }
        return answer
    }

    fileprivate static func send(_ bytes: [UInt8], to socket: borrowing Socket) throws(NetError) {
        var rest = bytes[...]
        while !rest.isEmpty { rest = rest.dropFirst(try socket.write(rest)) }
    }

    private static func connect(to address: SocketAddress, stallSecondsMax: Int) throws(NetError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(address.host, "\(address.port)", &hints, &found) == 0,
            let first = unsafe found
        else { throw NetError("resolve \(address.host)", EADDRNOTAVAIL) }
        defer { unsafe freeaddrinfo(found) }
        let info = unsafe first.pointee
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = unsafe Glibc.socket(info.ai_family, type, 0)
        guard descriptor >= 0 else { throw NetError("socket", errno) }
        // The kernel keeps the time: these two also bound connecting.
        var time = timeval(tv_sec: stallSecondsMax, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        guard unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size) == 0,
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size) == 0,
            unsafe Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) == 0
        else {
            let number = errno
            close(descriptor)
            throw NetError("connect \(address)", number)
        }
        return descriptor
    }
}

/// The same with a server that speaks TLS.
private struct TLSExchange: ~Copyable {
    let socket: Socket
    var session: TLSSession

    init(socket: consuming Socket, session: consuming TLSSession) {
        self.socket = socket
        self.session = session
    }

    mutating func ask(_ question: [UInt8], answerBytesMax: Int) throws(TLSError) -> [UInt8] {
        while try !session.handshake() {
            guard try carry() else { throw .truncated }
        }
        try session.write(question[...])
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while answer.count < answerBytesMax {
            switch try session.read(into: &buffer) {
            case .bytes(let count): answer += buffer.prefix(min(count, answerBytesMax - answer.count))
            case .ended: return answer
            case .nothing: if try !carry() { return answer }
            }
        }
        return answer
    }

    /// Sends what waits and reads once; false at the end of the stream.
    private mutating func carry() throws(TLSError) -> Bool {
        var output: [UInt8] = []
        session.takeOutput(to: &output)
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        do throws(NetError) {
            try BlockingExchange.send(output, to: socket)
            let count = try socket.read(into: &buffer)
            session.received(buffer[..<count])
            return count > 0
        } catch {
            throw .truncated
        }
    }
}
