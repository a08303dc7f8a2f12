// One question to a server and its answer, for commands that have nothing else to do. Never on a loop.

internal import Glibc

/// A connection that is opened, written to, read from and closed in one call, which blocks.
public enum BlockingExchange {
    /// Sends `question` and returns what comes back, until the peer closes or `answerBytesMax` bytes are there.
    ///
    /// - Parameters:
    ///   - address: a numeric host and a port.
    ///   - stallSecondsMax: how long connecting and each single read or write may take.
    public static func ask(
        _ question: [UInt8], at address: SocketAddress, answerBytesMax: Int, stallSecondsMax: Int
    ) throws(NetError) -> [UInt8] {
        let descriptor = try connect(to: address, stallSecondsMax: stallSecondsMax)
        let socket = Socket(owning: descriptor)
        var rest = question[...]
        while !rest.isEmpty { rest = rest.dropFirst(try socket.write(rest)) }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while answer.count < answerBytesMax {
            let count = try socket.read(into: &buffer)
            if count == 0 { break }
            answer += buffer.prefix(min(count, answerBytesMax - answer.count))
        }
        return answer
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
