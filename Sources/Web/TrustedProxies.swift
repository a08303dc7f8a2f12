// Whose word about a request counts beside the request itself. Pure value.

public import Net

/// The proxies in front of this server. Any client may write the headers that proxies add; they count only from these.
public struct TrustedProxies: Sendable {
    /// This machine.
    public static let loopback = ["127.0.0.0/8", "::1"].compactMap(IPNetwork.init)

    private let networks: [IPNetwork]

    public init(_ networks: [IPNetwork] = loopback) { self.networks = networks }

    /// True if the peer of a connection is one of them; an IPv4 address may come in the guise of an IPv6 address.
    func contains(_ peer: IPAddress) -> Bool {
        let address = if case .v4 = peer.subscriber { peer.subscriber } else { peer }
        return networks.contains { $0.contains(address) }
    }
}
