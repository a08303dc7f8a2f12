import Documents
import Engine
import Nodes
import Primitives
import TestKit
import Testing
import Values

/// The examples of the specification, run to the end: event for event, in the order that it gives.
@Suite struct `The worked examples` {
    private static let names: [String] = (try? WorkedExample.allNames()) ?? []
    private static let compiler = FlowDocumentCompiler(
        registry: NodeRegistry(NodeLibrary.kinds(.unavailable) + [TestInstructionNode.kind]),
        digest: { _ in [] })

    @Test(arguments: names)
    func `give the events of the specification in its order`(name: String) throws {
        let example = try WorkedExample.named(name)
        guard example.refusal == nil else { return }
        var driver = try Self.driver(of: example)
        driver.finishRounds()
        for line in example.lines {
            switch line {
            case .event, .nested, .transaction, .stop: continue
            case .answer(let value):
                let answer = try WorkedExample.map(#"{"value":\#(value)}"#)
                driver.answerInput(.outputs(answer))
            case .cancel: driver.answerInput(.failed("canceled by user"))
            }
            driver.finishRounds()
        }
        #expect(driver.events.compactMap(example.event) == example.events)
        #expect(driver.nested.flatMap(\.self).compactMap(example.event) == example.nestedEvents)
        #expect(driver.transactions == example.transactions)
    }

    /// A driver whose run has begun; of examples with a stop its first round has not been done.
    private static func driver(of example: WorkedExample) throws -> MachineDriver {
        let flow = try compiler.compile(example.document)
        var graph = flow.graph
        var errors: [String] = []
        var settings = RunSettings()
        settings.bundles = flow.bundling != "Off"
        settings.collectsActs = example.settings.contains("collect")
        if let only = example.settings.first(where: { $0.hasPrefix("only ") }) {
            let selection = try graph.selecting(
                PartialConfig(
                    onlyNodes: only.split(separator: " ").dropFirst().map(example.node), runs: [:],
                    defaultRun: nil),
                stored: stored(in: example))
            (graph, errors) = (selection.graph, selection.missing)
        }
        var driver = MachineDriver(graph, inputs: example.inputs, settings: settings)
        if let nested = example.nested {
            let child = try compiler.compile(nested)
            for flow in graph.nestedFlows { driver.flows[flow] = child.graph }
        }
        for setting in example.settings where setting.hasPrefix("failure ") {
            let words = setting.split(separator: " ", maxSplits: 2)
            driver.failures.append(ActFailure(String(words[2]), act: Int(words[1])))
        }
        driver.apply(errors.map { .flowFailed(error: $0) } + [.started])
        for case .stop(let milliseconds, let reason) in example.lines {
            driver.apply([.stopRequested(reason: reason, isGraceful: milliseconds > 0)])
        }
        return driver
    }

    private static func stored(in example: WorkedExample) throws -> [NodeID: [ValueMap]] {
        var stored: [NodeID: [ValueMap]] = [:]
        for setting in example.settings where setting.hasPrefix("stored ") {
            let words = setting.split(separator: " ", maxSplits: 2)
            stored[try example.node(words[1]), default: []].append(try WorkedExample.map(String(words[2])))
        }
        return stored
    }
}
