// What a lane does when another server may have written something down for its runs: it reads again what they wait for
// (spec storage-and-operations 7.2). Answers that were taken before change nothing.

internal import Primitives

/// What is yet to be read, as the lane keeps it. There is one look at a time, so that the next look takes all news that
/// has come meanwhile.
struct RemoteLook {
    /// Runs that may have been controlled, or whose requests may have been answered.
    var runs: Set<RunID> = []
    /// The look under way: its runs, how many answers of storage are missing, and whether one was an error.
    var underWay: [RunID] = []
    var missingCount = 0
    var hasFailed = false
    /// A timer is set for the look that follows a failed one.
    var isScheduled = false
}

extension RunLane {
    func receive(_ message: RemoteMessage) {
        switch message {
        case .touched(let run): touchedElsewhere(run)
        case .anythingHappened: anythingHappenedElsewhere()
        case .answersRead(let result): lookAnswered(result) { $0.forEach(receive) }
        case .controlsRead(let result):
            lookAnswered(result) { controls in for control in controls { carryOut(control, on: control.run) }
            }
        case .awaitedRunFound(let waiter, let result): awaitedRunFound(waiter, result)
        case .signatureAsked(let waiting): signatureAskedElsewhere(waiting)
        case .awaitedRead(let result): awaitedRead(result)
        }
    }

    /// A request of this run may have an answer, or somebody may control it. A run that is still being taken up is
    /// looked at once it goes on.
    func touchedElsewhere(_ run: RunID) {
        guard runs[run] != nil else { return }
        runs[run]?.isTouchedElsewhere = true
        elsewhere.look.runs.insert(run)
        lookElsewhere()
    }

    private func anythingHappenedElsewhere() {
        if !elsewhere.waiters.isEmpty { lookAtAwaitedRuns() }
        guard !runs.isEmpty else { return }
        for (run, live) in runs where live.end == nil { elsewhere.look.runs.insert(run) }
        lookElsewhere()
    }

    /// Begins a look, unless one is under way.
    private func lookElsewhere() {
        guard elsewhere.look.missingCount == 0 else { return }
        elsewhere.look.underWay = []
        elsewhere.look.hasFailed = false
        var waits: [any Wait] = []
        while elsewhere.look.underWay.count + waits.count < Limits.remoteLookRequestsMax,
            let run = elsewhere.look.runs.popFirst()
        {
            elsewhere.look.underWay.append(run)
            for case let wait? in runs[run]?.executions.values.map(\.wait) ?? [] where wait.isRecorded {
                waits.append(wait)
            }
        }
        let mailbox = mailbox
        for record in context.ports.waitRecords {
            let isAsked = record.readAnswers(to: waits) {
                mailbox.postReply(.elsewhere(.answersRead($0)))
            }
            if isAsked { elsewhere.look.missingCount += 1 }
        }
        if !elsewhere.look.underWay.isEmpty {
            elsewhere.look.missingCount += 1
            context.ports.controls.controls(of: elsewhere.look.underWay) {
                mailbox.postReply(.elsewhere(.controlsRead($0)))
            }
        }
    }

    private func lookElsewhereLater() {
        guard !elsewhere.look.isScheduled else { return }
        elsewhere.look.isScheduled = true
        schedule(.looksElsewhere, after: .milliseconds(Limits.remoteLookAgainMilliseconds))
    }

    func lookElsewhereDue() {
        elsewhere.look.isScheduled = false
        lookElsewhere()
    }

    private func lookAnswered<Found>(_ result: Result<[Found], StorageError>, _ take: ([Found]) -> Void) {
        switch result {
        case .success(let found): take(found)
        case .failure: elsewhere.look.hasFailed = true
        }
        elsewhere.look.missingCount -= 1
        guard elsewhere.look.missingCount == 0 else { return }
        guard !elsewhere.look.hasFailed else {
            elsewhere.look.runs.formUnion(elsewhere.look.underWay)
            return lookElsewhereLater()
        }
        if !elsewhere.look.runs.isEmpty { lookElsewhere() }
    }
}
