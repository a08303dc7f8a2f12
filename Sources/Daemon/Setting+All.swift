// The list of all settings, in the order of the example file.

internal import Identity
internal import Net
internal import Primitives

extension Setting {
    /// Every setting there is.
    static let all: [Setting] = general + tls + outbound

    private static let general: [Setting] = [
        Setting(
            "listen", "The address and port to serve on.",
            allowed:
                "an IPv4 address or an IPv6 address in brackets, a colon and a port (0 for any free one)",
            text: { $0.listen.description },
            apply: { text, configuration in
                guard let address = SocketAddress(numeric: text) else { return false }
                configuration.listen = address
                return true
            }),
        folder(
            "data",
            "The folder for everything kept outside the database, and for the private database if there is no "
                + "other. It is created if it is missing.",
            \.dataFolder),
        Setting(
            "database_url",
            "The PostgreSQL database to use. Without one a private cluster is kept in the data folder.",
            allowed: "a connection URL that begins with postgres:// or postgresql://",
            text: { $0.databaseURL == nil ? "" : "(set)" },
            apply: { text, configuration in
                guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") else { return false }
                configuration.databaseURL = text
                return true
            }),
        Setting(
            "log_level", "The least important lines that the log keeps.",
            allowed: "one of " + LogLevel.allCases.map(\.name).joined(separator: ", "),
            text: { $0.logLevel.name },
            apply: { text, configuration in
                guard let level = LogLevel(name: text) else { return false }
                configuration.logLevel = level
                return true
            }),
        Setting(
            "owner_pubkey",
            "The public key of the owner, who is created at first start. Without one a key pair is made and "
                + "written to owner-keypair.json in the data folder.",
            allowed: "a public key of 32 bytes in Base58",
            text: { $0.ownerPublicKey?.text ?? "" },
            apply: { text, configuration in
                configuration.ownerPublicKey = PublicKey(text)
                return configuration.ownerPublicKey != nil
            }),
        Setting(
            "owner_api_key",
            "The owner's API key at first start. Without one a key is made and written to owner-api-key in the "
                + "data folder.",
            allowed: "b3- and 43 characters of Base64", sources: .environmentOnly,
            text: { $0.ownerAPIKey == nil ? "" : "(set)" },
            apply: { text, configuration in
                configuration.ownerAPIKey = APIKey(text)
                return configuration.ownerAPIKey != nil
            }),
        Setting(
            "service_key",
            "The key with which the operator's tools post to /data/import, as a service-role key does at a hosted "
                + "database. Without one only the owner may import over HTTP.",
            allowed: "32 to 1024 printable characters", sources: .environmentOnly,
            text: { $0.serviceKey == nil ? "" : "(set)" },
            apply: { text, configuration in
                configuration.serviceKey = ServiceKey(text)
                return configuration.serviceKey != nil
            }),
        Setting(
            "public_url",
            "How clients reach this daemon, if a proxy stands before it, or by a name. Without one X-Forwarded-Proto "
                + "and X-Forwarded-Host of trusted_proxies are believed, or the host that a request names; but then runs "
                + "ask for values at the address on which this daemon listens, and no web page of its own host may call "
                + "by a name other than localhost.",
            allowed: "http:// or https://, a host, if need be a port and a path, and no slash at the end",
            text: { $0.publicURL ?? "" },
            apply: { text, configuration in
                guard isBaseURL(text) else { return false }
                configuration.publicURL = text
                return true
            }),
        Setting(
            "trusted_proxies",
            "Proxies whose X-Forwarded-Proto and X-Forwarded-Host are believed, with commas between. By default those "
                + "on this machine; none trusts nobody. X-Forwarded-For is not used.",
            allowed: "addresses or networks such as 127.0.0.1 or 10.0.0.0/8, or none",
            text: {
                $0.trustedProxies.isEmpty
                    ? "none" : $0.trustedProxies.map(\.description).joined(separator: ", ")
            },
            apply: { text, configuration in
                guard let found = text == "none" ? [] : networks(text) else { return false }
                configuration.trustedProxies = found
                return true
            }),
        Setting(
            "cors_origins",
            "Origins of web pages that may call, with commas between. A * inside an origin stands for letters "
                + "and digits, a lone * for every origin. Without one no web page may call.",
            allowed: "origins such as https://app.example, or *",
            text: { $0.corsOrigins.joined(separator: ", ") },
            apply: { text, configuration in
                let origins = text.split(separator: ",", omittingEmptySubsequences: false).map {
                    String(ConfigurationFile.trimmed($0))
                }
                guard origins == ["*"] || origins.allSatisfy(isOrigin) else { return false }
                configuration.corsOrigins = origins
                return true
            }),
        number(
            "web_loops", "Threads that serve sockets. By default one per processor core.", in: 1...256,
            \.webLoopCount),
        number(
            "lanes", "Lanes that runs are spread over. By default one per processor core.", in: 1...256,
            \.laneCount),
        number(
            "node_workers", "Nodes that work at the same time. By default four per processor core.",
            in: 1...1024, \.nodeWorkerCount),
        Setting(
            "drain_seconds",
            "Seconds that runs may go on once the daemon has been told to stop. What supervises the daemon must "
                + "wait ten seconds longer before it kills: the stop ends by then, whatever the database does.",
            allowed: "a whole number from 0 to 3600",
            text: { "\($0.drainTime.components.seconds)" },
            apply: { text, configuration in
                guard let seconds = Int(digits: text), seconds <= 3600 else { return false }
                configuration.drainTime = .seconds(seconds)
                return true
            }),
        path(
            "flows",
            "The folder of example flows that are imported at first start. Without one those that come with "
                + "the daemon are.",
            \.flowsFolder),
        Setting(
            "open_sign_up",
            "Whether anyone becomes a user by logging in with a wallet, some at most in an hour. If not, users are made "
                + "with flowd user create, and those whose keys are in the table pubkey_whitelists when they log in.",
            allowed: "true or false",
            text: { "\($0.signUpIsOpen)" },
            apply: { text, configuration in
                guard let isOpen = Bool(text) else { return false }
                configuration.signUpIsOpen = isOpen
                return true
            }),
        path(
            "jwt_secret_file",
            "The file that holds the secret of signed tokens (JWT with HS256), at least 32 bytes. Whoever knows it can "
                + "act as any user: name one to believe the tokens of another service that has it. Without one flowd makes "
                + "a secret of its own and believes only the tokens of its own sessions.",
            \.tokenSecretFile),
        path(
            "secret_key_file",
            "The file that holds the key which seals users' secrets: 32 random bytes in Base64. Without one the key "
                + "is kept in the database, and a copy of the whole database opens them.",
            \.secretKeyFile),
    ]

    private static func folder(
        _ key: String, _ purpose: String, _ property: any WritableKeyPath<Configuration, String> & Sendable
    ) -> Setting {
        Setting(
            key, purpose, allowed: "a path", text: { $0[keyPath: property] },
            apply: { text, configuration in
                configuration[keyPath: property] = text
                return true
            })
    }

    private static func path(
        _ key: String, _ purpose: String, _ property: any WritableKeyPath<Configuration, String?> & Sendable
    ) -> Setting {
        Setting(
            key, purpose, allowed: "a path", text: { $0[keyPath: property] ?? "" },
            apply: { text, configuration in
                configuration[keyPath: property] = text
                return true
            })
    }

    private static func number(
        _ key: String, _ purpose: String, in range: ClosedRange<Int>,
        _ property: any WritableKeyPath<Configuration, Int?> & Sendable
    ) -> Setting {
        Setting(
            key, purpose, allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            text: { configuration in configuration[keyPath: property].map { "\($0)" } ?? "" },
            apply: { text, configuration in
                guard let number = Int(digits: text), range.contains(number) else { return false }
                configuration[keyPath: property] = number
                return true
            })
    }

    private static func isBaseURL(_ text: String) -> Bool {
        guard let rest = withoutScheme(text), !text.hasSuffix("/") else { return false }
        return isAuthority(rest.prefix { $0 != "/" }) && rest.utf8.allSatisfy { $0 > 32 && $0 < 127 }
            && !rest.contains { $0 == "?" || $0 == "#" || $0 == "*" }
    }

    private static func isOrigin(_ text: String) -> Bool {
        guard let rest = withoutScheme(text) else { return false }
        return isAuthority(rest[...])
    }

    private static func withoutScheme(_ text: String) -> Substring? {
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
            return text.dropFirst(scheme.count)
        }
        return nil
    }

    /// Letters, digits and what names, ports, IPv6 addresses and patterns need.
    private static func isAuthority(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "-._~:[]*".utf8.contains(byte)
                }
            }
    }
}
