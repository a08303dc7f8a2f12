// What went wrong with TLS.

internal import COpenSSL

/// Why there is no TLS, or no more of it.
public enum TLSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The trusted certificates, or an own certificate with its key, cannot be read.
    case certificatesUnreadable
    /// The host cannot be named to a peer.
    case hostNotAcceptable
    /// The peer's certificate is not believed; the text is the library's reason, which holds nothing of the peer.
    case peerNotTrusted(String)
    /// The two sides cannot agree, or the peer breaks the protocol.
    case protocolFailed
    /// The stream ended without the peer saying so: what came may be cut short.
    case truncated

    public var description: String {
        switch self {
        case .certificatesUnreadable: "certificates cannot be read"
        case .hostNotAcceptable: "the host cannot be asked for with TLS"
        case .peerNotTrusted(let reason): "the server's certificate is not trusted: \(reason)"
        case .protocolFailed: "the TLS connection failed"
        case .truncated: "the TLS connection was cut off"
        }
    }
}
