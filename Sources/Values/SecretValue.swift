// Values that must not be seen: marked where they enter, so that nothing has to be searched for later.

/// A value in two forms: the hidden value itself, and the value that is shown in its place.
///
/// All code that shows, writes or compares texts of values (events, rows, JSON, error texts) uses the shown value. No
/// reading of an input succeeds on a secret, except as `Value`, which hands it on unseen, and as a public key. A node
/// that must use a secret reads from `ValueMap.revealed`.
///
/// Printing it shows only the shown value, even when its members are reflected.
public struct SecretValue: Sendable, CustomStringConvertible, CustomReflectable {
    /// The value that is shown in its place; not a secret itself.
    public let shown: Value
    let hidden: Value

    /// - Precondition: neither of the two is a secret.
    public init(_ hidden: Value, shownAs shown: Value) {
        precondition(!hidden.holdsSecret && !shown.holdsSecret, "a secret is marked once")
        self.hidden = hidden
        self.shown = shown
    }

    public var description: String { shown.debugDescription }

    public var customMirror: Mirror { Mirror(self, children: ["shown": shown]) }
}

extension Value {
    /// A text from the owner's vault, shown as `<vault:provider/label>` (spec flow-engine 2.4).
    public static func vaultSecret(_ text: String, provider: String, label: String) -> Value {
        .secret(SecretValue(.string(text), shownAs: .string("<vault:\(provider)/\(label)>")))
    }

    /// A key pair, 64 bytes, shown as a map with its public key: the form of a wallet that signs elsewhere.
    public static func keyPairSecret(_ pair: Bytes64) -> Value {
        let publicKey = Bytes32(Array(pair.bytes.suffix(32)))
        return .secret(
            SecretValue(.b64(pair), shownAs: .map(["public_key": publicKey.map { .b32($0) } ?? .null])))
    }

    /// True if the value is a secret or holds one.
    public var holdsSecret: Bool {
        switch self {
        case .secret: true
        case .array(let elements): elements.contains(where: \.holdsSecret)
        case .map(let map): map.holdsSecret
        default: false
        }
    }

    /// The value with every secret replaced by its hidden value. For the one node that uses it; must not go into an
    /// output, a log line or an error text.
    public var revealed: Value {
        switch self {
        case .secret(let secret): secret.hidden
        case .array(let elements) where holdsSecret: .array(elements.map(\.revealed))
        case .map(let map) where map.holdsSecret: .map(map.revealed)
        default: self
        }
    }

    /// The value with every secret replaced by its shown value.
    public var concealed: Value {
        switch self {
        case .secret(let secret): secret.shown
        case .array(let elements) where holdsSecret: .array(elements.map(\.concealed))
        case .map(let map) where map.holdsSecret:
            .map(ValueMap(map.entries.map { ($0.key, $0.value.concealed) }))
        default: self
        }
    }
}

extension ValueMap {
    /// True if an entry is a secret or holds one.
    public var holdsSecret: Bool { entries.contains { $0.value.holdsSecret } }

    /// The entries with every secret replaced by its hidden value; see `Value.revealed`.
    public var revealed: ValueMap {
        holdsSecret ? ValueMap(entries.map { ($0.key, $0.value.revealed) }) : self
    }
}
