// The settings of TLS at the daemon's own doors.

internal import Net

extension Setting {
    static let tls: [Setting] = [
        paths(
            "tls_certificate",
            "The file of the certificate with which this daemon speaks TLS, in PEM, with those between it and its root "
                + "behind it. Of several, with commas between, a client gets the one for the name that it wants, or the "
                + "first. With one, https and wss are served at listen, or at tls_listen beside it. Files that change "
                + "are read again.",
            \.tlsCertificateFiles),
        paths(
            "tls_key",
            "The file of the certificate's key, in PEM and without a passphrase; of several, in the order of the "
                + "certificates.",
            \.tlsKeyFiles),
        Setting(
            "tls_listen",
            "The address and port to serve https and wss on while listen goes on without TLS. Without one listen itself "
                + "speaks TLS if there is a certificate.",
            allowed:
                "an IPv4 address or an IPv6 address in brackets, a colon and a port (0 for any free one)",
            text: { $0.tlsListen?.description ?? "" },
            apply: { text, configuration in
                configuration.tlsListen = SocketAddress(numeric: text)
                return configuration.tlsListen != nil
            }),
    ]

    private static func paths(
        _ key: String, _ purpose: String, _ property: any WritableKeyPath<Configuration, [String]> & Sendable
    ) -> Setting {
        Setting(
            key, purpose, allowed: "a path, or several with commas between",
            text: { $0[keyPath: property].joined(separator: ", ") },
            apply: { text, configuration in
                let paths = text.split(separator: ",", omittingEmptySubsequences: false).map {
                    String(ConfigurationFile.trimmed($0))
                }
                guard !paths.contains("") else { return false }
                configuration[keyPath: property] = paths
                return true
            })
    }
}
