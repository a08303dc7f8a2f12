// Values from outside: what a lane does for nodes that wait for one (spec flow-engine 15).

internal import Primitives
internal import Values

extension RunLane {
    func receive(_ message: InputMessage) {
        switch message {
        case .recorded(let run, let slot, let wish, let result): inputRecorded(wish, slot, of: run, result)
        case .answered(let request, let answer): inputAnswered(request, answer)
        case .storedAnswerFound(let request, let answer): storedInputAnswered(request, answer)
        }
    }

    func record(_ wish: InputWish, of slot: ExecutionSlot, in run: RunID) {
        guard let live = runs[run], live.executions[slot] != nil else { return }
        let execution = NodeExecution(node: live.graph.nodes[slot.node].id, times: slot.times)
        let expiry = wish.timeLimit.map { context.clock.now().advanced(by: $0) }
        let mailbox = mailbox
        context.ports.inputs.record(
            InputRequest(
                run: run, execution: execution,
                keyHash: context.ports.addresses.keyHash(run, execution), expiresAt: expiry)
        ) { mailbox.postReply(.input(.recorded(run, slot, wish, $0))) }
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
                return mailbox.postReply(.input(.answered(request, .expired)))
            }
            // An answer came first. Its server may be another one, or may not have heard from storage yet that the
            // answer counts.
            inputs.requests(of: run) { found in
                guard case .success(let all) = found,
                    let answer = all.first(where: { $0.request.keyHash == hash })?.answer
                else { return }
                mailbox.postReply(.input(.storedAnswerFound(request, answer)))
            }
        }
    }

    /// An answer that was read from storage. Hidden parts are missing in it, and the run must not go on with something
    /// else.
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
