import Documents
import Engine
import Nodes
import TestKit
import Testing

/// The examples of the specification, run to the end: event for event, in the order that it gives.
@Suite struct `The worked examples` {
    private static let names: [String] = (try? WorkedExample.allNames()) ?? []

    @Test(arguments: names)
    func `give the events of the specification in its order`(name: String) throws {
        let example = try WorkedExample.named(name)
        guard example.refusal == nil else { return }
        let compiler = FlowDocumentCompiler(registry: NodeLibrary.registry(), digest: { _ in [] })
        var driver = MachineDriver(
            try compiler.compile(example.document).graph, inputs: example.inputs)
        driver.apply([.started])
        for line in example.lines {
            if case .stop(let milliseconds, let reason) = line {
                driver.apply([.stopRequested(reason: reason, isGraceful: milliseconds > 0)])
            }
        }
        while !driver.waiting.isEmpty { driver.finishRound() }
        #expect(driver.events.compactMap(example.event) == example.events)
    }
}
