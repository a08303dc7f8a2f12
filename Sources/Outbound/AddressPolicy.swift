// Which addresses nodes may reach. Pure value.

public import Net

/// Keeps nodes away from everything that is not the public internet: this machine, its networks, the services that
/// clouds offer to their machines (spec nodes 2.5, 6.29).
///
/// The address that a connection goes to is checked, never a name: the owner of a name decides what it resolves to, and
/// may decide anew each time.
public struct AddressPolicy: Sendable {
    /// Networks that nodes may reach although they are not public.
    public let allowed: [IPNetwork]
    /// The addresses of this machine, which nodes reach no more than private ones. A public one often leads past what
    /// guards the machine's services from outside.
    public var own: Set<IPAddress>

    public init(allowed: [IPNetwork] = [], own: Set<IPAddress> = []) {
        self.allowed = allowed
        self.own = own
    }

    /// True if a connection may go to this address.
    public func permits(_ address: IPAddress) -> Bool {
        if allowed.contains(where: { $0.contains(address) }) { return true }
        if own.contains(address) { return false }
        guard case .v6(let number) = address else {
            return !AddressPolicy.blocked.contains { $0.contains(address) }
        }
        // An address that stands for an IPv4 address is treated like that address.
        if let inner = AddressPolicy.translated(number) { return permits(inner) }
        if AddressPolicy.reachable.contains(where: { $0.contains(address) }) { return true }
        return !AddressPolicy.blocked.contains { $0.contains(address) }
    }

    /// The IPv4 address to which a gateway on the way would send (RFC 6052 section 2.1, RFC 3056 section 2).
    private static func translated(_ number: UInt128) -> IPAddress? {
        if number >> 32 == 0x0064_ff9b_0000_0000_0000_0000 {
            return .v4(UInt32(truncatingIfNeeded: number))
        }
        if number >> 112 == 0x2002 { return .v4(UInt32(truncatingIfNeeded: number >> 80)) }
        return nil
    }

    private static let blocked: [IPNetwork] = networks(
        // This network, private networks, shared address space, loopback, link local with the metadata services of
        // clouds, protocol assignments, documentation, benchmarks.
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24",
        // The retired relays of 6to4; the address of Azure's services for its machines, which is in no special network.
        "192.88.99.0/24", "168.63.129.16",
        // Multicast; reserved, with broadcast at its end.
        "224.0.0.0/4", "240.0.0.0/4",
        // Unspecified, loopback and the retired compatible form; mapped IPv4, which is to be written as IPv4; local
        // translation; discard; protocol assignments; documentation; segment routing.
        "::/96", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20",
        "5f00::/16",
        // Unique local, link local, the retired site local, multicast.
        "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8")

    /// The networks within `2001::/23` that the registry of special addresses calls globally reachable (RFC 6890).
    private static let reachable: [IPNetwork] = networks(
        "2001:1::1", "2001:1::2", "2001:1::3", "2001:3::/32", "2001:4:112::/48", "2001:20::/28",
        "2001:30::/28")

    private static func networks(_ texts: String...) -> [IPNetwork] {
        texts.map { text in
            guard let network = IPNetwork(text) else {
                preconditionFailure("The networks above are well-formed.")
            }
            return network
        }
    }
}
