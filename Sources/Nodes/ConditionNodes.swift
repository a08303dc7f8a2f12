// Nodes that decide where a value goes on: gate, branch, filter (spec flow-engine 13.4, nodes 2.2).

internal import Engine
internal import Primitives
internal import Values

/// The kinds that sort values by a condition.
enum ConditionNodes {
    static let kinds: [NodeKind] = [gate, branch, filter]

    /// Exactly one of the two is given; the other side of the flow gets "absent".
    private static let arms = [OutputPort("output", optional: true), OutputPort("rejected", optional: true)]

    private static let conditionInputs = [
        InputPort(
            "operator", types: ["string"],
            tooltip:
                "eq, ne, gt, gte, lt, lte, contains, starts_with, ends_with, is_empty, is_null, is_true …"),
        InputPort(
            "field", types: ["string"], required: false,
            tooltip: "A path with points into the value, for example address.city."),
        InputPort(
            "compare_to", required: false, tooltip: "Numbers are compared by value, whatever their type."),
    ]

    private static let gate = NodeKind.computing(
        name: "@spo/command.gate.0.1", aliases: ["gate"],
        summary: "Lets a value through or turns it away, as a boolean says.",
        inputs: [InputPort("condition", types: ["bool"]), InputPort("value")], outputs: arms,
        makesValues: false
    ) { call in
        let isOpen = try call.inputs.required("condition", as: Bool.self)
        let value = try call.inputs.required("value", as: Value.self)
        return [isOpen ? "output" : "rejected": value]
    }

    private static let branch = NodeKind.computing(
        name: "@spo/command.branch.0.1", aliases: ["branch"],
        summary: "Sends a value one of two ways, as a condition on it says.",
        inputs: [InputPort("value")] + conditionInputs, outputs: arms, makesValues: false
    ) { call in
        let value = try call.inputs.required("value", as: Value.self)
        let condition = try Condition(call.inputs)
        return [try condition.holds(for: value) ? "output" : "rejected": value]
    }

    /// Both arrays are always given.
    private static let filter = NodeKind.computing(
        name: "@spo/command.filter.0.1", aliases: ["filter"],
        summary: "Sorts the elements of an array into two, as a condition on each says.",
        inputs: [InputPort("array")] + conditionInputs,
        outputs: [
            OutputPort("filtered", type: "array"), OutputPort("rejected", type: "array", optional: true),
        ], makesValues: false
    ) { call in
        let input = try call.inputs.required("array", as: Value.self)
        let condition = try Condition(call.inputs)
        var filtered: [Value] = []
        var rejected: [Value] = []
        for (index, element) in try input.elements.enumerated() {
            if index % 4_096 == 0 { try call.checkCancellation() }
            if try condition.holds(for: element) {
                filtered.append(element)
            } else {
                rejected.append(element)
            }
        }
        return ["filtered": .array(filtered), "rejected": .array(rejected)]
    }
}

extension Value {
    /// The elements of an array; anything else counts as an array of one element.
    var elements: [Value] {
        get throws(NodeFailure) {
            if case .array(let elements) = self { return elements }
            guard !isDeeper(than: Limits.valueDepthMax - 1) else { throw .tooDeep }
            return [self]
        }
    }
}
