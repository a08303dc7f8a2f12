// Which edges into a node bring loop elements, and which of these edges decide how often the node runs. Part of a
// graph.

/// The edges into one node that stand in loops (spec flow-engine 5, 24.5).
struct LoopJoin: Sendable {
    /// An edge from an outer loop. Its element stays for all elements of the loops inside.
    struct Outer: Sendable {
        let edge: Int
        /// The innermost edges that stand in all loops of this edge.
        let covers: [Int]
    }

    static let none = LoopJoin(innermost: [], outer: [])

    /// The innermost edges: no other edge into the node stands in the same loops and further ones. Each of their
    /// elements is used once.
    let innermost: [Int]
    let outer: [Outer]

    private init(innermost: [Int], outer: [Outer]) {
        self.innermost = innermost
        self.outer = outer
    }

    /// - Parameters:
    ///   - incoming: the edges into the node.
    ///   - scopes: the loops that each edge of the graph stands in.
    init(_ incoming: [Int], scopes: [[Int]]) {
        let looping = incoming.filter { !scopes[$0].isEmpty }
        // There are few different sets of loops, however many edges.
        let distinct = Set(looping.map { scopes[$0] }).map { Set($0) }
        guard distinct.count > 1 else {
            self.init(innermost: looping, outer: [])
            return
        }
        let outerScopes = Set(
            distinct.filter { scope in distinct.contains { $0.isStrictSuperset(of: scope) } })
        let innermost = looping.filter { !outerScopes.contains(Set(scopes[$0])) }
        let outer = looping.filter { outerScopes.contains(Set(scopes[$0])) }.map { edge in
            Outer(edge: edge, covers: innermost.filter { Set(scopes[$0]).isSuperset(of: scopes[edge]) })
        }
        self.init(innermost: innermost, outer: outer)
    }
}
