// What went wrong with a socket: the operation, the system's number, what it means for the owner.

internal import Glibc

/// A failed system call.
public struct NetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The call, for example `bind`.
    public let operation: String
    /// The system's error number.
    public let number: Int32

    public init(_ operation: String, _ number: Int32) {
        self.operation = operation
        self.number = number
    }

    /// The peer has broken the stream off, whatever the system says.
    static func reset(_ operation: String) -> NetError { NetError(operation, ECONNRESET) }

    /// What the owner can do about it.
    public enum Meaning: Sendable {
        /// Nothing to do now; the descriptor will become ready.
        case wouldBlock
        /// The peer is gone; close.
        case peerGone
        /// No descriptors or memory left; wait and try again.
        case exhausted
        /// Anything else; close, or give up at start.
        case fatal
    }

    public var meaning: Meaning {
        switch number {
        case EAGAIN, EWOULDBLOCK, EINTR, EINPROGRESS: .wouldBlock
        // These include the errors that accept(2) passes on from a connection that broke while it waited.
        case ECONNRESET, EPIPE, ECONNABORTED, ETIMEDOUT, ENOTCONN, EHOSTUNREACH, ENETUNREACH,
            EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET, EOPNOTSUPP, ENETDOWN:
            .peerGone
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: .exhausted
        default: .fatal
        }
    }

    public var description: String {
        "\(operation): \(unsafe String(cString: strerror(number)))"
    }
}
