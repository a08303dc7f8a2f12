// What a lane does for executions that want something signed (spec flow-engine 16).

internal import Primitives
internal import Values

extension RunLane {
    func receive(_ message: SignatureMessage) {
        switch message {
        case .arranged(let waiting, let slot, let result): signatureArranged(waiting, slot, result)
        case .answered(let waiting, let answer): signatureAnswered(waiting, answer)
        }
    }

    /// Asks storage to sign with a kept key or to write the request down for somebody.
    func arrange(_ wish: SignatureWish, of slot: ExecutionSlot, in run: RunID) {
        guard let live = runs[run], live.executions[slot] != nil else { return }
        let waiting = WaitingSignature(
            run: run, execution: NodeExecution(node: live.graph.nodes[slot.node].id, times: slot.times),
            request: SignatureRequest(wish, at: context.clock.now()))
        let mailbox = mailbox
        context.ports.signatures.arrange(waiting, for: live.signatureParties(of: wish.publicKey)) { result in
            mailbox.postReply(.signature(.arranged(waiting, slot, result)))
        }
    }

    func signatureArranged(
        _ waiting: WaitingSignature, _ slot: ExecutionSlot,
        _ result: Result<SignatureArrangement, StorageError>
    ) {
        let run = waiting.run
        guard runs[run]?.executions[slot] != nil else { return withdraw(waiting, result) }
        switch result {
        case .failure(let error):
            withdraw(waiting, result)
            end(slot, of: run, .failed(error.description), at: context.clock.now())
        case .success(.impossible):
            let key = Base58.encode(waiting.request.publicKey.bytes)
            end(slot, of: run, .failed("can't sign for pubkey: \(key)"), at: context.clock.now())
        case .success(.signed(let signature)):
            end(slot, of: run, waiting.outcome(.signed(signature)), at: context.clock.now())
        case .success(.asked(let user)):
            runs[run]?.executions[slot]?.signature = waiting
            add(.signatureRequested(node: slot.node, times: slot.times, waiting.request), to: run)
            schedule(.signatureExpires(run, slot), after: waiting.rest(at: context.clock.now()))
            if let user { context.signatureFeeds.tell(user, waiting) }
            tellSignatureWaiters(of: run)
            // News of the answer may have come before the request was known here.
            if runs[run]?.isTouchedElsewhere == true { touchedElsewhere(run) }
        }
    }

    /// Withdraws a request that may have been written down, because nobody waits for it any more.
    private func withdraw(
        _ waiting: WaitingSignature, _ result: Result<SignatureArrangement, StorageError>
    ) {
        switch result {
        case .success(.impossible), .success(.signed): break
        case .success(.asked), .failure:
            context.ports.signatures.resolve(waiting.request.id, .canceled) { _ in }
        }
    }

    func tellSignatureWaiters(of run: RunID) {
        guard let live = runs[run], !live.signatureWaiters.isEmpty, let waiting = live.oldestSignature
        else { return }
        runs[run]?.signatureWaiters = [:]
        for waiter in live.signatureWaiters.values { waiter(.signatureRequest(waiting)) }
    }

    /// Storage decides whether the time was over before an answer came; without storage it was.
    func expireSignature(_ slot: ExecutionSlot, of run: RunID) {
        guard let waiting = runs[run]?.executions[slot]?.signature else { return }
        let mailbox = mailbox
        let signatures = context.ports.signatures
        signatures.resolve(waiting.request.id, .expired) { result in
            guard case .success(nil) = result else {
                return mailbox.postReply(.signature(.answered(waiting, .expired)))
            }
            // An answer came first. Its server may be another one, or may not have heard from storage yet that the
            // answer counts.
            signatures.requests(of: run) { found in
                let stored = (try? found.get())?.first { $0.waiting.request.id == waiting.request.id }
                mailbox.postReply(.signature(.answered(waiting, stored?.answer ?? .expired)))
            }
        }
    }

    func signatureAnswered(_ waiting: WaitingSignature, _ answer: SignatureAnswer) {
        guard
            let slot = runs[waiting.run]?.executions.first(where: {
                $0.value.signature?.request.id == waiting.request.id
            })?.key
        else { return }
        runs[waiting.run]?.executions[slot]?.signature = nil
        end(slot, of: waiting.run, waiting.outcome(answer), at: context.clock.now())
    }

    /// Waits for the answer again, or takes the one that came while no server had the run. Whoever watches the user has
    /// seen the request already, among those that wait.
    func takeUp(_ stored: StoredSignature, _ slot: ExecutionSlot, hasTold: Bool) {
        let run = stored.waiting.run
        runs[run]?.executions[slot]?.signature = stored.waiting
        if let answer = stored.answer { return signatureAnswered(stored.waiting, answer) }
        if !hasTold {
            add(.signatureRequested(node: slot.node, times: slot.times, stored.waiting.request), to: run)
        }
        schedule(.signatureExpires(run, slot), after: stored.waiting.rest(at: context.clock.now()))
    }
}

extension LiveRun {
    /// The oldest request that waits; nil if none does.
    var oldestSignature: WaitingSignature? {
        executions.values.lazy.compactMap(\.signature).min { left, right in
            (left.request.createdAt, left.request.id.number)
                < (right.request.createdAt, right.request.id.number)
        }
    }

    fileprivate func signatureParties(of key: Bytes32) -> SignatureParties {
        SignatureParties(
            owner: context.owner, startedBy: context.startedBy, startedKey: context.startedKey,
            deployment: context.deployment,
            ownerKeyCounts: context.startedBy == context.owner || graph.names(key)
                || flows.members.contains { $0.flow.graph.names(key) })
    }
}

extension FlowGraph {
    /// True if one of its wallets is this key.
    fileprivate func names(_ key: Bytes32) -> Bool { nodes.contains { $0.staticWallet?.key == key } }
}

extension WaitingSignature {
    /// What an answer means for the execution.
    fileprivate func outcome(_ answer: SignatureAnswer) -> NodeOutcome {
        switch answer {
        case .signed(let signature):
            .outputs(["signature": .b64(signature), "pubkey": .b32(request.publicKey)])
        case .canceled: .failed("canceled")
        case .expired: .failed("timeout")
        }
    }

    /// How long it still waits.
    fileprivate func rest(at now: Timestamp) -> Duration {
        .nanoseconds(max(0, request.expiresAt.nanoseconds - now.nanoseconds))
    }
}
