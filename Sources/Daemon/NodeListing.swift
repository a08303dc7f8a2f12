// What `flowd nodes` prints.

internal import Engine
internal import Nodes

/// The kinds of nodes for people, and for programs.
enum NodeListing {
    /// A line for each kind, by name: the name that documents use, its other names, what it does. As JSON, the
    /// definitions that editors take.
    static func text(of kinds: [NodeKind], asJSON: Bool) -> String {
        guard !asJSON else { return String(decoding: NodeDefinitionJSON.encode(kinds), as: UTF8.self) }
        let sorted = kinds.sorted { $0.definitionName < $1.definitionName }
        let width = sorted.map(\.definitionName.count).max() ?? 0
        return sorted.map { kind in
            let padding = String(repeating: " ", count: width - kind.definitionName.count)
            let names = ([kind.name] + kind.aliases).filter { $0 != kind.definitionName }
            return "\(kind.definitionName)\(padding)  \(kind.summary) [\(names.joined(separator: ", "))]"
        }.joined(separator: "\n")
    }
}
