// What a lane does for executions that wait: it begins their waits, hands them their news and carries out their orders.

internal import Primitives
internal import Values

extension RunLane {
    // MARK: Begin

    /// An execution asks for something. From now on the limit of its wait counts, not the time limit of its kind.
    func begin(_ wait: any Wait, of slot: ExecutionSlot, in run: RunID) {
        guard let live = runs[run], live.executions[slot] != nil else { return }
        runs[run]?.executions[slot]?.due = nil
        runs[run]?.executions[slot]?.wait = wait
        if type(of: wait).needsStoredRun, !live.isDurable {
            runs[run]?.earlyWaits.append(slot)
        } else {
            begin(slot, of: run)
        }
    }

    /// The run is stored: waits that are written down begin.
    func beginEarlyWaits(of run: RunID) {
        guard let slots = runs[run]?.earlyWaits, !slots.isEmpty else { return }
        runs[run]?.earlyWaits = []
        for slot in slots { begin(slot, of: run) }
    }

    private func begin(_ slot: ExecutionSlot, of run: RunID) {
        change(slot, of: run) { wait, place in wait.begin(at: place) }
    }

    // MARK: Goes on

    func receive(_ message: WaitMessage) {
        guard let slot = slot(at: message.address, of: message.run),
            runs[message.run]?.executions[slot]?.wait != nil
        else { return }
        change(slot, of: message.run) { wait, place in wait.take(message.news, at: place) }
    }

    func expire(_ slot: ExecutionSlot, of run: RunID) {
        change(slot, of: run) { wait, place in wait.expire(at: place) }
    }

    /// The execution is no longer wanted.
    func cancel(_ slot: ExecutionSlot, _ execution: LiveExecution?, of live: LiveRun) {
        guard let execution else { return }
        execution.cancellation.cancel()
        execution.wait?.cancel(because: live.machine.stopReason, at: place(slot, execution, of: live))
    }

    /// Goes on with a wait that storage had.
    func takeUp(_ stored: any StoredWait, _ slot: ExecutionSlot, of run: RunID, hasTold: Bool) {
        guard let live = runs[run], let execution = live.executions[slot] else { return }
        let place = place(slot, execution, of: live)
        runs[run]?.executions[slot]?.wait = stored.wait(at: place)
        carryOut(stored.resume(at: place, hasTold: hasTold), slot, of: run)
    }

    private func slot(at address: WaitMessage.Address, of run: RunID) -> ExecutionSlot? {
        switch address {
        case .slot(let slot): slot
        case .execution(let execution):
            runs[run].flatMap { live in
                live.executions.keys.first {
                    $0.times == execution.times && live.graph.nodes[$0.node].id == execution.node
                }
            }
        }
    }

    private func place(
        _ slot: ExecutionSlot, _ execution: LiveExecution, of live: LiveRun
    ) -> WaitPlace {
        WaitPlace(
            live.basis, slot, startedAt: execution.startedAt, controls: live.handedOn, context: context,
            mailbox: mailbox)
    }

    private func change(
        _ slot: ExecutionSlot, of run: RunID,
        _ step: (inout any Wait, WaitPlace) -> [WaitOrder]
    ) {
        guard let live = runs[run], let execution = live.executions[slot], var wait = execution.wait else {
            return
        }
        let wasRecorded = wait.isRecorded
        let orders = step(&wait, place(slot, execution, of: live))
        runs[run]?.executions[slot]?.wait = wait
        carryOut(orders, slot, of: run)
        tellSignatureWaiters(of: run)
        // News of the answer may have come before the wait was known to be written down.
        if !wasRecorded, wait.isRecorded, live.isTouchedElsewhere { touchedElsewhere(run) }
    }

    private func carryOut(_ orders: [WaitOrder], _ slot: ExecutionSlot, of run: RunID) {
        for order in orders {
            switch order {
            case .tell(let content):
                add(.nodeWaits(node: slot.node, times: slot.times, content), to: run)
            case .log(let line): add(.nodeLogged(node: slot.node, times: slot.times, line), to: run)
            case .expires(let moment): schedule(.waitEnds(run, slot), at: moment)
            case .give(let call):
                add(.actGiven(node: slot.node, times: slot.times, call), to: run)
            case .end(let outcome):
                runs[run]?.executions[slot]?.wait = nil
                end(slot, of: run, outcome, at: context.clock.now())
            }
        }
    }
}
