// Sockets that reach out to a numeric address, without waiting.

internal import Glibc

extension Socket {
    /// A socket that is connecting to an address. It becomes writable when that is decided; `connectFailure` then
    /// tells how.
    public static func connecting(to address: IPAddress, port: UInt16) throws(NetError) -> Socket {
        let family =
            switch address {
            case .v4: AF_INET
            case .v6: AF_INET6
            }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Glibc.socket(family, type, 0)
        guard descriptor >= 0 else { throw NetError("socket", errno) }
        let socket = Socket(owning: descriptor)
        // Requests leave in few writes; waiting to fill a segment would only delay them.
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
        let failure =
            switch address {
            case .v4(let number):
                socket.connect(
                    sockaddr_in(
                        sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian,
                        sin_addr: in_addr(s_addr: number.bigEndian), sin_zero: (0, 0, 0, 0, 0, 0, 0, 0)))
            case .v6(let number): socket.connect(sockaddr_in6(number, port: port))
            }
        guard failure == 0 || failure == EINPROGRESS else { throw NetError("connect", failure) }
        return socket
    }

    /// Why a connection attempt that is decided failed; nil if the socket is connected.
    public borrowing func connectFailure() -> NetError? {
        var number: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size) == 0 else {
            return NetError("getsockopt", errno)
        }
        return number == 0 ? nil : NetError("connect", number)
    }

    /// The system's error number, 0 if there is none.
    private borrowing func connect<Address>(_ address: Address) -> Int32 {
        let result = unsafe withUnsafeBytes(of: address) { bytes in
            unsafe Glibc.connect(
                descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        return result == 0 ? 0 : errno
    }
}

extension sockaddr_in6 {
    fileprivate init(_ number: UInt128, port: UInt16) {
        self.init()
        sin6_family = sa_family_t(AF_INET6)
        sin6_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &sin6_addr) { bytes in
            unsafe bytes.storeBytes(of: number.bigEndian, as: UInt128.self)
        }
    }
}
