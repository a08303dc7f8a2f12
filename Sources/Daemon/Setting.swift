// One setting: its names, its words for operators, and how its text becomes part of the configuration.

internal import Identity
internal import Primitives

/// A line of the configuration.
///
/// The same key has three spellings: `log_level` in the file, `FLOWD_LOG_LEVEL` in the environment,
/// `--log-level` on the command line. An empty value counts as none.
struct Setting: Sendable {
    /// Where a value may come from.
    enum Sources: Sendable {
        case anywhere
        /// A secret that has no business in files that are copied or arguments that every user can list.
        case environmentOnly
    }

    /// The name in the file: small letters and underscores.
    let key: String
    /// What it decides, with its unit and what its default means. Whole sentences.
    let purpose: String
    /// The values that are taken, as the end of "expected …".
    let allowed: String
    let sources: Sources
    /// The value as text; empty when there is none. A secret shows no more than that it is set.
    let text: @Sendable (Configuration) -> String
    /// Puts a value in; false if it is not one of those allowed.
    let apply: @Sendable (String, inout Configuration) -> Bool

    init(
        _ key: String, _ purpose: String, allowed: String, sources: Sources = .anywhere,
        text: @escaping @Sendable (Configuration) -> String,
        apply: @escaping @Sendable (String, inout Configuration) -> Bool
    ) {
        self.key = key
        self.purpose = purpose
        self.allowed = allowed
        self.sources = sources
        self.text = text
        self.apply = apply
    }

    /// The name in the environment.
    var variable: String { Setting.variablePrefix + key.uppercased() }
    /// The name on the command line.
    var flag: String { "--" + key.replacing("_", with: "-") }

    /// What every environment variable of this daemon begins with.
    static let variablePrefix = "FLOWD_"
    /// The variable that names the configuration file; the only one that is no setting.
    static let fileVariable = "FLOWD_CONFIG"

    /// The setting whose spelling in one of the sources is `name`.
    static func named(_ name: String, in spelling: KeyPath<Setting, String>) -> Setting? {
        all.first { $0[keyPath: spelling] == name }
    }
}
