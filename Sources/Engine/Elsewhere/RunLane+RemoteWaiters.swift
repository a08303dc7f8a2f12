// Calls that wait for a signature request of a run which another server has.

internal import Primitives

/// A call that may wait.
struct RemoteWaiter: Sendable {
    let run: RunID
    let principals: [Principal]
    let call: CallID
    let reply: EngineReplyHandler
}

/// The waiting calls, by run. Kept by the lane that would have the run.
struct RemoteWaiters {
    private(set) var runs: [RunID: [CallID: EngineReplyHandler]] = [:]
    /// Calls whose run is being looked up.
    private var arriving: Set<CallID> = []
    private var count = 0
    /// Storage is being asked what has become of the runs.
    var isAsking = false
    /// A caller has come since whose run storage was not asked about.
    var asksAgain = false
    /// A timer is set for the next look.
    var isScheduled = false

    var isEmpty: Bool { runs.isEmpty }
    var isFull: Bool { count + arriving.count >= Limits.remoteWaitersMax }

    mutating func arrive(_ call: CallID) { arriving.insert(call) }

    /// False if the call was withdrawn meanwhile.
    mutating func hasArrived(_ call: CallID) -> Bool { arriving.remove(call) != nil }

    mutating func add(_ waiter: RemoteWaiter) {
        runs[waiter.run, default: [:]][waiter.call] = waiter.reply
        count += 1
    }

    /// Takes those out who wait for this run.
    mutating func take(_ run: RunID) -> [EngineReplyHandler] {
        guard let waiters = runs.removeValue(forKey: run) else { return [] }
        count -= waiters.count
        return Array(waiters.values)
    }

    /// The caller has gone: takes its call out.
    mutating func withdraw(_ call: CallID, about run: RunID) {
        arriving.remove(call)
        guard runs[run]?.removeValue(forKey: call) != nil else { return }
        count -= 1
        if runs[run]?.isEmpty == true { runs[run] = nil }
    }
}

extension RunLane {
    /// The caller has gone.
    func withdrawElsewhere(_ call: CallID, about run: RunID) { elsewhere.waiters.withdraw(call, about: run) }

    /// For a run that is not here: it may be elsewhere.
    func awaitSignatureElsewhere(
        _ run: RunID, _ principals: [Principal], _ call: CallID, _ reply: @escaping EngineReplyHandler
    ) {
        guard !elsewhere.waiters.isFull else { return reply(.refused(.busy(retryAfterSeconds: 1))) }
        elsewhere.waiters.arrive(call)
        let waiter = RemoteWaiter(run: run, principals: principals, call: call, reply: reply)
        let mailbox = mailbox
        context.ports.catalog.run(run) { mailbox.postReply(.elsewhere(.awaitedRunFound(waiter, $0))) }
    }

    /// "Not found" is decided before permission (spec http-and-websocket 3.3), and both before whether there is anything to
    /// wait for.
    func awaitedRunFound(_ waiter: RemoteWaiter, _ result: Result<RunSummary?, StorageError>) {
        guard elsewhere.waiters.hasArrived(waiter.call) else { return }
        switch result {
        case .failure(let error): waiter.reply(.refused(.storage(error)))
        case .success(nil): waiter.reply(.refused(.notFound))
        case .success(let summary?):
            let access = RunAccess(run: summary.id, owner: summary.owner, sharedWith: summary.sharedWith)
            guard access.admits(waiter.principals) else { return waiter.reply(.refused(.unauthorized)) }
            guard !summary.status.isEnd else { return waiter.reply(.refused(.notFound)) }
            guard !isDraining,
                (elsewhere.waiters.runs[waiter.run]?.count ?? 0) < Limits.outputWaitersPerRunMax
            else { return waiter.reply(.refused(.busy(retryAfterSeconds: 1))) }
            elsewhere.waiters.add(waiter)
            lookAtAwaitedRuns()
        }
    }

    func signatureAskedElsewhere(_ waiting: WaitingSignature) {
        for waiter in elsewhere.waiters.take(waiting.run) { waiter(.signatureRequest(waiting)) }
    }

    /// Asks storage what has become of the runs. Other servers tell of new requests, but not of runs that have ended.
    /// So the question is repeated while somebody waits.
    func lookAtAwaitedRuns() {
        guard !elsewhere.waiters.isEmpty else { return }
        if !elsewhere.waiters.isScheduled {
            elsewhere.waiters.isScheduled = true
            schedule(.looksAtAwaitedRuns, after: .milliseconds(Limits.remoteRunsLookMilliseconds))
        }
        guard !elsewhere.waiters.isAsking else {
            elsewhere.waiters.asksAgain = true
            return
        }
        elsewhere.waiters.asksAgain = false
        elsewhere.waiters.isAsking = true
        let mailbox = mailbox
        context.ports.signatures.awaited(in: Array(elsewhere.waiters.runs.keys)) {
            mailbox.postReply(.elsewhere(.awaitedRead($0)))
        }
    }

    func awaitedRunsDue() {
        elsewhere.waiters.isScheduled = false
        lookAtAwaitedRuns()
    }

    /// If storage gave no answer, the next look asks again.
    func awaitedRead(_ result: Result<[AwaitedSignature], StorageError>) {
        elsewhere.waiters.isAsking = false
        guard case .success(let found) = result else { return }
        for awaited in found {
            switch awaited {
            case .asked(let waiting): signatureAskedElsewhere(waiting)
            case .ended(let run):
                for waiter in elsewhere.waiters.take(run) { waiter(.refused(.notFound)) }
            }
        }
        if elsewhere.waiters.asksAgain { lookAtAwaitedRuns() }
    }

    /// The server stops.
    func refuseRemoteWaiters() {
        for run in elsewhere.waiters.runs.keys {
            for waiter in elsewhere.waiters.take(run) { waiter(.refused(.busy(retryAfterSeconds: 1))) }
        }
    }
}
