// A command line taken apart. Pure; Configuration decides what the settings among the flags mean.

/// A flag that belongs to no command, so to the configuration.
public struct ConfigurationFlag: Hashable, Sendable {
    /// With its two hyphens.
    public let name: String
    /// Nil if nothing followed it.
    public let value: String?

    public init(name: String, value: String?) {
        self.name = name
        self.value = value
    }
}

/// Flags that nobody has taken yet.
struct FlagList {
    fileprivate(set) var rest: [ConfigurationFlag] = []

    /// Takes the value of a flag out, nil if it is not there.
    mutating func take(_ name: String) throws(UsageError) -> String? {
        let values = rest.filter { $0.name == name }
        rest.removeAll { $0.name == name }
        guard let first = values.first else { return nil }
        guard values.count == 1, let value = first.value else { throw .flag(name) }
        return value
    }

    /// Takes a flag out that has no value; true if it was there.
    mutating func takeSwitch(_ name: String) throws(UsageError) -> Bool {
        let values = rest.filter { $0.name == name }
        rest.removeAll { $0.name == name }
        guard values.allSatisfy({ $0.value == nil }) else { throw .flagWithValue(name) }
        return !values.isEmpty
    }
}

/// What the command line asks for.
public struct Invocation: Sendable {
    /// What to do.
    public let command: Command
    /// The configuration file named by `--config`, which goes before the one that `FLOWD_CONFIG` names.
    public let configurationFile: String?
    /// All other flags but those of the command, in order.
    public let flags: [ConfigurationFlag]

    /// Takes the arguments behind the program's name apart.
    public init(_ arguments: [String]) throws(UsageError) {
        var words: [String] = []
        var flags = FlagList()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h", "--version":
                // These two ask for themselves, whatever stands around them.
                words = [argument == "--version" ? "version" : "help"]
                flags.rest = []
                rest = []
            case _ where argument.hasPrefix("--"):
                if let mark = argument.firstIndex(of: "=") {
                    let value = String(argument[argument.index(after: mark)...])
                    flags.rest.append(ConfigurationFlag(name: String(argument[..<mark]), value: value))
                } else {
                    // A word that looks like a flag is a flag, so that it does not become the forgotten value of the
                    // one before.
                    let value = rest.first.flatMap { $0.hasPrefix("-") ? nil : $0 }
                    if value != nil { rest.removeFirst() }
                    flags.rest.append(ConfigurationFlag(name: argument, value: value))
                }
            case _ where argument.hasPrefix("-"): throw .shortFlag
            default: words.append(argument)
            }
        }
        configurationFile = try flags.take("--config")
        command = try Command(words, &flags)
        self.flags = flags.rest
    }
}
