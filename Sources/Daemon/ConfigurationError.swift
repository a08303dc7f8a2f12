// What is wrong with a configuration, and where it stands. Pure values.

/// Where a value was found.
enum ConfigurationPlace: Hashable, Sendable, CustomStringConvertible {
    /// A line of a file, from 1.
    case line(Int, of: String)
    /// A variable of the environment.
    case variable(String)
    /// A flag of the command line.
    case flag(String)

    var description: String {
        switch self {
        case .line(let line, let file): "\(file):\(line)"
        case .variable(let name): name
        case .flag(let name): name
        }
    }
}

/// One thing wrong. Quotes names of settings, but no value: that might be a secret.
struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
    /// The rule that was broken.
    enum Reason: Error, Hashable, Sendable {
        /// There is no such setting. `name` is how it was spelled, `known` how all are spelled there.
        case unknown(name: String, known: [String])
        /// The value is not one of those allowed.
        case value(of: String, allowed: String)
        /// The setting may only come from the environment, as this variable.
        case environmentOnly(key: String, variable: String)
        /// The setting was given before in the same source.
        case repeated(key: String, before: ConfigurationPlace)
        /// A flag without a value.
        case valueMissing
        /// A line that is not `key = value`.
        case noAssignment
        /// A comment behind a value, which would become part of it.
        case commentBehindValue
        /// A value in quotes, which would become part of it.
        case quotedValue
        /// A character that no setting needs.
        case controlCharacter
        /// A file that is not text in UTF-8.
        case notUTF8
    }

    let place: ConfigurationPlace
    let reason: Reason

    var description: String { "\(place): \(text)" }

    private var text: String {
        switch reason {
        case .unknown(let name, let known):
            "unknown setting \(ConfigurationProblem.shown(name)), expected one of \(known.joined(separator: ", "))"
        case .value(let key, let allowed): "\(key) has a bad value, expected \(allowed)"
        case .environmentOnly(let key, let variable):
            "\(key) is only taken from the environment, as \(variable)"
        case .repeated(let key, let before): "\(key) was given before, at \(before)"
        case .valueMissing: "a value must follow"
        case .noAssignment: "expected `key = value`, a comment that begins with #, or nothing"
        case .commentBehindValue: "a comment needs a line of its own"
        case .quotedValue: "values are written without quotes"
        case .controlCharacter: "control characters are not allowed"
        case .notUTF8: "the file is not text in UTF-8"
        }
    }

    /// A name as a terminal can show it: cut, and without anything but letters, digits and the like.
    private static func shown(_ name: String) -> String {
        let shown = name.unicodeScalars.prefix(40).map { scalar in
            scalar.properties.isAlphabetic || (scalar.isASCII && scalar.value > 32 && scalar.value < 127)
                ? Character(scalar) : "?"
        }
        return "\"\(String(shown))\""
    }
}

/// Everything that is wrong with a configuration, in the order of its sources.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    let problems: [ConfigurationProblem]

    /// One line per problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
