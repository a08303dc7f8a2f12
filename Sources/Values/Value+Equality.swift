// When two values are equal (spec values.md 13.1).

extension Value: Equatable {
    /// Structural and typed: values of different kinds are never equal. Decimals are equal by number, doubles
    /// as IEEE 754 says (NaN is not even equal to itself), maps without regard to order,
    /// secrets by what they hide.
    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.string(let a), .string(let b)): a.isSameText(as: b)
        case (.bool(let a), .bool(let b)): a == b
        case (.u64(let a), .u64(let b)): a == b
        case (.i64(let a), .i64(let b)): a == b
        case (.f64(let a), .f64(let b)): a == b
        case (.decimal(let a), .decimal(let b)): a == b
        case (.i128(let a), .i128(let b)): a == b
        case (.u128(let a), .u128(let b)): a == b
        case (.b32(let a), .b32(let b)): a == b
        case (.b64(let a), .b64(let b)): a == b
        case (.bytes(let a), .bytes(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.map(let a), .map(let b)): a == b
        case (.secret(let a), .secret(let b)): a.hidden == b.hidden
        default: false
        }
    }
}

extension ValueMap: Equatable {
    /// Equal names with equal values, in any order.
    public static func == (left: ValueMap, right: ValueMap) -> Bool {
        left.count == right.count
            && left.entries.allSatisfy { entry in
                right[entry.key].map { $0 == entry.value } ?? false
            }
    }
}
