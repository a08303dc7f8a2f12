// Nodes around loops: foreach, collect, range, wait (spec flow-engine 5, 13.5, nodes 2.3). Spreading elements
// over executions and gathering them again is the engine's work.

internal import Engine
internal import Primitives
internal import Values

/// The kinds that begin, end, feed or slow down loops.
enum LoopNodes {
    static let kinds: [NodeKind] = [foreach, collect, range, wait]

    /// Shows the whole arrays; the engine sends them on element by element.
    private static let foreach = NodeKind.computing(
        name: "foreach", aliases: [], summary: "Runs what follows once for each element of an array.",
        inputs: [InputPort("array", types: ["json"])],
        outputs: [OutputPort("element"), OutputPort("index", type: "u64")], role: .foreach,
        makesValues: false
    ) { call in
        let elements = try call.inputs.required("array", as: Value.self).elements
        return [
            "element": .array(elements), "index": .array(elements.indices.map { .u64(UInt64($0)) }),
        ]
    }

    /// Gets everything that its source delivered as one array, nothing at all if it has no source.
    private static let collect = NodeKind.computing(
        name: "collect", aliases: [], summary: "Gathers what a loop gave into one array.",
        inputs: [InputPort("element", required: false)],
        outputs: [OutputPort("array", type: "array")], role: .collect, makesValues: false
    ) { call in
        let array = call.inputs["element"] ?? .array([])
        guard !array.isDeeper(than: Limits.valueDepthMax) else { throw NodeFailure.tooDeep }
        return ["array": array]
    }

    private static let range = NodeKind.computing(
        name: "@spo/std.range.0.1", aliases: ["range"],
        summary: "Counts from a number up or down to before another.",
        inputs: [
            InputPort("start", types: ["number"]), InputPort("end", types: ["number"]),
            InputPort("step_by", types: ["number"], required: false),
        ],
        outputs: [OutputPort("result", type: "array")], makesValues: false
    ) { call in
        let range = try DecimalRange(
            start: call.inputs.required("start"), end: call.inputs.required("end"),
            step: call.inputs.optional("step_by") ?? Decimal96(UInt64(1)))
        return ["result": .array(try range.elements(cancellation: call.cancellation))]
    }

    /// Both inputs come out again when the time has passed, by passthrough.
    private static let wait = NodeKind(
        name: "@spo/std.wait.0.1", aliases: ["wait"],
        summary: "Waits for two values and for some time, then hands both on.",
        inputs: [
            InputPort("value", passthrough: true), InputPort("wait_for", passthrough: true),
            InputPort("duration_ms", types: ["u64"], required: false),
        ],
        outputs: [], conduct: .waiting
    ) { call in
        do {
            return try step(afterWaiting: call.inputs)
        } catch {
            return .done(.failed("\(error)"))
        }
    }

    private static func step(afterWaiting inputs: ValueMap) throws(ValueReadingError) -> NodeStep {
        for name in ["value", "wait_for"] { _ = try inputs.required(name, as: Value.self) }
        let wished = try inputs.optional("duration_ms", as: UInt64.self) ?? 0
        guard wished > 0 else { return .done(.outputs([:])) }
        // A longer time means never in practice, and sums of times must not overflow.
        let milliseconds = Int64(min(wished, UInt64(Limits.waitMillisecondsMax)))
        return .wait(.milliseconds(milliseconds), then: .outputs([:]))
    }
}
