// One execution of a node: what it gets, what it gives, how its end is told.

internal import Primitives
internal import Values

extension RunMachine {
    mutating func start(_ node: Int) {
        var inputs = graph.nodes[node].defaults
        for (input, name) in graph.nodes[node].vaultInputs {
            guard let secret = settings.secrets[name] else { continue }
            inputs[input] = .vaultSecret(secret, provider: name.provider, label: name.label)
        }
        if let binding = graph.nodes[node].startBinding, let value = startInputs[binding.name] {
            inputs[binding.input] = value
        }
        let tag = takeInputs(of: node, into: &inputs)
        nodes[node].begin(tag: tag, carried: carried(by: node, inputs))
        runningCount += 1
        emit(.nodeStarted(execution(node), input: inputs.shown))
        step.orders.append(.startNode(node: node, times: nodes[node].times, inputs: inputs))
    }

    /// The input values that come out again when the execution succeeds (spec flow-engine 6.2).
    private func carried(by node: Int, _ inputs: ValueMap) -> ValueMap {
        var carried = ValueMap()
        for input in graph.nodes[node].inputs where input.isPassthrough {
            guard let value = inputs[input.name] else { continue }
            if case .null = value, !input.isRequired { continue }
            carried[input.name] = input.types.first == "pubkey" ? value.narrowedToPublicKey ?? value : value
        }
        return carried
    }

    mutating func finish(_ node: Int, _ outcome: NodeOutcome) {
        let execution = execution(node)
        var outputs = ValueMap()
        switch outcome {
        case .outputs(let produced):
            outputs = produced
            carryOver(node, into: &outputs)
            graph.nodes[node].secretPorts?.hide(in: &outputs)
            if let complaint = complaint(about: node, outputs) {
                noteFailure(of: execution, complaint)
            }
            emit(.nodeOutput(execution, output: outputs.shown))
            if case .flowOutput(let name) = graph.nodes[node].role, let value = outputs[name] {
                self.outputs[node, default: []].append(value)
            }
        case .failed(let error):
            noteFailure(of: execution, error)
        }
        close(execution, of: node, outputs)
    }

    private mutating func noteFailure(of execution: NodeExecution, _ error: String) {
        failedCount += 1
        if failures.count < Limits.failuresToldMax {
            failures.append(FailedExecution(node: execution.node, error: error))
        }
        emit(.nodeFailed(execution, error: error))
    }

    /// The last event of an execution, and what its end means for others.
    mutating func close(_ execution: NodeExecution, of node: Int, _ outputs: ValueMap) {
        emit(.nodeFinished(execution))
        let tag = nodes[node].tag
        let given = nodes[node].given
        nodes[node].end()
        runningCount -= 1
        bundle.forget(node)
        deliver(outputs, from: node, tag: tag, except: given)
        lookAgain(at: node)
    }

    /// Outputs that are known while the execution goes on (spec flow-engine 6.3, 17.1).
    mutating func give(_ early: ValueMap, from node: Int) {
        guard let info = graph.nodes[node].actInfo else { return }
        var outputs = early
        for entry in nodes[node].carried.entries
        where info.before.contains(entry.key) && outputs[entry.key] == nil {
            outputs[entry.key] = entry.value
        }
        guard !outputs.isEmpty else { return }
        graph.nodes[node].secretPorts?.hide(in: &outputs)
        emit(.nodeOutput(execution(node), output: outputs.shown))
        nodes[node].given += outputs.keys
        deliver(outputs, from: node, tag: nodes[node].tag, only: outputs.keys)
    }

    /// Adds passthrough to final outputs. A passthrough value that an acting node gave early is not given again,
    /// and never replaces an output.
    private func carryOver(_ node: Int, into outputs: inout ValueMap) {
        if let info = graph.nodes[node].actInfo {
            for entry in nodes[node].carried.entries
            where info.after.contains(entry.key) && outputs[entry.key] == nil {
                outputs[entry.key] = entry.value
            }
        } else {
            for entry in nodes[node].carried.entries { outputs[entry.key] = entry.value }
        }
    }

    /// The engine's own error when declared outputs are missing (spec flow-engine 7.2). A node that has failed by itself
    /// has said why already (spec nodes 6.10).
    private func complaint(about node: Int, _ outputs: ValueMap) -> String? {
        let given = nodes[node].given
        let missing = graph.nodes[node].outputs.lazy
            .filter { !$0.isOptional && outputs[$0.name] == nil && !given.contains($0.name) }.map(\.name)
        guard !missing.isEmpty else { return nil }
        let list = missing.joined(separator: ", ")
        return graph.nodes[node].complaintBeginning
            + "\(missing.count > 1 ? "s" : "") \(list). Mark \(list) as optional in the node definition, or ensure "
            + "the node returns \(list) in all code paths."
    }
}

extension GraphNode {
    fileprivate var complaintBeginning: String { "\(kindName) did not produce required output" }

    /// True for the engine's own error about outputs of this node that are missing.
    func isComplaint(_ error: String) -> Bool { error.hasPrefix(complaintBeginning) }
}
