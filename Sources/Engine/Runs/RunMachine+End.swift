// How a run ends: by itself, or because its server crashed.

internal import Primitives
internal import Values

extension RunMachine {
    /// Ends the run without events of its nodes.
    mutating func crash(_ error: String) {
        if phase == .idle { emit(.flowStarted) }
        for node in nodes.indices where nodes[node].isRunning {
            step.orders.append(.cancelNode(node: node, times: nodes[node].times))
        }
        phase = .draining
        fail(error)
        status = .crashed
        conclude(output: ValueMap())
    }

    mutating func end() {
        if status != .stopped, bundle.collectedCount == 1 {
            phase = .building
            step.orders.append(.buildParcel(bundle.collected))
            return
        }
        if bundle.collectedCount > 1, let words = bundle.collected.first?.words {
            fail("\(words.needsExactlyOne) \(bundle.collectedCount)")
        }
        conclude(output: gathered())
    }

    /// Ends the run with what it gives out in place of acting, or with the reason why there is nothing.
    mutating func finishCollecting(_ result: Result<ValueMap, ActFailure>) {
        var output = gathered()
        switch result {
        case .failure(let failure): fail(failure.description)
        case .success(let made):
            guard let first = made.entries.first, output[first.key] == nil else { break }
            for entry in made.entries { output[entry.key] = entry.value }
        }
        conclude(output: output)
    }

    /// What the flow outputs have received, in document order: nothing, a value, or an array of several values. Of
    /// outputs with equal names the last one counts (spec flow-engine 8.1, 24.23).
    func gathered() -> ValueMap {
        var output = ValueMap()
        for node in graph.nodes.indices {
            guard case .flowOutput(let name) = graph.nodes[node].role else { continue }
            let values = outputs[node] ?? []
            if graph.nodes[node].isAlwaysArray || values.count > 1 {
                output[name] = .array(values)
            } else if let value = values.first {
                output[name] = value
            }
        }
        return output
    }

    mutating func conclude(output: ValueMap) {
        if failedCount > 0, status != .crashed { fail("\(failedCount) nodes failed") }
        let notRun = graph.nodes.indices
            .filter { !nodes[$0].hasStarted && graph.stored[$0] == nil }.map { graph.nodes[$0].id }
        self.output = output
        emit(.flowFinished(notRun: notRun, output: output.shown, status: status))
        phase = .ended
        step.orders.append(.end)
    }
}
