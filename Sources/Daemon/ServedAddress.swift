// The address at which clients reach this daemon. It is known for sure only once the daemon listens.

internal import Net
internal import Synchronization

/// The address in links that this daemon gives out: the configured one, else that on which it listens.
final class ServedAddress: Sendable {
    private let url: Mutex<String>
    private let isConfigured: Bool
    private let isEncrypted: Bool

    init(_ configuration: Configuration) {
        isEncrypted = configuration.listensWithTLS
        url = Mutex(configuration.publicURL ?? configuration.listen.localURL(withTLS: isEncrypted))
        isConfigured = configuration.publicURL != nil
    }

    /// Without a slash at its end.
    var text: String { url.withLock { $0 } }

    /// Sets the address that is listened on: the kernel may have chosen the port.
    func listening(on address: SocketAddress) {
        guard !isConfigured else { return }
        let local = address.localURL(withTLS: isEncrypted)
        url.withLock { $0 = local }
    }
}
