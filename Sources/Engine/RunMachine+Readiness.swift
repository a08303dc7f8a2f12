// Which nodes may start now: joins, optional inputs, loops, and what can never run any more.

internal import Primitives
internal import Values

/// What looking at a node found.
enum Readiness {
    /// An edge may still deliver.
    case waiting
    case ready
    /// Runs, or will never run again.
    case settled
}

extension RunMachine {
    /// Looks at one node, uses up loop elements that can have no partner, and closes the node when nothing
    /// can start it any more (spec flow-engine 4.3, 4.6).
    mutating func examine(_ node: Int) -> Readiness {
        guard !nodes[node].isRunning, !nodes[node].isClosed else { return .settled }
        let incoming = graph.incoming[node]
        if graph.nodes[node].role == .collect {
            guard incoming.allSatisfy({ queues[$0].isClosed }) else { return .waiting }
            return nodes[node].hasStarted ? close(node) : .ready
        }
        if graph.scopes[node].isEmpty, nodes[node].hasStarted { return close(node) }
        for edge in incoming where queues[edge].isEmpty {
            guard queues[edge].isClosed else { return .waiting }
            if graph.edges[edge].isRequired { return close(node) }
        }
        if graph.scopes[node].isEmpty {
            let isCut = incoming.contains { edge in
                graph.edges[edge].isRequired && queues[edge].head?.value == nil
            }
            return isCut ? close(node) : .ready
        }
        return align(node)
    }

    /// Brings the elements at the heads of a looping node's edges together.
    private mutating func align(_ node: Int) -> Readiness {
        let looping = graph.incoming[node].filter { !graph.edges[$0].scope.isEmpty }
        while true {
            guard looping.contains(where: { graph.edges[$0].isInnermost && !queues[$0].isEmpty }) else {
                return close(node)
            }
            if let behind = lagging(among: looping) {
                queues[behind].entries.popFirst()
            } else {
                let isSkipped = graph.incoming[node].contains { edge in
                    guard graph.edges[edge].isRequired, let head = queues[edge].head else { return false }
                    return head.value == nil
                }
                guard isSkipped else { return .ready }
                if graph.incoming[node].contains(where: isAbsentOutsideLoops) { return close(node) }
                skip(node)
            }
            for edge in looping where queues[edge].isEmpty {
                guard queues[edge].isClosed else { return .waiting }
                if graph.edges[edge].isRequired { return close(node) }
            }
        }
    }

    private func isAbsentOutsideLoops(_ edge: Int) -> Bool {
        graph.edges[edge].isRequired && graph.edges[edge].scope.isEmpty && queues[edge].head?.value == nil
    }

    /// An edge whose head can have no partner any more: another edge, which must have one or stands inside of
    /// this one's loop, has gone on to a later element.
    private func lagging(among looping: [Int]) -> Int? {
        guard looping.count > 1 else { return nil }
        for edge in looping {
            guard let head = queues[edge].head else { continue }
            for other in looping where other != edge {
                guard let otherHead = queues[other].head,
                    graph.edges[other].isRequired || !graph.edges[edge].isInnermost,
                    isBefore(head.tag, graph.edges[edge].scope, otherHead.tag, graph.edges[other].scope)
                else { continue }
                return edge
            }
        }
        return nil
    }

    /// An iteration that cannot run, because a required input is absent, is passed on as absent, so that what
    /// follows keeps its place.
    private mutating func skip(_ node: Int) {
        var inputs = ValueMap()
        let tag = takeInputs(of: node, into: &inputs)
        deliver(ValueMap(), from: node, tag: tag)
    }

    /// Moves the values of the next execution out of the edges. A value outside the innermost loops stays for
    /// the next element. Returns the elements the execution stands for.
    mutating func takeInputs(of node: Int, into inputs: inout ValueMap) -> LoopTag {
        let incoming = graph.incoming[node]
        if graph.nodes[node].role == .collect {
            for edge in incoming {
                let values = queues[edge].entries.removeAll().compactMap(\.value)
                inputs[graph.nodes[node].inputs[graph.edges[edge].input].name] = .array(values)
            }
            return []
        }
        let scope = graph.scopes[node]
        var tag = LoopTag(repeating: .max, count: scope.count)
        let early = earliest(among: incoming)
        for edge in incoming {
            guard let head = queues[edge].head else { continue }
            let edgeScope = graph.edges[edge].scope
            // An optional edge that is ahead has nothing for this element.
            if isBefore(early.tag, early.scope, head.tag, edgeScope) { continue }
            if let value = head.value {
                let isKey = graph.edges[edge].narrowsToPublicKey
                inputs[graph.nodes[node].inputs[graph.edges[edge].input].name] =
                    isKey ? value.narrowedToPublicKey ?? value : value
            }
            guard !edgeScope.isEmpty else { continue }
            if edgeScope == scope {
                tag = head.tag
            } else {
                for (position, loop) in edgeScope.enumerated() {
                    if let place = scope.firstIndex(of: loop) { tag[place] = head.tag[position] }
                }
            }
            if graph.edges[edge].isInnermost { queues[edge].entries.popFirst() }
        }
        return tag
    }

    /// Of the heads of several looping edges, one that no other comes before.
    private func earliest(among incoming: [Int]) -> (tag: LoopTag, scope: [Int]) {
        var early: (tag: LoopTag, scope: [Int]) = ([], [])
        for edge in incoming where !graph.edges[edge].scope.isEmpty {
            guard let head = queues[edge].head else { continue }
            let scope = graph.edges[edge].scope
            if early.scope.isEmpty || isBefore(head.tag, scope, early.tag, early.scope) {
                early = (head.tag, scope)
            }
        }
        return early
    }

    /// Compares two elements by the loops that both stand in, outermost first.
    private func isBefore(_ left: LoopTag, _ leftScope: [Int], _ right: LoopTag, _ rightScope: [Int]) -> Bool
    {
        var leftIndex = 0
        var rightIndex = 0
        while leftIndex < leftScope.count, rightIndex < rightScope.count {
            if leftScope[leftIndex] < rightScope[rightIndex] {
                leftIndex += 1
            } else if leftScope[leftIndex] > rightScope[rightIndex] {
                rightIndex += 1
            } else {
                if left[leftIndex] != right[rightIndex] { return left[leftIndex] < right[rightIndex] }
                leftIndex += 1
                rightIndex += 1
            }
        }
        return false
    }

    /// Pushes the outputs of an execution, or absence, onto the edges (spec flow-engine 4.7, 5.1, 6.6).
    ///
    /// - Parameters:
    ///   - only: if given, nothing is said of other outputs.
    ///   - except: outputs that have been delivered before.
    mutating func deliver(
        _ outputs: ValueMap, from node: Int, tag: LoopTag, only: [String]? = nil, except: [String] = []
    ) {
        for edge in graph.outgoing[node] {
            let output = graph.edges[edge].output
            if !except.isEmpty, except.contains(output) { continue }
            if let only, !only.contains(output) { continue }
            let value = outputs[output]
            if graph.edges[edge].spreads {
                guard let value else { continue }
                let elements: [Value] = if case .array(let elements) = value { elements } else { [value] }
                for (position, element) in elements.enumerated() {
                    queues[edge].entries.append(
                        EdgeEntry(value: element, tag: tag + [UInt32(truncatingIfNeeded: position)]))
                }
            } else {
                queues[edge].entries.append(
                    EdgeEntry(value: value, tag: graph.edges[edge].scope.isEmpty ? [] : tag))
            }
            lookAgain(at: graph.edges[edge].target)
        }
    }

    /// What an earlier run's executions of a node put out, in place of running it (spec flow-engine 12.2, 12.4).
    mutating func deliverStored(_ stored: [ValueMap], from node: Int) {
        nodes[node].isClosed = true
        for edge in graph.outgoing[node] {
            for (position, outputs) in stored.enumerated() {
                guard let value = outputs[graph.edges[edge].output] else { continue }
                let isElement = !graph.edges[edge].scope.isEmpty
                if isElement, stored.count == 1, case .array(let elements) = value {
                    for (index, element) in elements.enumerated() {
                        queues[edge].entries.append(
                            EdgeEntry(value: element, tag: [UInt32(truncatingIfNeeded: index)]))
                    }
                } else {
                    queues[edge].entries.append(
                        EdgeEntry(
                            value: value, tag: isElement ? [UInt32(truncatingIfNeeded: position)] : []))
                }
            }
            queues[edge].isClosed = true
            lookAgain(at: graph.edges[edge].target)
        }
    }

    /// Settles that a node will not run again, and tells those that wait for it.
    private mutating func close(_ node: Int) -> Readiness {
        nodes[node].isClosed = true
        if nodes[node].hasStarted { warnOfLeftovers(node) }
        for edge in graph.outgoing[node] {
            queues[edge].isClosed = true
            lookAgain(at: graph.edges[edge].target)
        }
        return .settled
    }

    /// Independent loops are paired by position; elements of the longer one that found no partner are said.
    private mutating func warnOfLeftovers(_ node: Int) {
        for edge in graph.incoming[node]
        where graph.edges[edge].isInnermost && !graph.edges[edge].scope.isEmpty {
            let count = queues[edge].valueCount
            guard count > 0 else { continue }
            let input = graph.nodes[node].inputs[graph.edges[edge].input].name
            emit(
                .flowLogged(
                    RunLogLine(
                        level: .warn,
                        content:
                            "node \(graph.nodes[node].id): \(count) elements of input \"\(input)\" found no "
                            + "partner in a shorter loop and were left out")))
        }
    }
}
