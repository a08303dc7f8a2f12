// The kind that a document means by a name (spec flow-engine 2.1).

internal import Engine

extension NodeRegistry {
    /// The scope whose names have aliases.
    private static let scope = "@spo/"

    /// The kind of exactly this name; for names of the scope `@spo/` also the rest without the scope, and of
    /// `prefix.name.version` the name alone. Names of other scopes have no aliases. Else the family to which the name
    /// belongs.
    func kind(meant name: String) -> NodeKind? {
        if let kind = kind(named: name) ?? family(of: name) { return kind }
        guard name.utf8.starts(with: NodeRegistry.scope.utf8) else { return nil }
        let rest = String(name.dropFirst(NodeRegistry.scope.count))
        if let kind = kind(named: rest) { return kind }
        let parts = rest.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count > 1 else { return family(of: rest) }
        return parts.count == 3 ? kind(named: String(parts[1])) ?? family(of: parts[1]) : family(of: parts[1])
    }
}
