// Flows and events as text, for whoever looks into a seed.

import Engine
import TestKit
import Values

func show(_ map: ValueMap) -> String { GraphSketch.text(.map(map)) }

enum Transcript {
    static func lines(_ flow: SimulatedFlow, indent: String = "") -> [String] {
        var lines: [String] = []
        for node in flow.nodes {
            let inputs = node.inputs.map {
                $0.name + ($0.isRequired ? "" : "?") + ($0.isPassthrough ? ">" : "")
            }
            let outputs = node.outputs.map { $0.name + ($0.isOptional ? "?" : "") }
            let defaults = node.defaults.isEmpty ? "" : " defaults \(show(node.defaults))"
            lines.append(
                "\(node.name): \(node.kind) (\(inputs.joined(separator: ", "))) "
                    + "-> (\(outputs.joined(separator: ", ")))\(defaults)")
        }
        for edge in flow.edges {
            lines.append(
                "\(flow.nodes[edge.source].name).\(edge.output) -> \(flow.nodes[edge.target].name).\(edge.input)"
            )
        }
        lines.append(
            "start \(show(flow.inputs)) bundles \(flow.settings.bundles) "
                + "collects \(flow.settings.collectsActs)")
        for (index, nested) in flow.nested.enumerated() {
            lines.append("nested flow \(index):")
            lines += Transcript.lines(nested, indent: "    ")
        }
        return lines.map { indent + $0 }
    }

    static func line(_ event: RunEvent, in flow: SimulatedFlow) -> String {
        func name(_ execution: NodeExecution) -> String {
            let node = flow.graph.nodes.first { $0.id == execution.node }
            return "\(node?.kindName ?? "?")#\(execution.times)"
        }
        let text =
            switch event.content.effect {
            case .nothing: "\(event.content.kind)"
            case .line(let line): "log: \(line.content)"
            case .runIs(let status): "is \(status)"
            case .runFailed(let error): "error: \(error)"
            case .runEnded(let notRun, let output, let status):
                "ends \(status), \(notRun.count) not run, \(show(output))"
            case .executionStarted(_, let input): "starts \(show(input))"
            case .executionGave(_, let output): "gives \(show(output))"
            case .executionFailed(_, let error): "error: \(error)"
            case .executionEnded: "ends"
            }
        return "\(event.sequence) \(event.content.subject.map(name) ?? "flow") \(text)"
    }
}
