// What nodes say while they run, and what a lane does for those that ask for something.

internal import Primitives
internal import Values

extension RunLane {
    func receiveFromNode(_ message: LaneMessage) {
        switch message {
        case .nodeEnded(let run, let slot, let outcome, let time): end(slot, of: run, outcome, at: time)
        case .nodeSlept(let run, let slot, let duration, let outcome):
            sleep(slot, of: run, for: duration, then: outcome)
        case .nodeAsked(let run, let slot, let request, let inputs, let time):
            nodeAsked(request, slot, of: run, inputs: inputs, at: time)
        case .nodeLogged(let run, let slot, let line, let time):
            add(.nodeLogged(node: slot.node, times: slot.times, line), to: run, at: time)
        case .inputRecorded(let run, let slot, let wish, let result):
            inputRecorded(wish, slot, of: run, result)
        case .inputAnswered(let request, let answer): inputAnswered(request, answer)
        case .storedInputAnswered(let request, let answer): storedInputAnswered(request, answer)
        case .signatureArranged(let waiting, let slot, let result): signatureArranged(waiting, slot, result)
        case .signatureAnswered(let waiting, let answer): signatureAnswered(waiting, answer)
        case .transactionEnded(let run, let number, let result, let time):
            add(.transactionEnded(number, result), to: run, at: time)
        case .transactionBuilt(let run, let result, let time):
            add(.transactionBuilt(result), to: run, at: time)
        default: preconditionFailure("only what nodes say comes here")
        }
    }

    /// The time counts from the beginning of the execution, so that it ends at the same moment on whichever server that
    /// is; what is overdue ends at once.
    private func sleep(
        _ slot: ExecutionSlot, of run: RunID, for duration: Duration, then outcome: NodeOutcome
    ) {
        guard let startedAt = runs[run]?.executions[slot]?.startedAt else { return }
        let due = startedAt + duration.nanoseconds
        runs[run]?.executions[slot]?.sleeping = (outcome, due)
        runs[run]?.executions[slot]?.due = nil
        deadlines.add(.wakes(run, slot), due: due)
    }

    private func nodeAsked(
        _ request: NodeRequest, _ slot: ExecutionSlot, of run: RunID, inputs: ValueMap, at time: Timestamp
    ) {
        guard let live = runs[run], live.executions[slot] != nil else { return }
        // What an execution waits for has limits of its own.
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
            context.lanes.post(.stopNested(child, reason: live.machine.stopReason), toLaneOf: child)
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

    // MARK: Values from outside (spec flow-engine 15)

    private func record(_ wish: InputWish, of slot: ExecutionSlot, in run: RunID) {
        guard let live = runs[run], live.executions[slot] != nil else { return }
        let execution = NodeExecution(node: live.graph.nodes[slot.node].id, times: slot.times)
        let expiry = wish.timeLimit.map { context.clock.now().advanced(by: $0) }
        let mailbox = mailbox
        context.ports.inputs.record(
            InputRequest(
                run: run, execution: execution,
                keyHash: context.ports.addresses.keyHash(run, execution), expiresAt: expiry)
        ) { mailbox.postReply(.inputRecorded(run, slot, wish, $0)) }
    }

    private func inputRecorded(
        _ wish: InputWish, _ slot: ExecutionSlot, of run: RunID, _ result: Result<Void, StorageError>
    ) {
        guard let live = runs[run], live.executions[slot] != nil else { return }
        let execution = NodeExecution(node: live.graph.nodes[slot.node].id, times: slot.times)
        if case .failure(let error) = result {
            return end(slot, of: run, .failed(error.description), at: context.clock.now())
        }
        let address = context.ports.addresses.address(run, execution)
        runs[run]?.executions[slot]?.inputKeyHash = context.ports.addresses.keyHash(run, execution)
        add(.inputRequested(node: slot.node, times: slot.times, url: address), to: run)
        if let limit = wish.timeLimit { schedule(.inputExpires(run, slot), after: limit) }
        if let announce = wish.announce, !context.pool.submit({ announce(address) }) {
            let line = RunLogLine(level: .warn, content: "nobody was told the address: the server is busy")
            add(.nodeLogged(node: slot.node, times: slot.times, line), to: run)
        }
    }

    /// Storage decides whether the time was over before an answer came; without storage it was.
    func expireInput(_ slot: ExecutionSlot, of run: RunID) {
        guard let live = runs[run], let hash = live.executions[slot]?.inputKeyHash else { return }
        let request = InputRequest(
            run: run, execution: NodeExecution(node: live.graph.nodes[slot.node].id, times: slot.times),
            keyHash: hash, expiresAt: nil)
        let mailbox = mailbox
        let inputs = context.ports.inputs
        inputs.resolve(keyHash: hash, .expired) { result in
            guard case .success(nil) = result else {
                return mailbox.postReply(.inputAnswered(request, .expired))
            }
            // Whoever answered may not have heard from storage that the answer counts, or be another server.
            inputs.requests(of: run) { found in
                guard case .success(let all) = found,
                    let answer = all.first(where: { $0.request.keyHash == hash })?.answer
                else { return }
                mailbox.postReply(.storedInputAnswered(request, answer))
            }
        }
    }

    /// An answer that was read from storage. What had to be hidden there is not in it, and the run must not go on with
    /// something else.
    func storedInputAnswered(_ request: InputRequest, _ answer: InputAnswer) {
        guard case .submitted(let value) = answer, value.holdsSecret, let slot = slot(of: request) else {
            return inputAnswered(request, answer)
        }
        end(
            slot, of: request.run, .failed("the posted value holds a secret, which is not stored"),
            at: context.clock.now())
    }

    private func slot(of request: InputRequest) -> ExecutionSlot? {
        runs[request.run]?.executions.first { $0.value.inputKeyHash == request.keyHash }?.key
    }

    func inputAnswered(_ request: InputRequest, _ answer: InputAnswer) {
        guard let slot = slot(of: request) else { return }
        let outcome: NodeOutcome =
            switch answer {
            case .submitted(let value): .outputs(["value": value])
            case .canceled: .failed("canceled by user")
            case .expired: .failed("timeout")
            }
        end(slot, of: request.run, outcome, at: context.clock.now())
    }
}
