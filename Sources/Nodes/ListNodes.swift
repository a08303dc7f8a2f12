// Nodes for arrays (spec nodes 2.4).

internal import Engine
internal import Primitives
internal import Values

/// The kinds that look into arrays and make new ones.
enum ListNodes {
    static let kinds: [NodeKind] = [
        toVec, length, get, push, pop, concatenation, slice, sort, unique,
    ]

    private static let array = InputPort("array", types: ["array"])
    private static let result = OutputPort("result", type: "array")

    /// The input names of both forms in the reference, which disagree (spec nodes 6.11).
    private static let elementNames = ["first", "second"] + (0..<8).map { "v\($0)" }

    /// Null is an element; only inputs without a value are left out.
    private static let toVec = NodeKind.computing(
        name: "@spo/std.to_vec.0.1", aliases: ["to_vec"], summary: "Makes an array of all connected inputs.",
        inputs: elementNames.map { InputPort($0, required: false) }, outputs: [result]
    ) { call in
        ["result": .array(elementNames.compactMap { call.inputs[$0] })]
    }

    private static let length = NodeKind.computing(
        "array", "array_length", summary: "Counts the elements of an array.", inputs: [array],
        outputs: [OutputPort("length", type: "u64")]
    ) { call in
        ["length": .u64(UInt64(try call.array().count))]
    }

    private static let get = NodeKind.computing(
        "array", "array_get", summary: "Gives the element at a position of an array.",
        inputs: [
            array, InputPort("index", types: ["i64"], tooltip: "From 0; -1 is the last element."),
            InputPort("default", required: false, tooltip: "Given where there is no such element."),
        ],
        outputs: [OutputPort("value"), OutputPort("found", type: "bool")], makesValues: false
    ) { call in
        let array = try call.array()
        let index = try call.inputs.required("index", as: Int64.self)
        guard let position = array.position(of: index) else {
            return ["value": call.inputs["default"] ?? .null, "found": .bool(false)]
        }
        return ["value": array[position], "found": .bool(true)]
    }

    private static let push = NodeKind.computing(
        "array", "array_push", summary: "Adds an element to the end of an array.",
        inputs: [array, InputPort("value")], outputs: [result]
    ) { call in
        var array = try call.array()
        let value = try call.inputs.required("value", as: Value.self)
        try BoundedList.require(count: array.count + 1)
        array.append(value)
        return ["result": .array(array)]
    }

    private static let pop = NodeKind.computing(
        "array", "array_pop", summary: "Takes the last element off an array.", inputs: [array],
        outputs: [result, OutputPort("value"), OutputPort("found", type: "bool")], makesValues: false
    ) { call in
        var array = try call.array()
        let last = array.popLast()
        return ["result": .array(array), "value": last ?? .null, "found": .bool(last != nil)]
    }

    private static let concatenation = NodeKind.computing(
        "array", "array_concat", summary: "Puts the elements of two arrays into one.",
        inputs: [InputPort("first", types: ["array"]), InputPort("second", types: ["array"])],
        outputs: [result]
    ) { call in
        let first = try call.inputs.required("first", as: [Value].self)
        let second = try call.inputs.required("second", as: [Value].self)
        try BoundedList.require(count: first.count + second.count)
        return ["result": .array(first + second)]
    }

    private static let slice = NodeKind.computing(
        "array", "array_slice", summary: "Gives the elements from one position up to another.",
        inputs: [
            array,
            InputPort(
                "start", types: ["i64"], required: false, default: .u64(0),
                tooltip: "The first position; negative ones count from the end."),
            InputPort(
                "end", types: ["i64"], required: false,
                tooltip: "The position behind the last; negative ones count from the end."),
        ],
        outputs: [result], makesValues: false
    ) { call in
        let array = try call.array()
        let start = array.boundary(try call.inputs.optional("start") ?? 0)
        let end = array.boundary(try call.inputs.optional("end") ?? Int64(array.count))
        return ["result": .array(start < end ? Array(array[start..<end]) : [])]
    }

    private static let sort = NodeKind.computing(
        "array", "array_sort",
        summary: "Sorts an array by number or by text, or by a field of its elements.",
        inputs: [
            array,
            InputPort(
                "field", types: ["string"], required: false,
                tooltip: "A path with points into each element, for example address.city."),
            InputPort("descending", types: ["bool"], required: false, default: .bool(false)),
        ],
        outputs: [result], makesValues: false
    ) { call in
        let order = ValueOrder(
            path: ValuePath(dotted: try call.inputs.optional("field") ?? ""),
            isDescending: try call.inputs.optional("descending") ?? false)
        return ["result": .array(try order.sorted(call.array(), call.checkCancellation))]
    }

    private static let unique = NodeKind.computing(
        "array", "array_unique", summary: "Drops every element that stood before in an array.",
        inputs: [array], outputs: [result], makesValues: false
    ) { call in
        var seen: Set<Likeness> = []
        var result: [Value] = []
        for (index, element) in try call.array().enumerated() {
            if index % 256 == 0 { try call.checkCancellation() }
            try element.requireComparable()
            // A value that is not like itself, such as NaN, is like no other. It does not go into the set, which would
            // compare it with all others of its kind.
            if !element.isAlike(element) || seen.insert(Likeness(value: element)).inserted {
                result.append(element)
            }
        }
        return ["result": .array(result)]
    }
}

extension NodeCall {
    fileprivate func array() throws(ValueReadingError) -> [Value] { try inputs.required("array") }
}

extension [Value] {
    /// The position that an index means, negative ones from the end; nil if there is no element.
    fileprivate func position(of index: Int64) -> Int? {
        let position = index < 0 ? Int64(count) + index : index
        return position >= 0 && position < Int64(count) ? Int(position) : nil
    }

    /// The nearest place between elements that an index means, negative ones from the end.
    fileprivate func boundary(_ index: Int64) -> Int {
        Int(Swift.min(Swift.max(index < 0 ? Int64(count) + index : index, 0), Int64(count)))
    }
}
