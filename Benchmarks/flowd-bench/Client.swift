// One connection to the daemon. A class only because a table cannot hold noncopyable values; it never leaves its loop.

internal import Glibc
internal import Net
internal import Wire

/// A connection: HTTP until it perhaps becomes a WebSocket.
final class Client {
    var transport: Transport
    private var answers = AnswerReader()
    /// There once the connection has become a WebSocket.
    var frames: FrameReader?
    /// A request has been sent and not been answered.
    private(set) var isAwaiting = false

    init(_ transport: consuming Transport) {
        self.transport = transport
    }

    /// Takes what the connection brought.
    func take(_ bytes: ArraySlice<UInt8>) {
        if frames == nil { answers.append(bytes) } else { frames?.append(bytes) }
    }

    /// Goes on as a WebSocket.
    func becomeSocket() {
        var reader = FrameReader()
        reader.append(answers.takeUnread()[...])
        frames = reader
    }

    /// The next answer.
    func nextAnswer() throws(BenchError) -> AnswerReader.Answer? {
        let answer = try answers.next()
        if answer != nil { isAwaiting = false }
        return answer
    }

    func send(_ request: [UInt8]) {
        isAwaiting = true
        transport.send { $0.append(contentsOf: request) }
    }

    func say(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        transport.send { ClientFrame.append(opcode, payload, to: &$0) }
    }
}

extension Socket {
    /// A connection to a port of this machine's loopback address, which is the only place the bench ever talks to.
    /// Blocks until it stands.
    static func connected(toLoopbackPort port: UInt16) throws(NetError) -> Socket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw NetError("socket", errno) }
        let connection = Socket(owning: descriptor)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw NetError("connect", errno) }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size) == 0,
            fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0
        else { throw NetError("setsockopt", errno) }
        return connection
    }
}
