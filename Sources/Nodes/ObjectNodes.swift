// Nodes for objects (spec nodes 2.4).

internal import Engine
internal import Values

/// The kinds that look into objects and make new ones.
enum ObjectNodes {
    static let kinds: [NodeKind] = [merge, keys, get]

    private static let object = InputPort("object", types: ["object"])

    private static let merge = NodeKind.computing(
        "object", "object_merge", summary: "Puts the fields of two objects into one; the second one wins.",
        inputs: [
            InputPort("first", types: ["object"]), InputPort("second", types: ["object"]),
            InputPort(
                "deep", types: ["bool"], required: false, default: .bool(false),
                tooltip: "Merges objects that both have under one name, too."),
        ],
        outputs: [OutputPort("result", type: "object")]
    ) { call in
        let first = try call.inputs.required("first", as: ValueMap.self)
        let second = try call.inputs.required("second", as: ValueMap.self)
        return ["result": .map(first.merged(with: second, isDeep: try call.inputs.optional("deep") ?? false))]
    }

    private static let keys = NodeKind.computing(
        "object", "object_keys", summary: "Gives the names and the values of an object's fields, in order.",
        inputs: [object],
        outputs: [OutputPort("keys", type: "array"), OutputPort("values", type: "array")]
    ) { call in
        let object = try call.inputs.required("object", as: ValueMap.self)
        return [
            "keys": .array(object.keys.map { .string($0) }),
            "values": .array(object.entries.map(\.value)),
        ]
    }

    private static let get = NodeKind.computing(
        "object", "object_get", summary: "Gives the value of a field of an object.",
        inputs: [
            object, InputPort("key", types: ["string"]),
            InputPort("default", required: false, tooltip: "Given where there is no such field."),
        ],
        outputs: [OutputPort("value"), OutputPort("found", type: "bool")], makesValues: false
    ) { call in
        let object = try call.inputs.required("object", as: ValueMap.self)
        let found = object[try call.inputs.required("key", as: String.self)]
        return ["value": found ?? call.inputs["default"] ?? .null, "found": .bool(found != nil)]
    }
}

extension ValueMap {
    /// The result is no deeper than the deeper of the two, so the depth needs no check.
    fileprivate func merged(with other: ValueMap, isDeep: Bool) -> ValueMap {
        var result = self
        for (key, value) in other.entries {
            if isDeep, case .map(let left) = result[key], case .map(let right) = value {
                result[key] = .map(left.merged(with: right, isDeep: true))
            } else {
                result[key] = value
            }
        }
        return result
    }
}
