import Daemon
import Engine
import Identity
import Testing

@Suite struct `The command line` {
    static let key = "9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJtpj"

    static func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

    @Test(arguments: [
        ("serve", Command.serve), ("check-config", .checkConfiguration), ("healthcheck", .healthCheck),
        ("version", .version), ("--version", .version), ("help", .help), ("help serve", .help),
        ("--help", .help), ("nodes", .nodes(asJSON: false)), ("nodes --json", .nodes(asJSON: true)),
        ("serve --listen -h", .help), ("-h", .help), ("serve --help", .help),
        ("flow import a.json", .importFlow(file: "a.json", user: nil)),
        ("flow import a.json --user \(key)", .importFlow(file: "a.json", user: PublicKey(key))),
        ("--user=\(key) flow import a.json", .importFlow(file: "a.json", user: PublicKey(key))),
        ("import a.json", .importExport(file: "a.json")),
        ("export a.json", .export(file: "a.json", user: nil)),
        ("export a.json --user \(key)", .export(file: "a.json", user: PublicKey(key))),
        ("user create", .createUser(nil)), ("user create \(key)", .createUser(PublicKey(key))),
        ("key create laptop", .createKey(name: "laptop", user: nil)),
        ("secret set p/l", .setSecret(VaultName(provider: "p", label: "l"), user: nil)),
        (
            "secret set p/a/b --user \(key)",
            .setSecret(VaultName(provider: "p", label: "a/b"), user: PublicKey(key))
        ),
        ("secret list", .listSecrets(user: nil)),
        ("secret list --user \(key)", .listSecrets(user: PublicKey(key))),
        ("secret delete p/l", .deleteSecret(VaultName(provider: "p", label: "l"), user: nil)),
        ("tls self-signed localhost", .selfSigned(name: "localhost")),
        ("key --user \(key) create laptop", .createKey(name: "laptop", user: PublicKey(key))),
    ])
    func `each command is understood`(line: String, command: Command) throws {
        #expect(try Invocation(Self.words(line)).command == command)
    }

    @Test func `flags of the configuration are left over in order, with either spelling`() throws {
        let invocation = try Invocation(
            Self.words("--listen 127.0.0.1:1 serve --config=a.conf --lanes --data=x=y --flows=-x"))
        #expect(invocation.command == .serve)
        #expect(invocation.configurationFile == "a.conf")
        #expect(
            invocation.flags == [
                ConfigurationFlag(name: "--listen", value: "127.0.0.1:1"),
                ConfigurationFlag(name: "--lanes", value: nil),
                ConfigurationFlag(name: "--data", value: "x=y"),
                ConfigurationFlag(name: "--flows", value: "-x"),
            ])
    }

    @Test(arguments: [
        ("", UsageError.commandMissing), ("--listen 127.0.0.1:1", .commandMissing), ("run", .commandUnknown),
        ("flow", .commandUnknown), ("flow delete 1", .commandUnknown), ("Serve", .commandUnknown),
        ("nodes --json now", .flagWithValue("--json")),
        ("nodes math", .arguments("nothing but flags behind this command")),
        ("serve now", .arguments("nothing but flags behind this command")),
        ("flow import", .arguments("one FILE behind flow import")),
        ("flow import a b", .arguments("one FILE behind flow import")),
        ("tls self-signed", .arguments("one NAME behind tls self-signed")), ("tls", .commandUnknown),
        ("import", .arguments("one FILE behind import")), ("export", .arguments("one FILE behind export")),
        ("key create", .arguments("one NAME behind key create")),
        ("secret", .commandUnknown), ("secret get p/l", .commandUnknown),
        ("secret set", .arguments("one PROVIDER/LABEL behind secret set")),
        ("secret set p/l value", .arguments("one PROVIDER/LABEL behind secret set")),
        ("secret delete", .arguments("one PROVIDER/LABEL behind secret delete")),
        ("secret list p", .arguments("nothing but flags behind this command")),
        ("secret set p", .secretName), ("secret set /l", .secretName), ("secret delete p/", .secretName),
        ("secret set p/\(String(repeating: "l", count: 256))", .secretName),
        ("user create \(key) \(key)", .arguments("at most one PUBLIC_KEY behind user create")),
        ("user create me", .publicKey), ("key create a --user me", .publicKey), ("serve -v", .shortFlag),
        ("serve --config", .flag("--config")), ("--config --data=x serve", .flag("--config")),
        ("serve --config a --config b", .flag("--config")),
    ])
    func `what cannot be understood is refused with the rule`(line: String, error: UsageError) {
        #expect(throws: error) { try Invocation(Self.words(line)) }
        #expect(!error.description.isEmpty)
    }

    @Test func `the help names every command and setting, and fits a terminal`() {
        for word in [
            "serve", "check-config", "healthcheck", "flow import", "user create", "key create", "secret set",
            "secret list",
            "secret delete", "--log-level",
        ] {
            #expect(Invocation.help.contains(word))
        }
        #expect(!Invocation.help.contains("--owner-api-key"))
        #expect(Invocation.help.split(separator: "\n").allSatisfy { $0.count <= 110 })
    }
}
