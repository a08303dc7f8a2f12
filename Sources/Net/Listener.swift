// The listening socket of one loop.

internal import Primitives

/// Accepts connections in portions, and steps back while the system has no descriptors left.
public struct Listener: ~Copyable {
    private let socket: Socket
    private let token: UInt64

    /// Takes over a listening socket and watches it under `token`.
    public init(_ socket: consuming Socket, token: UInt64, on loop: borrowing LoopContext) throws(NetError) {
        self.socket = socket
        self.token = token
        try resume(on: loop)
    }

    /// The port it listens on.
    public var port: UInt16 {
        get throws(NetError) { try socket.localPort() }
    }

    /// What came of a readiness.
    public enum Outcome: Sendable {
        /// More may be waiting; the next turn brings the next portion.
        case accepted
        /// No descriptors are left: pause, and resume after a while.
        case exhausted
        case failed(NetError)
    }

    /// Takes waiting connections, at most `Limits.acceptsPerTurnMax`, and gives each to `body`, with the
    /// address of its peer.
    public borrowing func accept(_ body: (consuming Socket, IPAddress?) -> Void) -> Outcome {
        for attempt in 0..<Limits.acceptsPerTurnMax {
            var peer: IPAddress?
            do throws(NetError) {
                let accepted = try socket.accept(from: &peer)
                body(accepted, peer)
            } catch {
                switch error.meaning {
                case .wouldBlock: return .accepted
                // The peer gave up while it waited in line; the next one is not to blame.
                case .peerGone: continue
                // The system says so before it looks whether a connection waits (Linux accept(2)). At the first attempt
                // one does, because the socket is ready; after that the next turn will tell.
                case .exhausted: return attempt == 0 ? .exhausted : .accepted
                case .fatal: return .failed(error)
                }
            }
        }
        return .accepted
    }

    /// Accepts no more until `resume`; the kernel keeps clients waiting.
    public borrowing func pause(on loop: borrowing LoopContext) {
        loop.forget(socket.descriptor)
    }

    /// Accepts again.
    public borrowing func resume(on loop: borrowing LoopContext) throws(NetError) {
        try loop.watch(socket.descriptor, for: .readable, token: token)
    }
}
