import Foundation
import Identity
import Net
import Primitives
import Testing

@testable import Daemon

@Suite struct `The configuration` {
    static let publicKey = "9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJtpj"
    static let apiKey = "b3-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    static let serviceKey = "a-key-of-32-characters-or-some-more"

    static func load(
        _ file: String? = nil, _ environment: [String: String] = [:], _ flags: [String: String?] = [:]
    ) throws(ConfigurationError) -> Configuration {
        try Configuration(
            file: file.map { ConfigurationFile(name: "flowd.conf", content: Array($0.utf8)) },
            environment: environment,
            flags: flags.sorted { $0.key < $1.key }.map { ConfigurationFlag(name: $0.key, value: $0.value) })
    }

    static func problems(
        _ file: String? = nil, _ environment: [String: String] = [:], _ flags: [String: String?] = [:]
    ) -> [String] {
        do throws(ConfigurationError) {
            _ = try load(file, environment, flags)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `nothing given means the defaults`() throws {
        let configuration = try Self.load()
        #expect(configuration.listen.description == "127.0.0.1:8080")
        #expect(configuration.dataFolder == "./data")
        #expect(configuration.logLevel == .info)
        #expect(configuration.drainTime == .seconds(20))
        #expect(configuration.databaseURL == nil)
        #expect(configuration.ownerAPIKey == nil)
        #expect(try Self.load("", ["PATH": "/bin", "flowd_x": "1"]).summary == configuration.summary)
    }

    @Test func `flags go before the environment, the environment before the file`() throws {
        let file = "listen = 127.0.0.1:1\ndata = /from/file\nlog_level = error\n"
        let environment = [
            "FLOWD_LISTEN": "127.0.0.1:2", "FLOWD_DATA": "/from/environment", "FLOWD_CONFIG": "x",
        ]
        let configuration = try Self.load(file, environment, ["--listen": "127.0.0.1:3"])
        #expect(configuration.listen.port == 3)
        #expect(configuration.dataFolder == "/from/environment")
        #expect(configuration.logLevel == .error)
    }

    @Test func `every setting can be given in every source that it allows`() throws {
        let values = [
            "listen": "[::1]:0", "data": "/var/lib/flowd", "database_url": "postgresql://u:p@h/db?x=1#y",
            "log_level": "debug", "owner_pubkey": Self.publicKey, "owner_api_key": Self.apiKey,
            "service_key": Self.serviceKey,
            "public_url": "https://flows.example/base",
            "trusted_proxies": "10.1.0.0/16, ::1",
            "cors_origins": "https://a.example, http://*.b.example:81",
            "web_loops": "1", "lanes": "256", "node_workers": "1024", "drain_seconds": "0", "flows": "/flows",
            "open_sign_up": "true", "jwt_secret_file": "/run/secrets/jwt",
            "secret_key_file": "/run/secrets/key",
            "outbound_allow": "127.0.0.1, fd00::/8", "outbound_response_bytes": "1024",
            "outbound_seconds": "3600", "tls_certificate": "/tls/a.pem, /tls/b.pem",
            "tls_key": "/tls/a.key,/tls/b.key", "tls_listen": "0.0.0.0:8443",
        ]
        #expect(Set(values.keys) == Set(Setting.all.map(\.key)))
        let environment = Dictionary(
            uniqueKeysWithValues: values.map { ("FLOWD_" + $0.key.uppercased(), $0.value) })
        let shareable = values.filter { !["owner_api_key", "service_key"].contains($0.key) }
        let flags = Dictionary(
            uniqueKeysWithValues: shareable.map {
                ("--" + $0.key.replacing("_", with: "-"), $0.value as String?)
            })
        let file = shareable.map { "\($0.key)=\($0.value)\n" }.joined()
        for configuration in [
            try Self.load(nil, environment), try Self.load(file), try Self.load(nil, [:], flags),
        ] {
            #expect(configuration.listen.host == "::1")
            #expect(configuration.listen.port == 0)
            #expect(configuration.dataFolder == "/var/lib/flowd")
            #expect(configuration.databaseURL == "postgresql://u:p@h/db?x=1#y")
            #expect(configuration.logLevel == .debug)
            #expect(configuration.ownerPublicKey?.text == Self.publicKey)
            #expect(configuration.publicURL == "https://flows.example/base")
            #expect(configuration.trustedProxies.map(\.description) == ["10.1.0.0/16", "::1/128"])
            #expect(configuration.corsOrigins == ["https://a.example", "http://*.b.example:81"])
            #expect(configuration.webLoopCount == 1)
            #expect(configuration.laneCount == 256)
            #expect(configuration.nodeWorkerCount == 1024)
            #expect(configuration.drainTime == .zero)
            #expect(configuration.flowsFolder == "/flows")
            #expect(configuration.tokenSecretFile == "/run/secrets/jwt")
            #expect(configuration.secretKeyFile == "/run/secrets/key")
            #expect(configuration.outboundAllowed.map(\.description) == ["127.0.0.1/32", "fd00::/8"])
            #expect(configuration.outboundResponseBytesMax == 1024)
            #expect(configuration.outboundSecondsMax == 3600)
            #expect(configuration.tlsCertificateFiles == ["/tls/a.pem", "/tls/b.pem"])
            #expect(configuration.tlsKeyFiles == ["/tls/a.key", "/tls/b.key"])
            #expect(configuration.tlsListen?.description == "0.0.0.0:8443")
            #expect(!configuration.listensWithTLS)
        }
        let secrets = try Self.load(nil, environment)
        #expect(secrets.ownerAPIKey?.text == Self.apiKey)
        let held = CredentialHeaders(authorization: "Bearer \(Self.serviceKey)")
        #expect(secrets.serviceKey?.isHeld(by: held) == true)
    }

    @Test func `comments, empty lines, blanks and carriage returns are no matter`() throws {
        let file = "# a comment\r\n\r\n\t# another = one\r\n  log_level\t=  warning \t\r\n\r\ndata = a=b"
        let configuration = try Self.load(file)
        #expect(configuration.logLevel == .warning)
        #expect(configuration.dataFolder == "a=b")
    }

    @Test func `the proxies of this machine are trusted, or those that are named, or none`() throws {
        let standard = try Self.load("trusted_proxies =").trustedProxies
        #expect(standard.map(\.description) == ["127.0.0.0/8", "::1/128"])
        #expect(try Self.load("trusted_proxies = none").trustedProxies.isEmpty)
        #expect(Self.problems("trusted_proxies = 127.0.0.1, proxy.example").count == 1)
        #expect(Self.problems("trusted_proxies = 10.0.0.0/33").count == 1)
    }

    @Test func `an empty value counts as none`() throws {
        let file = "log_level = error\ndatabase_url =\nlisten =\n"
        let configuration = try Self.load(
            file, ["FLOWD_LOG_LEVEL": "", "FLOWD_OWNER_API_KEY": ""], ["--data": ""])
        #expect(configuration.logLevel == .error)
        #expect(configuration.summary == (try Self.load("log_level = error").summary))
    }

    @Test func `all problems of all sources are named at once, with their place`() {
        let problems = Self.problems(
            """
            listen = 8080

            log_level = chatty
            lsten = 127.0.0.1:80
            data
            = 7
            data = x # y
            log_level = info
            flows = "x"
            owner_api_key = \(Self.apiKey)
            """,
            ["FLOWD_LISTEN": "localhost:80", "FLOWD_LOGLEVEL": "info", "FLOWD_LANES": "0"],
            ["--web-loops": nil, "--lanes": "257", "--port": "1", "--owner-api-key": Self.apiKey])
        #expect(
            problems.map { $0.prefix { $0 != " " } } == [
                "flowd.conf:1:", "flowd.conf:3:", "flowd.conf:4:", "flowd.conf:5:", "flowd.conf:6:",
                "flowd.conf:7:",
                "flowd.conf:8:", "flowd.conf:9:", "flowd.conf:10:", "FLOWD_LANES:", "FLOWD_LISTEN:",
                "FLOWD_LOGLEVEL:", "--lanes:", "--owner-api-key:", "--port:", "--web-loops:",
            ])
        #expect(
            problems[1]
                == "flowd.conf:3: log_level has a bad value, expected one of debug, info, warning, error")
        #expect(
            problems[2].hasPrefix("flowd.conf:4: unknown setting \"lsten\", expected one of listen, data, "))
        #expect(problems[6] == "flowd.conf:8: log_level was given before, at flowd.conf:3")
        #expect(problems[8].hasSuffix("is only taken from the environment, as FLOWD_OWNER_API_KEY"))
        #expect(problems[11].contains("FLOWD_LOG_LEVEL, ") && problems[11].hasSuffix("FLOWD_CONFIG"))
        #expect(problems[14].contains("expected one of --listen, --data, "))
    }

    @Test(arguments: [
        (
            "listen",
            ["", "x"].dropFirst() + ["127.0.0.1", ":80", "1.2.3:80", "1.2.3.256:80", "01.2.3.4:80", "::1:80"]
        ),
        (
            "listen",
            [
                "127.0.0.1:65536", "127.0.0.1:+1", "127.0.0.1: 1", "[::1]", "[1:2]:80", "[::1::]:80",
                "[g::]:80",
            ]
        ),
        ("database_url", ["host=x", "mysql://x", "Postgres://x"]), ("owner_pubkey", ["abc", "0OIl"]),
        (
            "public_url",
            [
                "flows.example", "ftp://x", "http://", "https://x/", "https://*.x", "https://x/?a",
                "https://a b",
            ]
        ),
        (
            "cors_origins",
            ["a.example", "*, https://a.example", "https://a.example,", "https://a.example/path"]
        ),
        ("web_loops", ["0", "257", "-1", "1.5", "two", "99999999999999999999"]),
        ("node_workers", ["0", "1025"]),
        ("outbound_allow", ["localhost", "127.0.0.1,", "10.0.0.0/33", "10/8", "::1 ::2", "*"]),
        ("outbound_response_bytes", ["1023", "1G"]), ("outbound_seconds", ["0", "3601"]),
        ("tls_certificate", ["a.pem,", ",", "a.pem,,b.pem"]), ("tls_listen", ["8443", "localhost:8443"]),
        ("drain_seconds", ["-1", "3601", "20s"]), ("data", ["a\u{1}b", "a\u{7F}"]),
    ])
    func `a bad value is refused and not repeated`(key: String, values: [String]) {
        for value in values {
            let problems = Self.problems(nil, ["FLOWD_" + key.uppercased(): value])
            #expect(problems.count == 1, "\(value)")
            #expect(problems.allSatisfy { !$0.contains("= ") && !$0.contains(value + ",") })
        }
    }

    @Test(arguments: [
        "0.0.0.0:0", "255.255.255.255:65535", "[::]:80", "[1:2:3:4:5:6:7:8]:80", "[fe80::1:2]:80",
    ])
    func `addresses are written as they were read`(text: String) {
        #expect(SocketAddress(numeric: text)?.description == text)
    }

    @Test func `a file that is not UTF-8 is refused, a strange key is shown harmlessly`() {
        let file = ConfigurationFile(name: "f", content: [0xFF, 0xFE])
        #expect(throws: ConfigurationError.self) {
            try Configuration(file: file, environment: [:], flags: [])
        }
        let problem = Self.problems("\u{1B}[31m" + String(repeating: "k", count: 500) + " = 1")
        #expect(problem.first?.hasPrefix("flowd.conf:1: unknown setting \"?[31mkkk") == true)
        #expect(problem.first?.contains(String(repeating: "k", count: 41)) == false)
    }

    @Test func `no secret is printed`() throws {
        let configuration = try Self.load(
            "database_url = postgres://u:hunter2@h/db", ["FLOWD_OWNER_API_KEY": Self.apiKey])
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", configuration.summary, String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter2") && !text.contains("AAECAw"))
        }
        #expect(configuration.summary.contains("database_url = (set)\n"))
        for problem in Self.problems("database_url = hunter2", ["FLOWD_OWNER_API_KEY": "b3-hunter2"]) {
            #expect(!problem.contains("hunter2"))
        }
    }

    @Test func `the example file says what the code does`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Config/flowd.example.conf"), encoding: .utf8)
        #expect(text == Configuration.exampleFile)
        // As it stands it sets nothing; with its settings switched on it gives the defaults.
        #expect(try Self.load(text).summary == Self.load().summary)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let switchedOn = lines.map { $0.hasPrefix("#") && !$0.hasPrefix("# ") ? $0.dropFirst() : $0 }
        #expect(try Self.load(switchedOn.joined(separator: "\n")).summary == Self.load().summary)
        for setting in Setting.all {
            #expect(text.contains(setting.sources == .anywhere ? "\n#\(setting.key) =" : setting.variable))
        }
    }
}
