// Nodes with random results: ids and numbers (spec nodes 2.4).

internal import Engine
internal import Primitives
internal import Values

/// The kinds with random results.
enum RandomNodes {
    static func kinds(_ clock: Clock) -> [NodeKind] { [uuid(clock), random] }

    private static func uuid(_ clock: Clock) -> NodeKind {
        .computing(
            "std", "uuid", summary: "Makes a new UUID.",
            inputs: [
                InputPort(
                    "version", types: ["string"], required: false, default: .string("v4"),
                    tooltip: "v4: random; v7: sorts by the time of its making.")
            ],
            outputs: [OutputPort("result", type: "string")], conduct: .reading
        ) { call in
            let version = try call.inputs.optional("version", as: Value.self)?.readName(of: ["v4", "v7"])
            let id = version == "v7" ? UniqueID.timeOrdered(at: clock.now()) : UniqueID.random()
            return ["result": .string(id.text)]
        }
    }

    private static let random = NodeKind.computing(
        "std", "random", summary: "Draws a number.",
        inputs: [
            InputPort(
                "min", types: ["i64"], required: false,
                tooltip: "The smallest whole number; 0 if only max is given."),
            InputPort(
                "max", types: ["i64"], required: false,
                tooltip: "The greatest whole number. Without min and max: a number from 0 to below 1."),
        ],
        outputs: [OutputPort("result", type: "number")], conduct: .reading
    ) { call in
        let least = try call.inputs.optional("min", as: Int64.self)
        let most = try call.inputs.optional("max", as: Int64.self)
        guard let most else {
            guard least == nil else { throw NodeFailure("min without max") }
            return ["result": .f64(Double.random(in: 0..<1))]
        }
        guard most >= least ?? 0 else { throw NodeFailure("max is less than min") }
        let number = Int64.random(in: (least ?? 0)...most)
        return ["result": number < 0 ? .i64(number) : .u64(UInt64(number))]
    }
}
