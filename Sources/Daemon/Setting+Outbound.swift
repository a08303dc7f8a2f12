// The settings of requests that nodes send to other servers.

internal import Net

extension Setting {
    static let outbound: [Setting] = [
        Setting(
            "outbound_allow",
            "Networks that nodes may send requests to although they are not public or are addresses of this machine, with "
                + "commas between. Without one nodes reach no service of this machine, its networks or its cloud.",
            allowed: "addresses or networks such as 127.0.0.1, 10.0.0.0/8 or fd00::/8",
            text: { $0.outboundAllowed.map(\.description).joined(separator: ", ") },
            apply: { text, configuration in
                guard let found = networks(text) else { return false }
                configuration.outboundAllowed = found
                return true
            }),
        bounded(
            "outbound_response_bytes", "Bytes of an answer to a node's request; a larger one is refused.",
            in: 1024...1_073_741_824, \.outboundResponseBytesMax),
        bounded(
            "outbound_seconds",
            "Seconds that a node's request may take, with waiting for its turn, redirects and the whole answer.",
            in: 1...3600, \.outboundSecondsMax),
    ]

    /// Networks with commas between; nil if one of them cannot be read.
    static func networks(_ text: String) -> [IPNetwork]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let networks = parts.compactMap { IPNetwork(String(ConfigurationFile.trimmed($0))) }
        return networks.count == parts.count ? networks : nil
    }

    private static func bounded(
        _ key: String, _ purpose: String, in range: ClosedRange<Int>,
        _ property: any WritableKeyPath<Configuration, Int> & Sendable
    ) -> Setting {
        Setting(
            key, purpose, allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            text: { "\($0[keyPath: property])" },
            apply: { text, configuration in
                guard let number = Int(digits: text), range.contains(number) else { return false }
                configuration[keyPath: property] = number
                return true
            })
    }
}
