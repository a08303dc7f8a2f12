// Where clients reach this daemon, which is not known for sure before it listens.

internal import Net
internal import Synchronization

/// The address in links that this daemon gives out: the configured one, else that on which it listens.
final class ServedAddress: Sendable {
    private let url: Mutex<String>
    private let isConfigured: Bool

    init(_ configuration: Configuration) {
        url = Mutex(configuration.publicURL ?? configuration.listen.localURL)
        isConfigured = configuration.publicURL != nil
    }

    /// Without a slash at its end.
    var text: String { url.withLock { $0 } }

    /// The kernel has chosen a port, if none was wished for.
    func listening(on address: SocketAddress) {
        guard !isConfigured else { return }
        url.withLock { $0 = address.localURL }
    }
}
