// References to secrets in a node's configuration (spec flow-engine 2.4). The secrets are looked up when a run starts.

internal import Engine
internal import Primitives
internal import Wire

/// What a document says in place of a secret: exactly `{"vault_ref":"<provider>/<label>"}`.
enum VaultReference {
    private static let key = "vault_ref"
    /// Port types that do not take a secret, which is a text.
    private static let otherTypes: Set<String> = [
        "bool", "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", "f32", "f64", "decimal",
        "number", "pubkey", "address", "keypair", "signature", "bytes", "array", "object", "json",
    ]

    /// With further members the object is an ordinary value.
    static func isMeant(by tree: JSONValue) -> Bool {
        guard case .object(let object) = tree else { return false }
        return object.count == 1 && object[key] != nil
    }

    /// The secret that is meant.
    ///
    /// - Throws: what is wrong with the reference, or why its input cannot take a secret.
    static func name(
        in tree: JSONValue, for input: InputPort, of node: NodeID
    ) throws(VaultReferenceError) -> VaultName {
        let place = "node \(node):\(input.name.quotedContent)"
        guard case .string(let text)? = tree[key] else {
            throw VaultReferenceError("\(place) has malformed vault_ref: vault_ref must be a string")
        }
        let path = text.trimmed
        guard !path.isEmpty else {
            throw VaultReferenceError("\(place) has malformed vault_ref: vault_ref cannot be empty")
        }
        let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map {
            String($0).trimmed
        }
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw VaultReferenceError(
                "\(place) has malformed vault_ref: vault_ref must use provider/keyLabel format")
        }
        guard input.types.isEmpty || input.types.contains(where: { !otherTypes.contains($0) }) else {
            throw VaultReferenceError(
                "\(place) vault_ref requires a string-compatible input, found "
                    + "[\(input.types.joined(separator: ", "))]")
        }
        return VaultName(provider: parts[0], label: parts[1])
    }
}

/// What is wrong with a reference to a secret.
struct VaultReferenceError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
