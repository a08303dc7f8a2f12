// Why a command line could not be understood. Pure values.

internal import Engine
internal import Primitives

/// Why a command line could not be understood.
public enum UsageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There was no command.
    case commandMissing
    /// There is no such command.
    case commandUnknown
    /// The command was given too few or too many arguments; this is what it takes.
    case arguments(String)
    /// A flag was given twice or without a value.
    case flag(String)
    /// A flag was given a value that takes none.
    case flagWithValue(String)
    /// A flag with one hyphen.
    case shortFlag
    /// A user was named by something else than a public key.
    case publicKey
    /// A secret was named by something else than two parts with a slash between.
    case secretName

    public var description: String {
        switch self {
        case .commandMissing: "a command is missing; flowd help lists them"
        case .commandUnknown: "there is no such command; flowd help lists them"
        case .arguments(let expected): "expected \(expected); flowd help shows more"
        case .flag(let name): "\(name) is given once, with a value"
        case .flagWithValue(let name): "\(name) takes no value"
        case .shortFlag: "flags begin with two hyphens; flowd help lists them"
        case .publicKey: "a user is named by a public key of 32 bytes in Base58"
        case .secretName:
            "a secret is named PROVIDER/LABEL, each of at most \(Limits.vaultNameBytesMax) bytes"
        }
    }
}
