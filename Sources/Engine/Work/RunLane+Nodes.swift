// What nodes say while they run, and what a lane does for those that ask for something.

internal import Primitives
internal import Values

extension RunLane {
    func receive(_ message: NodeMessage) {
        switch message {
        case .ended(let run, let slot, let outcome, let time): end(slot, of: run, outcome, at: time)
        case .slept(let run, let slot, let duration, let outcome):
            sleep(slot, of: run, for: duration, then: outcome)
        case .asked(let run, let slot, let request, let inputs, let time):
            nodeAsked(request, slot, of: run, inputs: inputs, at: time)
        case .logged(let run, let slot, let line, let time):
            add(.nodeLogged(node: slot.node, times: slot.times, line), to: run, at: time)
        case .transactionEnded(let run, let number, let result, let time):
            add(.transactionEnded(number, result), to: run, at: time)
        case .transactionBuilt(let run, let result, let time):
            add(.transactionBuilt(result), to: run, at: time)
        }
    }

    /// The time counts from the beginning of the execution, so the wait ends at the same moment on every server. An
    /// overdue wait ends at once.
    private func sleep(
        _ slot: ExecutionSlot, of run: RunID, for duration: Duration, then outcome: NodeOutcome
    ) {
        guard let startedAt = runs[run]?.executions[slot]?.startedAt else { return }
        let due = startedAt + duration.nanoseconds
        runs[run]?.executions[slot]?.sleeping = (outcome, due)
        runs[run]?.executions[slot]?.due = nil
        times.deadlines.add(.wakes(run, slot), due: due)
    }

    private func nodeAsked(
        _ request: NodeRequest, _ slot: ExecutionSlot, of run: RunID, inputs: ValueMap, at time: Timestamp
    ) {
        guard let live = runs[run], live.executions[slot] != nil else { return }
        // From now on the limit of what the execution waits for counts, not the kind's time limit.
        runs[run]?.executions[slot]?.due = nil
        switch request {
        case .input, .signature:
            if live.isDurable {
                record(request, of: slot, in: run)
            } else {
                runs[run]?.earlyRequests.append((slot, request))
            }
        case .flow(let flow): startNested(flow, inputs: inputs, for: slot, of: run, live)
        case .execute(let call):
            add(.instructionsGiven(node: slot.node, times: slot.times, call), to: run, at: time)
        }
    }

    /// The execution is no longer wanted.
    func cancel(_ execution: LiveExecution?, of live: LiveRun) {
        guard let execution else { return }
        execution.cancellation.cancel()
        if let child = execution.child {
            context.lanes.post(.nested(.stop(child, reason: live.machine.stopReason)), toLaneOf: child)
        }
        if let hash = execution.inputKeyHash {
            context.ports.inputs.resolve(keyHash: hash, .canceled) { _ in }
        }
        if let signature = execution.signature {
            context.ports.signatures.resolve(signature.request.id, .canceled) { _ in }
        }
    }

    /// Writes down what an execution waits for.
    func record(_ request: NodeRequest, of slot: ExecutionSlot, in run: RunID) {
        switch request {
        case .input(let wish): record(wish, of: slot, in: run)
        case .signature(let wish): arrange(wish, of: slot, in: run)
        case .flow, .execute: preconditionFailure("nothing of this request is written down")
        }
    }
}
