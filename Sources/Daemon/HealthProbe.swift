// `flowd healthcheck`: asks a daemon whether it is well. Blocks; for a process that does nothing else.

public import Net
internal import Primitives

/// Why a daemon does not count as well.
public enum HealthError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No answer came.
    case unreachable(NetError)
    /// An answer came that does not say that all is well.
    case unwell

    public var description: String {
        switch self {
        case .unreachable(let error): "no answer: \(error)"
        case .unwell: "the answer is not that all is well"
        }
    }
}

/// One request for `/healthcheck` to the daemon that listens at an address.
public enum HealthProbe {
    /// Returns if the daemon says that it is well.
    ///
    /// - Parameter isEncrypted: the daemon speaks TLS there. Its certificate is for the name that others know, and not looked
    ///   at: the question holds nothing, and is asked on this machine.
    public static func ask(
        daemonListeningAt address: SocketAddress, withTLS isEncrypted: Bool = false
    ) throws(HealthError) {
        let target = reachable(address)
        let request = "GET /healthcheck HTTP/1.1\r\nHost: \(target)\r\nConnection: close\r\n\r\n"
        let answer: [UInt8]
        do throws(NetError) {
            answer = try BlockingExchange.ask(
                Array(request.utf8), at: target, withTLS: isEncrypted,
                answerBytesMax: Limits.healthAnswerBytesMax, stallSecondsMax: Limits.healthStallSecondsMax)
        } catch {
            throw .unreachable(error)
        }
        guard answer.starts(with: "HTTP/1.1 200 ".utf8) else { throw .unwell }
    }

    /// A daemon that listens on every address is asked on this machine's own.
    static func reachable(_ address: SocketAddress) -> SocketAddress {
        switch address.host {
        case "0.0.0.0": SocketAddress(host: "127.0.0.1", port: address.port)
        case "::": SocketAddress(host: "::1", port: address.port)
        default: address
        }
    }
}
