import Engine
import Primitives
import TestKit
import Testing
import Values

/// The simulation cuts journals everywhere; here are the places where that once went wrong.
@Suite struct `A machine from a journal that was cut off` {
    /// A node that gives `there` and fails to give `missing`.
    private func graph() throws -> FlowGraph {
        var sketch = GraphSketch()
        sketch.node("m", outputs: [OutputPort("there"), OutputPort("missing")]) { _ in
            .done(.outputs(["there": .u64(1)]))
        }
        sketch.join("after", [InputPort("a")])
        sketch.connect("m.there -> after.a")
        return try sketch.graph()
    }

    private func rebuilt(_ graph: FlowGraph, _ events: ArraySlice<RunEvent>) throws(RebuildError)
        -> RebuiltMachine
    {
        try RunMachine.rebuilt(
            graph: graph, inputs: ValueMap(), from: Array(events), at: Timestamp(nanoseconds: 1_000_000))
    }

    @Test(arguments: [0, 1])
    func `before the run began lets it begin`(lineCount: Int) throws {
        var driver = MachineDriver(try graph())
        driver.apply([.flowLogged(RunLogLine(level: .warn, content: "careful"))])
        let begun = try rebuilt(driver.graph, driver.events.prefix(lineCount))
        #expect(begun.open.isEmpty && begun.step.orders.count == 1)
        #expect(begun.step.events.map(\.sequence) == [UInt64(lineCount + 1), UInt64(lineCount + 2)])
        guard case .flowStarted? = begun.step.events.first?.content else {
            Issue.record("the first event is that of the beginning")
            return
        }
    }

    @Test func `between a complaint and the outputs that are there is refused`() throws {
        var driver = MachineDriver(try graph())
        driver.runToTheEnd()
        let complaint = try #require(driver.lines.firstIndex { $0.hasPrefix("error") })
        let thrown = #expect(throws: RebuildError.self) {
            try rebuilt(driver.graph, driver.events[...complaint])
        }
        #expect(thrown?.description.hasSuffix("is not stored whole") == true)
        let whole = try rebuilt(driver.graph, driver.events[...(complaint + 1)])
        #expect(whole.step.orders.count == 1, "the node behind it starts")
    }

    @Test func `starts nothing that it lacks if the run was paused meanwhile`() throws {
        var driver = MachineDriver(try graph())
        driver.runToTheEnd()
        let paused = RunControl(.pause, of: RunID(UniqueID(high: 1, low: 1)))
        func rebuilt(_ count: Int) throws -> RebuiltMachine {
            try RunMachine.rebuilt(
                graph: driver.graph, inputs: ValueMap(), from: Array(driver.events.prefix(count)),
                controls: [paused], at: Timestamp(nanoseconds: 1_000_000))
        }
        func isPaused(_ event: RunEvent?) -> Bool { event?.content.kind == .flowPaused }
        // Not begun; begun, with nothing started; the first node has ended, and the next one has not started.
        let end = try #require(driver.lines.firstIndex { $0.hasPrefix("finish") }) + 1
        for (count, events) in [(0, 2), (1, 1), (end, 1)] {
            let machine = try rebuilt(count)
            #expect(machine.step.orders.isEmpty && machine.open.isEmpty, "after \(count) events")
            #expect(machine.step.events.count == events && isPaused(machine.step.events.last))
        }
        // What has started goes on.
        let working = try rebuilt(2)
        #expect(working.open.count == 1 && working.step.orders.isEmpty)
        #expect(working.step.events.map(\.sequence) == [3] && isPaused(working.step.events.last))
    }

    @Test func `between the two events of its end says the second`() throws {
        var driver = MachineDriver(try graph())
        driver.runToTheEnd()
        let end = try rebuilt(driver.graph, driver.events.dropLast())
        #expect(end.machine.hasEnded)
        #expect(end.step.events.map(\.sequence) == [UInt64(driver.events.count)])
        #expect(end.step.events.first?.isEnd == true)
    }
}
