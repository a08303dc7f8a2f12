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
    /// Looks at one node, drops loop elements that can have no partner, and closes the node when nothing can start it
    /// any more (spec flow-engine 4.3, 4.6).
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
        let isCut = incoming.contains { edge in
            graph.edges[edge].isRequired && graph.edges[edge].scope.isEmpty && queues[edge].head?.value == nil
        }
        if isCut { return close(node) }
        return graph.scopes[node].isEmpty ? .ready : align(node)
    }

    /// Moves the values of the next execution out of the edges, and returns its loop elements. Values from outside of
    /// the loops, and elements of outer loops, stay for the executions that follow.
    mutating func takeInputs(of node: Int, into inputs: inout ValueMap) -> LoopTag {
        guard graph.nodes[node].role != .collect else {
            for edge in graph.incoming[node] {
                let values = queues[edge].entries.removeAll().compactMap(\.value)
                inputs[graph.nodes[node].inputs[graph.edges[edge].input].name] = .array(values)
            }
            return []
        }
        guard !graph.scopes[node].isEmpty else {
            for edge in graph.incoming[node] { read(edge, into: &inputs) }
            return []
        }
        return takeElements(of: node, into: &inputs)
    }

    /// Adds the value at the head of an edge, if it is one.
    func read(_ edge: Int, into inputs: inout ValueMap) {
        guard let value = queues[edge].head?.value else { return }
        let target = graph.edges[edge]
        inputs[graph.nodes[target.target].inputs[target.input].name] = target.narrowed(value)
    }

    /// Pushes the outputs of an execution, or absence, onto the edges (spec flow-engine 4.7, 5.1, 6.6).
    ///
    /// - Parameters:
    ///   - only: if given, other outputs are not delivered.
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
    mutating func close(_ node: Int) -> Readiness {
        nodes[node].isClosed = true
        if nodes[node].hasStarted { warnOfLeftovers(node) }
        for edge in graph.outgoing[node] {
            queues[edge].isClosed = true
            lookAgain(at: graph.edges[edge].target)
        }
        return .settled
    }

    /// Warns of elements that found no partner: independent loops are paired by position, and one may be longer.
    private mutating func warnOfLeftovers(_ node: Int) {
        for edge in graph.joins[node].innermost {
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
