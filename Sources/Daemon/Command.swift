// The commands of flowd. Pure values; they are carried out elsewhere.

public import Engine
public import Identity

/// What flowd can be told to do.
public enum Command: Hashable, Sendable {
    /// Run the daemon until a signal ends it.
    case serve
    /// Read the configuration, say what is wrong with it or what it comes to, and end.
    case checkConfiguration
    /// Ask the daemon at the configured address whether it is well, and end with 0 if so.
    case healthCheck
    /// Import a flow document for a user, the owner unless told otherwise, and print its id.
    case importFlow(file: String, user: PublicKey?)
    /// Take an export over, with the users that are in it.
    case importExport(file: String)
    /// Write an export of a user, the owner unless told otherwise, to a new file.
    case export(file: String, user: PublicKey?)
    /// Create a user, with a new key pair unless a public key is given.
    case createUser(PublicKey?)
    /// Create an API key with a name, for the owner unless told otherwise, and print it.
    case createKey(name: String, user: PublicKey?)
    /// Store a secret from standard input, for the owner unless told otherwise.
    case setSecret(VaultName, user: PublicKey?)
    /// Print the names of secrets, of the owner unless told otherwise.
    case listSecrets(user: PublicKey?)
    /// Forget a secret, of the owner unless told otherwise.
    case deleteSecret(VaultName, user: PublicKey?)
    /// Make a certificate for this name that nobody vouches for, and its key.
    case selfSigned(name: String)
    /// Print the kinds of nodes, a line for each or their definitions.
    case nodes(asJSON: Bool)
    /// Print the version.
    case version
    /// Print the help.
    case help
}

extension Command {
    /// The command that these words ask for; takes the flags out that belong to it.
    init(_ words: [String], _ flags: inout FlagList) throws(UsageError) {
        let verbCount = ["flow", "user", "key", "secret", "tls"].contains(words.first) ? 2 : 1
        let arguments = Array(words.dropFirst(verbCount))
        switch words.prefix(verbCount).joined(separator: " ") {
        case "serve": self = try .serve.without(arguments)
        case "check-config": self = try .checkConfiguration.without(arguments)
        case "healthcheck": self = try .healthCheck.without(arguments)
        case "nodes":
            self = try Command.nodes(asJSON: try flags.takeSwitch("--json")).without(arguments)
        case "version": self = .version
        case "help": self = .help
        case "flow import":
            guard arguments.count == 1 else { throw .arguments("one FILE behind flow import") }
            self = .importFlow(file: arguments[0], user: try flags.takeUser())
        case "import":
            guard arguments.count == 1 else { throw .arguments("one FILE behind import") }
            self = .importExport(file: arguments[0])
        case "export":
            guard arguments.count == 1 else { throw .arguments("one FILE behind export") }
            self = .export(file: arguments[0], user: try flags.takeUser())
        case "user create":
            guard arguments.count < 2 else { throw .arguments("at most one PUBLIC_KEY behind user create") }
            self = .createUser(try arguments.first.map(Command.publicKey))
        case "key create":
            guard arguments.count == 1 else { throw .arguments("one NAME behind key create") }
            self = .createKey(name: arguments[0], user: try flags.takeUser())
        case "secret set":
            self = .setSecret(try Command.vaultName(arguments, of: "set"), user: try flags.takeUser())
        case "secret list":
            self = try Command.listSecrets(user: flags.takeUser()).without(arguments)
        case "secret delete":
            self = .deleteSecret(try Command.vaultName(arguments, of: "delete"), user: try flags.takeUser())
        case "tls self-signed":
            guard arguments.count == 1 else { throw .arguments("one NAME behind tls self-signed") }
            self = .selfSigned(name: arguments[0])
        case "": throw .commandMissing
        default: throw .commandUnknown
        }
    }

    private func without(_ arguments: [String]) throws(UsageError) -> Command {
        guard arguments.isEmpty else { throw .arguments("nothing but flags behind this command") }
        return self
    }

    private static func vaultName(_ arguments: [String], of verb: String) throws(UsageError) -> VaultName {
        guard arguments.count == 1 else { throw .arguments("one PROVIDER/LABEL behind secret \(verb)") }
        guard let name = VaultName(arguments[0]) else { throw .secretName }
        return name
    }

    fileprivate static func publicKey(_ text: String) throws(UsageError) -> PublicKey {
        guard let key = PublicKey(text) else { throw .publicKey }
        return key
    }
}

extension FlagList {
    fileprivate mutating func takeUser() throws(UsageError) -> PublicKey? {
        try take("--user").map(Command.publicKey)
    }
}
