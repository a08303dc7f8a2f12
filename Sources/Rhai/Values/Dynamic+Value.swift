// Values of ports as values of a script, and back (spec nodes.md 2.13 and 6, row 46).

internal import Primitives
internal import Values

extension Dynamic {
    /// A value of a port. Unsigned numbers are whole numbers where they fit, else decimals; keys and hashes are Base58
    /// texts. Throws for a secret and for a value that is nested too deep.
    init(_ value: Value, depth: Int = 0) throws(Fault) {
        switch value {
        case .null: self = .unit
        case .string(let text): self = .string(text)
        case .bool(let value): self = .bool(value)
        case .u64(let number):
            self = Int64(exactly: number).map { .int($0) } ?? .decimal(Decimal96(number))
        case .i64(let number): self = .int(number)
        case .f64(let number): self = .float(number)
        case .decimal(let number): self = .decimal(number)
        case .i128, .u128: self = .opaque(OpaqueBox(value))
        case .b32(let key): self = .string(Base58.encode(key.bytes))
        case .b64(let key): self = .string(Base58.encode(key.bytes))
        case .bytes(let bytes): self = .blob(bytes)
        case .array(let elements):
            try Dynamic.checkDepth(depth)
            var converted: [Dynamic] = []
            converted.reserveCapacity(elements.count)
            for element in elements { converted.append(try Dynamic(element, depth: depth + 1)) }
            self = .array(converted)
        case .map(let map):
            try Dynamic.checkDepth(depth)
            var entries: [MapBox.Entry] = []
            entries.reserveCapacity(map.count)
            for entry in map.entries {
                entries.append((entry.key, try Dynamic(entry.value, depth: depth + 1)))
            }
            self = .map(MapBox(entries))
        case .secret: throw Fault(.system, "a script cannot read a secret")
        }
    }

    private static func checkDepth(_ depth: Int) throws(Fault) {
        guard depth < Limits.scriptValueDepthMax else {
            throw Fault(.system, "an input is nested more than \(Limits.scriptValueDepthMax) deep")
        }
    }

    /// The value for a port; nil for `()`. A `()` inside is null. Throws for a value that has no form outside.
    func output() throws(Fault) -> Value? {
        switch self {
        case .missing, .unit: return nil
        case .bool(let value): return .bool(value)
        case .int(let number): return .i64(number)
        case .float(let number): return .f64(number)
        case .decimal(let number): return .decimal(number)
        case .string(let text): return .string(text)
        case .blob(let box):
            // 32 and 64 bytes turn themselves into keys (spec nodes.md 0.1).
            if let key = Bytes32(box.bytes) { return .b32(key) }
            if let key = Bytes64(box.bytes) { return .b64(key) }
            return .bytes(box.bytes)
        case .array(let box):
            var values: [Value] = []
            values.reserveCapacity(box.count)
            for element in box.elements { values.append(try element.output() ?? .null) }
            return .array(values)
        case .map(let box):
            var map = ValueMap()
            for entry in box.entries { map[entry.key] = try entry.value.output() ?? .null }
            return .map(map)
        case .opaque(let box): return box.value
        case .cell(let cell): return try cell.value.output()
        case .char, .range, .series, .function:
            throw Fault(
                .outputTypeMismatch, "unknown type: a value of type '\(typeName)' cannot be an output")
        }
    }
}
