// Checks that a machine made from a journal is the one that wrote it, and that a run goes on from anywhere in it.

import Engine
import Primitives

enum JournalVerifier {
    /// Rebuilds the machine of a run as it is now: between two steps.
    static func verify(_ run: SimulatedRun) throws(Discrepancy) {
        // One that had not begun begins when it is taken up.
        guard hasBegun(run.events[...]), let rebuilt = try rebuild(run, run.events[...], run.verifier) else {
            return
        }
        guard rebuilt.machine.hasSameState(as: run.machine) else {
            throw Discrepancy("the machine rebuilt from \(run.events.count) events is another one")
        }
        guard rebuilt.step.events.isEmpty, rebuilt.step.orders.isEmpty else {
            throw Discrepancy("a machine rebuilt from \(run.events.count) events has more to say")
        }
        let open = run.open
        guard open.count == rebuilt.open.count,
            zip(open, rebuilt.open).allSatisfy({
                $0.occasion == Occasion(node: $1.node, times: $1.times) && $0.inputs == $1.inputs
            })
        else { throw Discrepancy("a rebuilt machine forgets what runs, or makes it up") }
    }

    /// Takes a run up again that was cut off within or after a step, and plays it to its end.
    static func resume(
        _ run: SimulatedRun, _ expected: ExpectedRun?, after count: Int, _ outside: Outside
    ) throws(Discrepancy) {
        let journal = run.events[..<count]
        var verifier = EventVerifier(run.flow, expected)
        for event in journal { try verifier.take(event) }
        guard let rebuilt = try rebuild(run, journal, verifier) else { return }
        var resumed = try SimulatedRun(run.flow, expected, from: journal, rebuilt, outside)
        guard resumed.tasks.compactMap(\.occasion).sorted(by: { $0.node < $1.node }) == resumed.verifier.open
        else { throw Discrepancy("a run taken up after \(count) events forgets what runs, or makes it up") }
        try resumed.goOn()
    }

    private static func hasBegun(_ journal: ArraySlice<RunEvent>) -> Bool {
        journal.contains { if case .flowStarted = $0.content { true } else { false } }
    }

    /// Nil where a refusal is right: a transaction may have been sent, or a value is not written down.
    private static func rebuild(
        _ run: SimulatedRun, _ journal: ArraySlice<RunEvent>, _ verifier: EventVerifier
    ) throws(Discrepancy) -> RebuiltMachine? {
        do throws(RebuildError) {
            let rebuilt = try RunMachine.rebuilt(
                graph: run.flow.graph, inputs: run.inputs, settings: run.flow.settings, from: Array(journal),
                at: Timestamp(nanoseconds: (journal.last?.time.nanoseconds ?? 0) + 1))
            guard !verifier.hasHidden, !verifier.hasInstructed else {
                throw RebuildError.otherGraph
            }
            return rebuilt
        } catch {
            switch error {
            case .acts where verifier.hasInstructed: return nil
            case .hiddenOutput where verifier.hasHidden || isCutBeforeOutput(journal): return nil
            default:
                throw Discrepancy("rebuilding from \(journal.count) events: \(error)")
            }
        }
    }

    /// True if a journal ends between the complaint about an output that is missing and those that are there.
    private static func isCutBeforeOutput(_ journal: ArraySlice<RunEvent>) -> Bool {
        guard case .nodeFailed(let failure)? = journal.last?.content else { return false }
        return failure.error.contains("did not produce required output")
    }
}
