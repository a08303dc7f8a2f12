// The settings of requests that nodes send to other servers.

internal import Net

extension Setting {
    static let outbound: [Setting] = [
        Setting(
            "outbound_allow",
            "Networks that nodes may send requests to although they are not public, with commas between. Without "
                + "one nodes reach no service of this machine, its networks or its cloud.",
            allowed: "addresses or networks such as 127.0.0.1, 10.0.0.0/8 or fd00::/8",
            text: { $0.outboundAllowed.map(\.description).joined(separator: ", ") },
            apply: { text, configuration in
                var networks: [IPNetwork] = []
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    guard let network = IPNetwork(String(ConfigurationFile.trimmed(part))) else {
                        return false
                    }
                    networks.append(network)
                }
                configuration.outboundAllowed = networks
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
