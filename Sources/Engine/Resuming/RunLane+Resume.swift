// Runs that another server has left behind: claimed, read many at a time, and handed to what goes on with them.

internal import Primitives
internal import Values

extension RunLane {
    func receive(_ message: ResumptionMessage) {
        switch message {
        case .claimed(let runs, let isFirst): claimed(runs, isFirst: isFirst)
        case .claimFailed: claimFailed()
        case .runsFound(let batch, let result): leftRunsFound(batch, result)
        case .goesOn(let found): take(found)
        case .historyFound(let run, let result): historyFound(run, result)
        case .flowRead(let hash, let result): leftFlowRead(hash, result)
        case .parentGoesOn(let run, let parent, let controls): resume(run, parent, controls)
        case .parentIsGone(let run): abandon(run)
        }
    }

    // MARK: Which runs

    /// Runs of this lane that are this server's now. A nested one goes the way of the run that started it.
    private func claimed(_ claims: [ClaimedRun], isFirst: Bool) {
        runs.reserveCapacity(runs.count + claims.count)
        resumptions.reserveCapacity(claims.count)
        for claim in claims {
            // A look at all runs of this server finds those that it has begun meanwhile, too.
            guard runs[claim.run] == nil, resumptions[claim.run] == nil else {
                context.takingUp.left()
                continue
            }
            resumptions[claim.run] = Resumption(claim.parent == nil ? .waits : .awaitsParent)
        }
        if isFirst { placeCalls() }
        for claim in claims {
            guard case .waits? = resumptions[claim.run]?.stage else { continue }
            if isDraining { giveBack(claim.run) } else { resumptions.enqueue(claim.run) }
        }
        beginResumptions()
    }

    /// The run that started it says that it goes on, and what holds for both.
    func resume(_ run: RunID, _ parent: ParentLink, _ controls: [RunControl]) {
        guard runs[run] == nil else { return }
        if resumptions[run] == nil {
            resumptions[run] = Resumption(.awaitsParent)
            context.takingUp.expect(1)
        }
        guard case .awaitsParent? = resumptions[run]?.stage else { return }
        resumptions[run]?.parent = parent
        resumptions[run]?.controls = controls
        guard !isDraining else { return giveBack(run) }
        resumptions.enqueue(run)
        beginResumptions()
    }

    /// A nested run whose parent does not come back ends, too.
    func abandon(_ run: RunID) {
        guard runs[run] == nil else { return }
        if resumptions[run] == nil { context.takingUp.expect(1) }
        guard resumptions[run] == nil || resumptions[run]?.awaitsParent == true else { return }
        let calls = resumptions[run]?.calls ?? []
        resumptions[run] = Resumption(.awaitsParent, isAbandoned: true)
        resumptions[run]?.calls = calls
        guard !isDraining else { return giveBack(run) }
        resumptions.enqueue(run)
        beginResumptions()
    }

    // MARK: What is stored of them

    /// Many at a time, so that thousands are here soon, and not all of them, as each takes memory while it is read.
    func beginResumptions() {
        guard !resumptions.isEmpty else { return }
        let mailbox = mailbox
        let now = context.clock.steady()
        while true {
            let batch = resumptions.nextBatch(at: now)
            guard !batch.isEmpty else { return }
            context.ports.leftRuns.runs(batch) { mailbox.postReply(.resuming(.runsFound(batch, $0))) }
        }
    }

    private func leftRunsFound(_ batch: [RunID], _ result: Result<FoundRuns, StorageError>) {
        resumptions.readEnded()
        switch result {
        case .failure(let error):
            for run in batch { postpone(run, .storage(error)) }
        case .success(let found):
            for run in found.unreadable { postpone(run, .storage(.failed)) }
            take(FoundBatch(batch, found))
        }
        beginResumptions()
    }

    /// A few in one turn: starts and calls wait for the lane meanwhile.
    private func take(_ found: FoundBatch) {
        var found = found
        for run in found.next(Limits.takenUpAtOnceMax) where resumptions[run]?.isUnderWay == true {
            if let left = found.runs[run] { take(left, isAlone: found.isAlone) } else { isGone(run) }
        }
        if !found.isEmpty { mailbox.postReply(.resuming(.goesOn(found))) }
    }

    /// It has ended meanwhile; whoever waits for it must not wait for ever.
    private func isGone(_ run: RunID) {
        context.takingUp.ended()
        if let parent = endResumption(of: run)?.parent { tell(parent, RunLane.crashText, from: run) }
    }

    private func take(_ left: LeftRun, isAlone: Bool) {
        let run = left.record.id
        if left.isCut, !isAlone {
            resumptions.stopWork(on: run)
            resumptions[run]?.isReadAlone = true
            return resumptions.enqueue(run)
        }
        resumptions[run]?.left = left
        resumptions[run]?.add(left.events)
        if left.hasAllEvents { return findFlow(of: run) }
        findHistory(of: run, after: left.events.last?.sequence ?? 0)
    }

    private func findHistory(of run: RunID, after sequence: UInt64) {
        let mailbox = mailbox
        context.ports.leftRuns.events(of: run, after: sequence, limit: Limits.replayPageEventsMax) {
            mailbox.postReply(.resuming(.historyFound(run, $0)))
        }
    }

    private func historyFound(_ run: RunID, _ result: Result<[RunEvent], StorageError>) {
        switch result {
        case .failure(let error): postpone(run, .storage(error))
        case .success(let events):
            guard let last = events.last else { return findFlow(of: run) }
            resumptions[run]?.add(events)
            findHistory(of: run, after: last.sequence)
        }
    }

    // MARK: Their flows

    /// Many runs are of one flow: its document is read and compiled once for all that come meanwhile.
    private func findFlow(of run: RunID) {
        guard let hash = resumptions[run]?.left?.record.snapshot.hash else { return }
        if let flow = context.graphs.flow(.snapshot(hash)) { return flowFound(flow, for: run) }
        resumptions.compiling[hash, default: []].append(run)
        guard resumptions.compiling[hash]?.count == 1 else { return }
        let (mailbox, compiler, pool) = (mailbox, context.ports.compiler, context.pool)
        context.ports.leftRuns.snapshots([hash]) { result in
            switch result {
            case .failure(let error): mailbox.postReply(.resuming(.flowRead(hash, .failure(.storage(error)))))
            case .success(let snapshots):
                let document = snapshots.first?.document ?? []
                let isTaken = pool.submit {
                    mailbox.postReply(.resuming(.flowRead(hash, .success(LeftFlow(document, compiler)))))
                }
                if !isTaken {
                    mailbox.postReply(.resuming(.flowRead(hash, .failure(.busy(retryAfterSeconds: 1)))))
                }
            }
        }
    }

    private func leftFlowRead(_ hash: [UInt8], _ result: Result<LeftFlow, EngineError>) {
        if case .success(.runs(let flow)) = result { context.graphs.keep(flow, .snapshot(hash)) }
        for run in resumptions.compiling.removeValue(forKey: hash) ?? [] {
            switch result {
            case .failure(let error): postpone(run, error)
            case .success(.runs(let flow)): flowFound(flow, for: run)
            case .success(.runsNoMore(let nodes)):
                crash(run, nodes, because: "its flow cannot run any more")
            }
        }
    }

    private func flowFound(_ flow: CompiledFlow, for run: RunID) {
        guard let resumption = resumptions[run], resumption.isUnderWay, let left = resumption.left else {
            return
        }
        resumption.flow = flow
        if let reason = resumption.obstacle(left) { return crash(run, because: reason) }
        prepare(flow.graph, left.record)
    }

    // MARK: In vain

    /// It is tried again after a while: nobody else takes the run up as long as this server lives.
    func postpone(_ run: RunID, _ error: EngineError) {
        guard let resumption = resumptions[run], resumption.isUnderWay else { return }
        resumptions.stopWork(on: run)
        guard !isDraining else { return giveBack(run) }
        if resumption.failedCount == 0 {
            context.log.error(
                "engine", "run not taken up yet", LogField("run", run), LogField("reason", "\(error)"))
        }
        let next = resumption.again
        for call in resumption.calls {
            // Callers need not wait for storage; what other owners have said must not be lost.
            if let reply = call.reply { reply(.refused(error)) } else { next.calls.append(call) }
        }
        resumptions[run] = next
        let pause = Limits.resumptionPauseMilliseconds << min(resumption.failedCount, 16)
        schedule(.resumes(run), after: .milliseconds(min(pause, Limits.resumptionPauseMillisecondsMax)))
    }

    /// The pause after a failed attempt is over.
    func resumeAgain(_ run: RunID) {
        guard case .waits? = resumptions[run]?.stage else { return }
        resumptions.enqueue(run)
        beginResumptions()
    }

    /// This server stops: the next one takes the run up.
    func giveBack(_ run: RunID) {
        guard let resumption = resumptions.remove(run) else { return }
        context.takingUp.left()
        for call in resumption.calls { call.reply?(.refused(.busy(retryAfterSeconds: 1))) }
        if let parent = resumption.parent { tellLeft(parent, run) }
    }

    /// Runs that nobody works on yet are left to the next server.
    func giveBackWaitingResumptions() {
        for (run, resumption) in resumptions.runs where !resumption.isUnderWay { giveBack(run) }
        for (_, calls) in resumptions.unplaced.takeAll() {
            for call in calls { call.reply?(.refused(.busy(retryAfterSeconds: 1))) }
        }
    }

    /// The run is here again, or will not be: what came for it meanwhile comes now.
    @discardableResult
    func endResumption(of run: RunID) -> Resumption? {
        guard let resumption = resumptions.remove(run) else { return nil }
        for call in resumption.calls { receive(call) }
        beginResumptions()
        return resumption
    }
}

extension Resumption {
    var isUnderWay: Bool { if case .underWay = stage { true } else { false } }
    var awaitsParent: Bool { if case .awaitsParent = stage { true } else { false } }
}
