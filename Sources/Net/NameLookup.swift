// Host names to addresses, by the system's resolver. It blocks, so it is for threads that may.

internal import Glibc

/// Looks up host names with `getaddrinfo`.
public enum NameLookup {
    /// All addresses of a name, in the order in which they should be tried; none if it cannot be resolved.
    ///
    /// Blocks for as long as the system's resolver likes, which may be half a minute.
    public static func addresses(of name: String) -> [IPAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(name, nil, &hints, &found) == 0 else { return [] }
        defer { unsafe freeaddrinfo(found) }
        var addresses: [IPAddress] = []
        var next = unsafe found
        while let entry = unsafe next {
            if let raw = unsafe entry.pointee.ai_addr, let address = unsafe IPAddress(raw),
                !addresses.contains(address)
            {
                addresses.append(address)
            }
            unsafe next = entry.pointee.ai_next
        }
        return addresses
    }
}
