// What somebody asks of a run while it is alive, as far as it changes what the machine does.

internal import Primitives
internal import Values

extension RunMachine {
    /// Nodes that are ready may start.
    var mayStart: Bool { phase == .running && !isPaused }

    /// The run, or one in which it is nested, is paused.
    var isPaused: Bool { controls.contains { $0.kind == .pause } }

    /// Nothing is at work, and nothing will be.
    var isDone: Bool { runningCount == 0 && (mayStart || phase == .draining) }

    /// Why the run was stopped; nil if it was not, or nobody said why.
    var stopReason: String? { controls.last { $0.kind == .stop }?.reason }

    /// Somebody has asked something of the run.
    mutating func take(_ control: RunControl) {
        switch control.kind {
        case .stop: stop(control)
        // Acts are carried out, or not, by whoever owns the machine.
        case .stopActs: break
        case .pause: pause(control)
        case .resume: resume(control)
        }
    }

    /// Lets no node start until the same run is resumed. Each run that was paused, this one or one around it, counts by
    /// itself.
    private mutating func pause(_ control: RunControl) {
        guard phase == .running, !controls.contains(where: { $0.kind == .pause && $0.run == control.run })
        else { return }
        controls.append(control)
        emit(.flowPaused(askedOf: control.run, reason: control.reason))
    }

    private mutating func resume(_ control: RunControl) {
        guard phase == .running,
            let place = controls.firstIndex(where: { $0.kind == .pause && $0.run == control.run })
        else { return }
        controls.remove(at: place)
        emit(.flowResumed(askedOf: control.run, reason: control.reason, isStillPaused: isPaused))
    }

    /// Ends the run. A stop with a grace lets running nodes finish until `graceEnded`.
    private mutating func stop(_ control: RunControl) {
        guard phase == .running || phase == .building, status != .stopped else { return }
        status = .stopped
        controls.append(control)
        if phase == .running { phase = .draining }
        if control.grace > .zero { cancelUnsentActs() } else { endGrace() }
    }

    /// Cuts off the executions that still run when the grace of a stop is over.
    mutating func endGrace() {
        guard status == .stopped else { return }
        if phase == .building { return conclude(output: gathered()) }
        guard phase == .draining else { return }
        for node in nodes.indices where nodes[node].isRunning { cancel(node) }
    }

    mutating func cancel(_ node: Int) {
        step.orders.append(.cancelNode(node: node, times: nodes[node].times))
        // Without a reason the text ends in a space: clients compare it (spec flow-engine 9.2).
        finish(node, .failed("canceled by user \(stopReason ?? "")"))
    }
}
