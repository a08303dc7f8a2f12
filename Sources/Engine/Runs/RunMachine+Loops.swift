// How elements of several loops meet in a node (spec flow-engine 5, 24.1 to 24.5).

internal import Primitives
internal import Values

extension RunMachine {
    /// Finds the elements that make up the next iteration of a node in loops. Elements wait in a queue on each edge
    /// into the node; only the heads are compared.
    ///
    /// Two elements meet if they have the same place in every loop that they share. Loops that they do not share are
    /// paired by position. The next iteration consists of those heads of innermost edges that no other such head comes
    /// before (`isBefore`). A head that comes before the head of a required edge is dropped, because it has no partner
    /// any more. An outer edge contributes the element that encloses those of the iteration.
    mutating func align(_ node: Int) -> Readiness {
        let join = graph.joins[node]
        while true {
            if let late = join.innermost.first(where: { isLate($0, in: join) }) {
                if let end = advance(late, into: node) { return end }
                continue
            }
            guard join.innermost.contains(where: { !queues[$0].isEmpty }) else { return close(node) }
            if let end = advanceOuter(join, of: node) { return end }
            let isWhole = join.outer.allSatisfy { !graph.edges[$0.edge].isRequired || isTaken($0, in: join) }
            let isSkipped = graph.incoming[node].contains { edge in
                graph.edges[edge].isRequired && queues[edge].head?.value == nil
            }
            guard !isWhole || isSkipped else { return .ready }
            var inputs = ValueMap()
            let tag = takeElements(of: node, into: &inputs)
            // An iteration that cannot run is passed on as absent, so that later iterations keep their places. Elements
            // without an enclosing outer element make no iteration.
            if isWhole { deliver(ValueMap(), from: node, tag: tag) }
            for edge in join.innermost { if let end = ending(of: node, without: edge) { return end } }
        }
    }

    /// Moves the values of the next iteration out of the edges, and returns its elements.
    mutating func takeElements(of node: Int, into inputs: inout ValueMap) -> LoopTag {
        let join = graph.joins[node]
        let scope = graph.scopes[node]
        for edge in graph.incoming[node] where graph.edges[edge].scope.isEmpty { read(edge, into: &inputs) }
        for outer in join.outer where isTaken(outer, in: join) { read(outer.edge, into: &inputs) }
        // A loop that contributes no element to this iteration has this place, behind all others.
        var tag = LoopTag(repeating: .max, count: scope.count)
        let taken = join.innermost.filter { isTaken($0, in: join) }
        for edge in taken {
            read(edge, into: &inputs)
            guard let head = queues[edge].entries.popFirst() else { continue }
            let edgeScope = graph.edges[edge].scope
            if edgeScope == scope {
                tag = head.tag
            } else {
                for (position, loop) in edgeScope.enumerated() {
                    if let place = scope.firstIndex(of: loop) { tag[place] = head.tag[position] }
                }
            }
        }
        return tag
    }

    /// True if the head of this innermost edge comes before the head of a required one, and so has no partner.
    private func isLate(_ edge: Int, in join: LoopJoin) -> Bool {
        join.innermost.contains { other in
            other != edge && graph.edges[other].isRequired && isHead(of: edge, before: other)
        }
    }

    /// True if the head of an innermost edge belongs to the next iteration.
    private func isTaken(_ edge: Int, in join: LoopJoin) -> Bool {
        !queues[edge].isEmpty && !join.innermost.contains { $0 != edge && isHead(of: $0, before: edge) }
    }

    /// True if the head of an outer edge encloses the elements of the next iteration.
    private func isTaken(_ outer: LoopJoin.Outer, in join: LoopJoin) -> Bool {
        guard !queues[outer.edge].isEmpty, let cover = outer.covers.first(where: { isTaken($0, in: join) })
        else { return false }
        return !isHead(of: outer.edge, before: cover) && !isHead(of: cover, before: outer.edge)
    }

    /// Drops the elements of outer edges that come before the next iteration.
    private mutating func advanceOuter(_ join: LoopJoin, of node: Int) -> Readiness? {
        for outer in join.outer {
            guard let cover = outer.covers.first(where: { isTaken($0, in: join) }) else { continue }
            // An element that misses a loop does not tell how far that loop has come.
            while isHead(of: outer.edge, before: cover, ignoringMissing: true) {
                if let end = advance(outer.edge, into: node) { return end }
            }
        }
        return nil
    }

    /// Drops the head of an edge.
    private mutating func advance(_ edge: Int, into node: Int) -> Readiness? {
        queues[edge].entries.popFirst()
        return ending(of: node, without: edge)
    }

    /// What an empty edge means for its node; nil if the edge is not empty, or is closed and optional.
    private mutating func ending(of node: Int, without edge: Int) -> Readiness? {
        guard queues[edge].isEmpty else { return nil }
        guard queues[edge].isClosed else { return .waiting }
        return graph.edges[edge].isRequired ? close(node) : nil
    }

    /// - Parameter ignoringMissing: ignore loops of which one of the two heads has no element.
    private func isHead(of edge: Int, before other: Int, ignoringMissing: Bool = false) -> Bool {
        guard let left = queues[edge].head, let right = queues[other].head else { return false }
        return RunMachine.isBefore(
            left.tag, graph.edges[edge].scope, right.tag, graph.edges[other].scope,
            ignoringMissing: ignoringMissing)
    }

    /// True if the left element comes before the right one. The loops that both edges stand in decide, outermost first;
    /// a loop of which one element has no place (`.max`) is passed over. If no loop decides, the outermost one that was
    /// passed over does: there the element without a place comes last, unless `ignoringMissing` is set.
    private static func isBefore(
        _ left: LoopTag, _ leftScope: [Int], _ right: LoopTag, _ rightScope: [Int], ignoringMissing: Bool
    ) -> Bool {
        var leftIndex = 0
        var rightIndex = 0
        var isLeftWhole: Bool?
        while leftIndex < leftScope.count, rightIndex < rightScope.count {
            if leftScope[leftIndex] < rightScope[rightIndex] {
                leftIndex += 1
            } else if leftScope[leftIndex] > rightScope[rightIndex] {
                rightIndex += 1
            } else {
                let (mine, others) = (left[leftIndex], right[rightIndex])
                if mine != others {
                    guard mine == .max || others == .max else { return mine < others }
                    if isLeftWhole == nil { isLeftWhole = others == .max }
                }
                leftIndex += 1
                rightIndex += 1
            }
        }
        return ignoringMissing ? false : isLeftWhole ?? false
    }
}
