// Ranges of addresses that begin with the same bits. Pure value.

/// A network, written `address/bits`; a lone address is a network of one.
public struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
    /// Any address of the network.
    public let address: IPAddress
    /// How many bits all its addresses share.
    public let prefixLength: Int

    /// Reads `10.0.0.0/8`, `fc00::/7` or an address. Bits behind the prefix may be set and mean nothing.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
        self.address = address
        guard parts.count == 2 else {
            prefixLength = address.bitCount
            return
        }
        guard parts[1].count <= 3, parts[1].allSatisfy({ ("0"..."9").contains($0) }),
            let length = Int(parts[1]), length <= address.bitCount
        else { return nil }
        prefixLength = length
    }

    /// True if an address of the same family begins with the network's bits.
    public func contains(_ other: IPAddress) -> Bool {
        switch (address, other) {
        case (.v4(let mine), .v4(let theirs)): (mine ^ theirs) >> UInt32(32 - prefixLength) == 0
        case (.v6(let mine), .v6(let theirs)): (mine ^ theirs) >> UInt128(128 - prefixLength) == 0
        default: false
        }
    }

    public var description: String { "\(address)/\(prefixLength)" }
}
