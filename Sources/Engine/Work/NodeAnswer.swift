// How what a node says comes to its lane.

internal import Primitives
internal import Values

/// Carries what a node says from wherever it runs to the lane of its run.
struct NodeAnswer: Sendable {
    private let run: RunID
    private let slot: ExecutionSlot
    private let clock: Clock
    private let finder: any SecretFinder
    private let mailbox: Mailbox<LaneMessage>

    init(_ work: HeldWork, context: LaneContext, mailbox: Mailbox<LaneMessage>) {
        run = work.run
        slot = work.slot
        clock = context.clock
        finder = context.ports.secretFinder
        self.mailbox = mailbox
    }

    func take(_ step: NodeStep, inputs: ValueMap) {
        switch step {
        case .done(let outcome): end(outcome)
        case .wait(let duration, let outcome):
            wait(SleepWait(duration, then: finder.marking(outcome)))
        // The inputs enter another run. A node's inputs may be constants of a document, too.
        case .ask(.flow(let flow)):
            wait(NodeRequest.flow(flow).wait(inputs: finder.marking(inputs)))
        case .ask(let request): wait(request.wait(inputs: inputs))
        case .pending: break
        }
    }

    private func wait(_ wait: any Wait) { mailbox.postReply(.node(.waits(run, slot, wait))) }

    func end(_ outcome: NodeOutcome) {
        mailbox.postReply(.node(.ended(run, slot, finder.marking(outcome), clock.now())))
    }

    func log(_ line: RunLogLine) {
        // Lines beyond what the lane can take are dropped: a talkative node must not stop the others.
        _ = mailbox.post(.node(.logged(run, slot, line, clock.now())))
    }
}
