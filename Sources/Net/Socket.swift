// A socket's descriptor and the system calls on it. Each call stands here once.

internal import CLinux
internal import Glibc
internal import Primitives

/// An owned, non-blocking stream socket. Closed when its owner releases it.
public struct Socket: ~Copyable {
    /// The descriptor, for the interest set of a loop.
    public let descriptor: Int32

    /// Takes over a descriptor that nobody else closes.
    public init(owning descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        _ = close(descriptor)
    }

    /// A listening socket. Several may listen on one address; the kernel spreads connections over them.
    ///
    /// May resolve a name, so this is for the start only.
    public static func listening(on address: SocketAddress) throws(NetError) -> Socket {
        let socket = try bound(to: address, isShared: true)
        guard listen(socket.descriptor, 4096) == 0 else { throw NetError("listen \(address)", errno) }
        return socket
    }

    /// Throws if somebody listens on the address. `listening` does not say so: an address may be shared by all processes of
    /// a user, and two servers on one address would each get some of the connections.
    public static func requireFree(_ address: SocketAddress) throws(NetError) {
        _ = try bound(to: address, isShared: false)
    }

    private static func bound(to address: SocketAddress, isShared: Bool) throws(NetError) -> Socket {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(address.host, "\(address.port)", &hints, &found) == 0,
            let first = unsafe found
        else {
            throw NetError("resolve \(address.host)", EADDRNOTAVAIL)
        }
        defer { unsafe freeaddrinfo(found) }
        let info = unsafe first.pointee
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = unsafe Glibc.socket(info.ai_family, type, 0)
        guard descriptor >= 0 else { throw NetError("socket", errno) }
        let socket = Socket(owning: descriptor)
        try socket.setOption(SOL_SOCKET, SO_REUSEADDR)
        if isShared { try socket.setOption(SOL_SOCKET, SO_REUSEPORT) }
        // Accepted connections inherit these options. They reveal a peer whose machine or network has gone without a
        // word, even if nothing is to be sent to that peer for hours.
        try socket.setOption(SOL_SOCKET, SO_KEEPALIVE)
        try socket.setOption(Int32(IPPROTO_TCP), TCP_KEEPIDLE, Limits.keepAliveProbeSeconds)
        try socket.setOption(Int32(IPPROTO_TCP), TCP_KEEPINTVL, Limits.keepAliveProbeSeconds)
        try socket.setOption(Int32(IPPROTO_TCP), TCP_KEEPCNT, Limits.keepAliveProbesMax)
        guard unsafe bind(descriptor, info.ai_addr, info.ai_addrlen) == 0 else {
            throw NetError("bind \(address)", errno)
        }
        return socket
    }

    /// The port this socket is bound to.
    public borrowing func localPort() throws(NetError) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe getsockname(descriptor, address, &length)
            }
        }
        guard result == 0 else { throw NetError("getsockname", errno) }
        // The port stands at the same place in both families, most significant byte first.
        return unsafe withUnsafeBytes(of: &storage) { bytes in
            unsafe UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        }
    }

    /// Takes one waiting connection. Throws `wouldBlock` when there is none.
    ///
    /// - Parameter peer: gets the address of the other end; nil if it has none.
    public borrowing func accept(from peer: inout IPAddress?) throws(NetError) -> Socket {
        var storage = sockaddr_storage()
        let accepted = unsafe flowd_accept(descriptor, &storage)
        guard accepted >= 0 else { throw NetError("accept", -accepted) }
        peer = unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe IPAddress($0) }
        }
        let socket = Socket(owning: accepted)
        // Answers leave in one write; waiting to fill a segment would only delay them by 40 ms.
        try socket.setOption(Int32(IPPROTO_TCP), TCP_NODELAY)
        return socket
    }

    /// Reads what is there into the front of `buffer`, as much as it holds. Returns how many bytes; 0 at the end
    /// of the stream.
    public borrowing func read(into buffer: inout [UInt8]) throws(NetError) -> Int {
        var failure: Int32 = 0
        let result = unsafe buffer.withUnsafeMutableBytes { room in
            let received = unsafe recv(descriptor, room.baseAddress, room.count, 0)
            failure = errno
            return received
        }
        guard result >= 0 else { throw NetError("read", failure) }
        return result
    }

    /// Throws away what is there, `max` bytes at most, without looking at it (Linux tcp(7): MSG_TRUNC). Returns how many
    /// bytes; 0 at the end of the stream.
    public borrowing func discard(max: Int) throws(NetError) -> Int {
        let result = recv(descriptor, nil, max, Int32(MSG_TRUNC))
        guard result >= 0 else { throw NetError("discard", errno) }
        return result
    }

    /// Writes from the front of `bytes`; returns how many went.
    public borrowing func write(_ bytes: ArraySlice<UInt8>) throws(NetError) -> Int {
        var failure: Int32 = 0
        let result = unsafe bytes.withUnsafeBytes { buffer in
            let sent = unsafe send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            failure = errno
            return sent
        }
        guard result >= 0 else { throw NetError("write", failure) }
        return result
    }

    /// How many written bytes the other side has not confirmed yet.
    public borrowing func unconfirmedBytes() -> Int {
        Int(flowd_unconfirmed_bytes(descriptor))
    }

    /// Gives the descriptor to somebody who will make a socket of it on another thread.
    public consuming func handOver() -> Int32 {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    /// Says that nothing more will be written.
    public borrowing func shutdownWriting() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    private borrowing func setOption(
        _ level: Int32, _ option: Int32, _ value: Int32 = 1
    ) throws(NetError) {
        var value = value
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe setsockopt(descriptor, level, option, &value, size) == 0 else {
            throw NetError("setsockopt", errno)
        }
    }
}
