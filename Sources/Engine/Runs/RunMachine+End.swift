// How a run ends: by itself, by a stop, or because its server crashed.

internal import Primitives
internal import Values

extension RunMachine {
    mutating func stop(reason: String?, isGraceful: Bool) {
        guard phase == .running || phase == .building, status != .stopped else { return }
        status = .stopped
        stopReason = reason
        if phase == .running { phase = .draining }
        if isGraceful { cancelUnsentInstructions() } else { endGrace() }
    }

    /// Cuts off the executions that still run when the grace of a stop is over.
    mutating func endGrace() {
        guard status == .stopped else { return }
        if phase == .building { return conclude(output: gathered()) }
        guard phase == .draining else { return }
        for node in nodes.indices where nodes[node].isRunning { cancel(node) }
    }

    mutating func cancel(_ node: Int) {
        step.orders.append(.cancelNode(node: node, times: nodes[node].times))
        // Without a reason the text ends in a space: clients compare it (spec flow-engine 9.2).
        finish(node, .failed("canceled by user \(stopReason ?? "")"))
    }

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
        if status != .stopped, let draft = bundle.collectedDraft {
            phase = .building
            step.orders.append(.buildTransaction(draft))
            return
        }
        if bundle.collectedCount > 1 {
            fail("output_instructions needs exactly one transaction, this run makes \(bundle.collectedCount)")
        }
        conclude(output: gathered())
    }

    /// Ends the run with the transaction that it gives out, or with the reason why there is none.
    mutating func finishCollecting(_ result: Result<String, TransactionFailure>) {
        var output = gathered()
        switch result {
        case .failure(let failure): fail(failure.description)
        case .success(let transaction):
            guard output["transaction"] == nil, let draft = bundle.collectedDraft else { break }
            output["transaction"] = .string(transaction)
            for entry in draft.outputs.entries { output[entry.key] = entry.value }
        }
        conclude(output: output)
    }

    /// What the flow outputs have received, in document order: nothing, a value, or an array of several values. Of
    /// outputs with equal names the last one counts (spec flow-engine 8.1, 24.23).
    private func gathered() -> ValueMap {
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

    private mutating func conclude(output: ValueMap) {
        if failedCount > 0, status != .crashed { fail("\(failedCount) nodes failed") }
        let notRun = graph.nodes.indices
            .filter { !nodes[$0].hasStarted && graph.stored[$0] == nil }.map { graph.nodes[$0].id }
        self.output = output
        emit(.flowFinished(notRun: notRun, output: output.shown, status: status))
        phase = .ended
        step.orders.append(.end)
    }
}
