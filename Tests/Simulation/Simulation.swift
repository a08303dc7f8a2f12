// One seed: a flow, several runs of it, and everything that must hold for each of them and between them.

import Engine
import Values

struct Simulation {
    /// What was played, for the report.
    struct Figures: CustomStringConvertible {
        var runs = 0
        var events = 0
        var executions = 0
        var rebuilds = 0
        var resumed = 0

        mutating func add(_ other: Figures) {
            runs += other.runs
            events += other.events
            executions += other.executions
            rebuilds += other.rebuilds
            resumed += other.resumed
        }

        var description: String {
            "\(runs) runs, \(executions) executions, \(events) events, \(rebuilds) machines rebuilt, "
                + "\(resumed) runs taken up again"
        }
    }

    /// What went wrong, with the run up to there.
    struct Failure: Error {
        let discrepancy: Discrepancy
        let flow: SimulatedFlow
        let outside: Outside
        let events: [RunEvent]
    }

    private(set) var figures = Figures()
    private let seed: UInt64
    let flow: SimulatedFlow
    private let expected: ExpectedRun?
    /// Events up to which a run's machine is rebuilt after every step; in longer ones after some steps.
    private let wholeJournalEventsMax: Int

    /// - Parameter isThorough: rebuild machines after each step of almost every run.
    init(seed: UInt64, isThorough: Bool) {
        let (flow, expected) = FlowGenerator.flow(seed: seed)
        self.init(seed: seed, flow, expected, isThorough: isThorough)
    }

    private init(seed: UInt64, _ flow: SimulatedFlow, _ expected: ExpectedRun, isThorough: Bool) {
        self.seed = seed
        self.flow = flow
        wholeJournalEventsMax = isThorough ? 160 : 40
        // Where nodes share transactions only the runs can be compared with each other.
        self.expected = flow.isEntangled ? nil : expected
    }

    /// The seed with the smallest flow that can be found which also fails.
    func shrunk() -> Simulation {
        func simulation(_ flow: SimulatedFlow) -> Simulation? {
            guard let expected = try? ExpectedRun(flow, countMax: FlowGenerator.executionsMax) else {
                return nil
            }
            return Simulation(seed: seed, flow, expected, isThorough: true)
        }
        let flow = Shrinker.shrink(flow) { flow in
            guard var simulation = simulation(flow) else { return false }
            do throws(Failure) { try simulation.play() } catch { return true }
            return false
        }
        return simulation(flow) ?? self
    }

    /// Plays the seed's runs.
    mutating func play() throws(Failure) {
        let first = try play(0, .any, isInterrupted: false)
        for (turn, pace) in [Outside.Pace.several, .all].enumerated() {
            let other = try play(turn + 1, pace, isInterrupted: false)
            // What may differ between two orders: the order of events of different nodes, and log lines. A line
            // about elements that were left over counts those that had come when the node was closed.
            if let difference = Simulation.difference(first, other) { throw failure(difference, other) }
        }
        _ = try play(3, nil, isInterrupted: true)
        _ = try play(4, nil, isInterrupted: true)
        try resume(first)
    }

    private mutating func play(
        _ turn: Int, _ pace: Outside.Pace?, isInterrupted: Bool
    ) throws(Failure) -> SimulatedRun {
        var run = SimulatedRun(
            flow, expected, Outside(seed: mixed(UInt64(turn)), pace: pace, isInterrupted: isInterrupted))
        var rebuilds = 0
        let wholeJournalEventsMax = wholeJournalEventsMax
        if !isInterrupted {
            run.afterStep = { run throws(Discrepancy) in
                guard
                    run.events.count <= wholeJournalEventsMax
                        || run.outside.happens(oneIn: run.events.count / 8)
                else { return }
                rebuilds += 1
                try JournalVerifier.verify(run)
            }
        }
        do throws(Discrepancy) {
            try run.play()
        } catch {
            throw failure(error, run)
        }
        figures.runs += 1
        figures.events += run.events.count
        figures.executions += run.verifier.accounts.joined().count
        figures.rebuilds += rebuilds
        return run
    }

    /// Takes a run up from random places of its journal: within a step, or where one ends.
    private mutating func resume(_ run: SimulatedRun) throws(Failure) {
        var outside = Outside(seed: mixed(5))
        for _ in 0..<3 where run.events.count > 1 {
            let count = Int.random(in: 1..<run.events.count, using: &outside.random)
            do throws(Discrepancy) {
                try JournalVerifier.resume(run, expected, after: count, outside)
            } catch {
                throw failure(Discrepancy("taken up after \(count) events: \(error)"), run)
            }
            figures.resumed += 1
        }
    }

    private func mixed(_ part: UInt64) -> UInt64 {
        var mixer = Mixer(seed)
        mixer.add(part)
        mixer.add("outside")
        return mixer.number
    }

    private func failure(_ discrepancy: Discrepancy, _ run: SimulatedRun) -> Failure {
        Failure(
            discrepancy: discrepancy, flow: flow, outside: run.outside, events: run.events)
    }

    /// What of executions, their inputs, outputs and errors, or of the end is not the same.
    private static func difference(_ one: SimulatedRun, _ other: SimulatedRun) -> Discrepancy? {
        for (node, accounts) in zip(one.flow.nodes, zip(one.verifier.accounts, other.verifier.accounts)) {
            guard accounts.0.count == accounts.1.count else {
                return Discrepancy(
                    "in another order \(node.name) runs \(accounts.1.count) times, not \(accounts.0.count)")
            }
            for (times, (mine, yours)) in zip(accounts.0, accounts.1).enumerated()
            where mine.input != yours.input || mine.output != yours.output || mine.errors != yours.errors {
                return Discrepancy(
                    "in another order \(node.name)#\(times) gives \(show(yours.output)) \(yours.errors), not "
                        + "\(show(mine.output)) \(mine.errors)")
            }
        }
        guard one.verifier.result?.output == other.verifier.result?.output,
            one.verifier.result?.status == other.verifier.result?.status
        else { return Discrepancy("another order of ends gives another output") }
        return nil
    }
}
