// What a lane does when somebody controls a run: it writes the control down, carries it out, and hands it on to the runs
// that the run has started.

internal import Primitives

extension RunLane {
    func control(_ request: ControlRequest, _ reply: @escaping EngineReplyHandler) {
        guard let live = runs[request.run] else { return controlElsewhere(request, reply) }
        guard live.end == nil else { return reply(.refused(.notFound)) }
        guard let control = request.control(of: live.access) else { return reply(.refused(.unauthorized)) }
        let mailbox = mailbox
        if control.kind.isFinal { carryOut(control, on: request.run) }
        // The control is written down before it has any effect. Otherwise a crash could leave a run that goes on although
        // its caller was told that it stops, or one that has lost what it waits for and has not stopped.
        context.ports.controls.record(control) { result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(let isRecorded):
                guard !control.kind.isFinal else { return reply(.accepted) }
                mailbox.postReply(.elsewhere(.touched(control.run)))
                reply(isRecorded ? .accepted : .refused(.notFound))
            }
        }
    }

    /// Handles a control that has come to a server which does not have the run. "Not found" is decided before
    /// permission, as for a run that is here.
    private func controlElsewhere(_ request: ControlRequest, _ reply: @escaping EngineReplyHandler) {
        let controls = context.ports.controls
        context.ports.catalog.run(request.run) { result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(let summary?) where !summary.status.isEnd:
                let access = RunAccess(
                    run: request.run, owner: summary.owner, sharedWith: summary.sharedWith)
                guard let control = request.control(of: access) else {
                    return reply(.refused(.unauthorized))
                }
                controls.record(control) { result in
                    switch result {
                    case .failure(let error): reply(.refused(.storage(error)))
                    case .success(let isRecorded): reply(isRecorded ? .accepted : .refused(.notFound))
                    }
                }
            case .success: reply(.refused(.notFound))
            }
        }
    }

    /// Carries out a permitted control of a run, or of one in which it is nested.
    func carryOut(_ control: RunControl, on run: RunID) {
        guard let live = runs[run], live.end == nil else { return }
        guard runs[run]?.controls.hold(control) == true else { return }
        switch control.kind {
        case .stop:
            add(.controlled(control), to: run)
            if control.grace > .zero { schedule(.graceEnds(run), after: control.grace) }
        case .stopActs: live.acts.cancel()
        case .pause, .resume: add(.controlled(control), to: run)
        }
        guard control.kind.holdsForNestedRuns else { return }
        for child in live.children {
            context.lanes.post(.nested(.control(child, control)), toLaneOf: child)
        }
    }
}

extension LiveRun {
    /// Somebody has stopped it.
    var isStopped: Bool { controls.contains { $0.kind == .stop } }

    /// The controls that hold for runs that it starts. What its lane was told counts more than what its machine has heard
    /// so far; of what was asked before a server had the run only the machine knows.
    var handedOn: [RunControl] { (machine.controls + controls).filter(\.kind.holdsForNestedRuns) }
}
