// The addresses of this machine, as the system lists them.

internal import Glibc

/// Looks up the addresses of this machine with `getifaddrs`.
public enum MachineAddresses {
    /// Every address that an interface has now; nil if the system does not say.
    public static func current() -> Set<IPAddress>? {
        var found: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&found) == 0 else { return nil }
        defer { unsafe freeifaddrs(found) }
        var addresses: Set<IPAddress> = []
        var next = unsafe found
        while let entry = unsafe next {
            if let raw = unsafe entry.pointee.ifa_addr, let address = unsafe IPAddress(raw) {
                addresses.insert(address)
            }
            unsafe next = entry.pointee.ifa_next
        }
        return addresses
    }
}
