// The context of connections that come now. It changes when certificates do; connections keep the one that they came with.

internal import Synchronization

/// A server's context that can be replaced while it is used. Any thread.
public final class CurrentTLSContext: Sendable {
    private let context: Mutex<TLSContext>

    /// Begins with a context of a server.
    public init(_ context: TLSContext) {
        self.context = Mutex(context)
    }

    /// The context for a connection that has just come.
    public var value: TLSContext { context.withLock { $0 } }

    /// Gives further connections another context.
    public func replace(with next: TLSContext) {
        context.withLock { $0 = next }
    }
}
