// The kind that a document means by a name (spec flow-engine 2.1).

internal import Engine

extension NodeRegistry {
    /// The scope whose names have aliases.
    private static let scope = "@spo/"

    /// The kind of exactly this name; for names of the scope `@spo/` also the rest without the scope, and of
    /// `prefix.name.version` the name alone. Names of other scopes have no aliases.
    func kind(meant name: String) -> NodeKind? {
        if let kind = kind(named: name) { return kind }
        guard name.utf8.starts(with: NodeRegistry.scope.utf8) else { return nil }
        let rest = String(name.dropFirst(NodeRegistry.scope.count))
        if let kind = kind(named: rest) { return kind }
        let parts = rest.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? kind(named: String(parts[1])) : nil
    }
}
