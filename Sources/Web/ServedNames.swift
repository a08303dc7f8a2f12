// Under which names web pages may reach this server. Pure value.

internal import Net

/// The hosts that a request of a web page may name: those in the settings, `localhost`, and every numeric address. A
/// numeric address stands for itself. A name stands for whatever its owner says, and may do so anew at any time.
struct ServedNames: Sendable {
    private let names: Set<String>

    /// - Parameter origins: scheme and authority of each, in lower case. Those with a `*` give no name.
    init(of origins: [String]) {
        names = Set(
            origins.compactMap { origin in
                guard let scheme = origin.firstRange(of: "://"), !origin.contains("*") else { return nil }
                return ServedNames.host(of: origin[scheme.upperBound...])
            })
    }

    /// True if this server is known by the host of an authority in lower case, whatever its port.
    func contains(_ authority: String) -> Bool {
        let host = ServedNames.host(of: authority[...])
        if host.hasPrefix("[") {
            return host.hasSuffix("]") && IPAddress(String(host.dropFirst().dropLast())) != nil
        }
        // Browsers let these names stand for this machine only (RFC 6761 section 6.3).
        return IPAddress(host) != nil || host == "localhost" || host.hasSuffix(".localhost")
            || names.contains(host)
    }

    /// Without the port and the dot that may end a name.
    private static func host(of authority: Substring) -> String {
        guard !authority.hasPrefix("[") else {
            guard let end = authority.firstIndex(of: "]") else { return String(authority) }
            return String(authority[...end])
        }
        let name = authority.prefix { $0 != ":" }
        return String(name.hasSuffix(".") ? name.dropLast() : name)
    }
}
