// What a lane gives to the journal, and what follows when it is durable.

internal import Primitives
internal import Values

extension RunLane {
    func journalNoticed(_ notice: JournalNotice) {
        switch notice {
        case .durable(let run, let sequence): becameDurable(run, through: sequence)
        case .refused(let run, let refusal):
            context.log.warning(
                "engine", "run refused by storage", LogField("run", run), LogField("reason", refusal))
            guard let live = runs.removeValue(forKey: run) else { return }
            for (slot, execution) in live.executions {
                // Another server has taken a durable run over. What the run waits for, and the runs that it started,
                // now belong to that server.
                if live.isDurable {
                    execution.cancellation.cancel()
                } else {
                    cancel(slot, execution, of: live)
                }
            }
            live.startReply?(.refused(refusal == .originGone ? .notFound : .storage(.failed)))
            for waiter in live.waiters { waiter(.refused(.notFound)) }
            if let parent = live.parent {
                tell(parent, "storage refused the nested run: \(refusal)", from: run)
            }
        case .relieved: break
        }
    }

    private func becameDurable(_ run: RunID, through sequence: UInt64) {
        guard let live = runs[run] else { return }
        if !live.isDurable {
            runs[run]?.isDurable = true
            runs[run]?.startReply = nil
            live.startReply?(.started(run))
            beginEarlyWaits(of: run)
        }
        if !live.unrecorded.isEmpty { beginRecorded(run, through: sequence) }
        live.feed.markDurable(through: sequence)
        guard let end = live.end, sequence >= end.sequence else { return }
        for waiter in live.outputWaiters.values { waiter(.output(end.output)) }
        for waiter in live.signatureWaiters.values { waiter(.refused(.notFound)) }
        answerReader(of: run, .read(end.output, end.status))
        runs[run] = nil
        guard end.sequence <= Limits.endedRunEventsMax, endedRuns.count < Limits.endedRunsPerLaneMax else {
            return
        }
        endedRuns[run] = EndedRun(access: live.access, feed: live.feed, output: end.output)
        schedule(.forgets(run), after: .milliseconds(Limits.endedRunMilliseconds))
    }

    /// Begins held work whose beginning is durable now.
    private func beginRecorded(_ run: RunID, through sequence: UInt64) {
        guard let waiting = runs[run]?.unrecorded else { return }
        let count = waiting.prefix { $0.sequence <= sequence }.count
        runs[run]?.unrecorded.removeFirst(count)
        for (_, work) in waiting.prefix(count) { hold(work) }
    }

    func flushEntries() {
        guard !entries.isEmpty else { return }
        context.ports.journal.append(entries)
        entries.removeAll(keepingCapacity: true)
    }
}
