// The orders of machines carried out: work is given to workers, as they and the journal can take it, and ended when it
// takes too long.

internal import Primitives
internal import Values

extension RunLane {
    /// - Parameter sequence: the last event that tells of the order. Once it is durable, the order is.
    func carryOut(
        _ order: RunOrder, of run: RunID, _ live: inout LiveRun, writtenAt sequence: UInt64?
    ) {
        switch order {
        case .startNode(let node, let times, let inputs):
            let slot = ExecutionSlot(node: node, times: times)
            live.executions[slot] = LiveExecution(startedAt: context.clock.steady())
            let work = HeldWork(run: run, slot: slot, kind: .start(inputs))
            // Work that must not be done twice begins only when the next server is certain to know of it.
            if live.graph.nodes[node].conduct.repetition == .never, let sequence {
                live.unrecorded.append((sequence, work))
            } else {
                hold(work)
            }
        case .resumeNode(let node, let times, let call, let receipt):
            let slot = ExecutionSlot(node: node, times: times)
            hold(HeldWork(run: run, slot: slot, kind: .resume(call, receipt: receipt)))
        case .carryOutParcel(let number, let acts):
            let mailbox = mailbox
            let clock = context.clock
            context.ports.executor.execute(
                acts, of: run, in: live.context, cancellation: live.acts
            ) { result in
                mailbox.postReply(.node(.parcelEnded(run, number, result, clock.now())))
            }
        case .buildParcel(let acts):
            let mailbox = mailbox
            let clock = context.clock
            context.ports.executor.build(acts, of: run, in: live.context) { result in
                mailbox.postReply(.node(.parcelBuilt(run, result, clock.now())))
            }
        case .cancelNode(let node, let times):
            let slot = ExecutionSlot(node: node, times: times)
            cancel(slot, live.executions.removeValue(forKey: slot), of: live)
        case .end:
            live.acts.cancel()
        }
    }

    /// Work that can begin now.
    func hold(_ work: HeldWork) { self.work.held.append(work) }

    /// The workers' line may have room again.
    func mayRetry() { work.isRetrying = false }

    func startHeldWork() {
        guard !work.held.isEmpty, context.ports.journal.pressure.startsNodes else { return }
        var briefCount = 0
        while let next = work.held.head {
            guard isTaken(next, &briefCount) else {
                if !work.isRetrying {
                    work.isRetrying = true
                    schedule(.retries, after: .milliseconds(5))
                }
                return
            }
            work.held.popFirst()
        }
    }

    /// False if the workers are busy. Work that is no longer wanted counts as taken.
    private func isTaken(_ work: HeldWork, _ briefCount: inout Int) -> Bool {
        guard let execution = runs[work.run]?.executions[work.slot] else { return true }
        switch work.kind {
        case .start(let inputs):
            guard submit(work, inputs, execution.cancellation, &briefCount) else { return false }
            limitTime(of: work)
            return true
        case .resume(let call, let receipt):
            let answer = NodeAnswer(work, context: context, mailbox: mailbox)
            return context.pool.submit { answer.end(call.then(receipt)) }
        }
    }

    /// - Parameter briefCount: the executions that this turn has carried out itself.
    private func submit(
        _ work: HeldWork, _ inputs: ValueMap, _ cancellation: NodeCancellation, _ briefCount: inout Int
    ) -> Bool {
        guard let live = runs[work.run] else { return true }
        let answer = NodeAnswer(work, context: context, mailbox: mailbox)
        let node = live.graph.nodes[work.slot.node]
        let call = NodeCall(
            run: work.run, execution: NodeExecution(node: node.id, times: work.slot.times), inputs: inputs,
            context: live.context, cancellation: cancellation, log: { answer.log($0) },
            complete: { answer.end($0) })
        if let brief = node.brief, briefCount < Limits.briefNodesPerTurnMax {
            briefCount += 1
            if let step = brief(call) {
                answer.take(step, inputs: inputs)
                return true
            }
        }
        let pool = node.isLong ? context.longPool : context.pool
        return pool.submit { answer.take(node.work(call), inputs: inputs) }
    }

    /// Repeats the work of an execution that a crash has interrupted.
    func again(_ slot: ExecutionSlot, of run: RunID, _ inputs: ValueMap) {
        hold(HeldWork(run: run, slot: slot, kind: .start(inputs)))
    }

    // MARK: Time

    /// Sets the time limit of an execution. Changes the run in place: a local copy of it would make the change copy the
    /// table of all its executions.
    private func limitTime(of work: HeldWork) {
        guard let limit = runs[work.run]?.graph.nodes[work.slot.node].conduct.timeLimit else { return }
        runs[work.run]?.executions[work.slot]?.due = steady(after: limit)
        self.work.timed.append(TimedExecution(run: work.run, slot: work.slot))
        checkTimesLater()
    }

    private func checkTimesLater() {
        guard !work.isTiming else { return }
        work.isTiming = true
        schedule(.checksTimes, after: .milliseconds(Limits.nodeTimeCheckMilliseconds))
    }

    /// Ends executions that are past their time limit. One timer serves all executions, because a deadline for each
    /// would cost more than most executions take.
    func checkTimes() {
        work.isTiming = false
        let now = context.clock.steady()
        let timed = work.timed
        work.timed = []
        for execution in timed {
            guard let due = runs[execution.run]?.executions[execution.slot]?.due else { continue }
            if due <= now { endOverdue(execution) } else { work.timed.append(execution) }
        }
        if !work.timed.isEmpty { checkTimesLater() }
    }

    private func endOverdue(_ execution: TimedExecution) {
        guard let live = runs[execution.run] else { return }
        live.executions[execution.slot]?.cancellation.cancel()
        let limit = live.graph.nodes[execution.slot.node].conduct.timeLimit ?? .zero
        end(
            execution.slot, of: execution.run,
            .failed("the node took longer than \(limit.components.seconds) seconds"), at: context.clock.now())
    }
}
