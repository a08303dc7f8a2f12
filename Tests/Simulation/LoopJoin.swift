// How the elements of several loops meet in a node: written from the specification (flow-engine 5 and 24.1 to 24.5),
// slow and simple, and without a look at how the machine does it.

import Values

/// One execution of a simulated node.
struct Occasion: Hashable {
    let node: Int
    let times: Int32
}

/// What came along an edge: a value or its absence, from which loop elements, and because of which execution.
struct Arrival {
    /// The position in each loop of the edge's scope; nil where the value stems from no element of that loop.
    let tag: [Int: Int]
    let value: Value?
    let source: Occasion?
}

/// Everything that comes along one edge, in order.
struct Stream {
    /// The loops, outermost first.
    let scope: [Int]
    let isRequired: Bool
    let arrivals: [Arrival]
}

/// The rules, for streams that all stand in loops:
///
/// 1. A stream is *outer* if another one stands in all of its loops and more: its elements stay for all inner ones.
///    The others are *innermost*: each of their elements is used once.
/// 2. Elements meet if they have the same position in every loop that both stand in. Loops that are not shared are
///    paired by position, anew within each element of the loops that are.
/// 3. An element that another, required stream has gone past is left over.
/// 4. When a required stream is over, so is the node. Optional ones may be over, or have nothing for an element.
enum LoopJoin {
    struct Iteration {
        let tag: [Int: Int]
        /// What each stream gives to it.
        let picks: [Arrival?]
    }

    static func iterations(_ streams: [Stream]) -> [Iteration] {
        let innermost = streams.indices.filter { index in
            !streams.contains { Set($0.scope).isStrictSuperset(of: streams[index].scope) }
        }
        let outer = streams.indices.filter { !innermost.contains($0) }
        var places = Array(repeating: 0, count: streams.count)
        func head(_ index: Int) -> Arrival? {
            streams[index].arrivals.indices.contains(places[index])
                ? streams[index].arrivals[places[index]] : nil
        }
        func isAhead(_ other: Int, of index: Int) -> Bool {
            guard let left = head(index), let right = head(other) else { return false }
            return isBefore(
                left.tag, right.tag, in: streams[index].scope.filter(streams[other].scope.contains))
        }
        var iterations: [Iteration] = []
        while true {
            while let late = innermost.first(where: { index in
                innermost.contains { streams[$0].isRequired && isAhead($0, of: index) }
            }) { places[late] += 1 }
            if innermost.contains(where: { streams[$0].isRequired && head($0) == nil }) { return iterations }
            let live = innermost.filter { head($0) != nil }
            let first = live.filter { index in !live.contains { isAhead(index, of: $0) } }
            guard !first.isEmpty else { return iterations }
            var tag: [Int: Int] = [:]
            for index in first { tag.merge(head(index)?.tag ?? [:]) { known, _ in known } }
            var picks = streams.indices.map { first.contains($0) ? head($0) : nil }
            for index in outer {
                picks[index] = streams[index].arrivals.first { arrival in
                    streams[index].scope.allSatisfy { tag[$0] == arrival.tag[$0] }
                }
            }
            if !outer.contains(where: { streams[$0].isRequired && picks[$0] == nil }) {
                iterations.append(Iteration(tag: tag, picks: picks))
            }
            for index in first { places[index] += 1 }
        }
    }

    /// Compares positions, outermost loop first. What stems from no element of a loop comes last, if the other loops
    /// decide nothing.
    private static func isBefore(_ left: [Int: Int], _ right: [Int: Int], in loops: [Int]) -> Bool {
        let different = loops.filter { left[$0] != right[$0] }
        for loop in different {
            if let mine = left[loop], let others = right[loop] { return mine < others }
        }
        return different.first.map { right[$0] == nil } ?? false
    }
}
