// Random values of every kind for property tests.

import Values

extension Value {
    /// A value of any kind, arrays and maps at most `depth` deep.
    public static func random(depth: Int, using generator: inout SeededGenerator) -> Value {
        switch Int.random(in: 0..<(depth > 0 ? 14 : 12), using: &generator) {
        case 0: .null
        case 1: .string(randomText(using: &generator))
        case 2: .bool(Bool.random(using: &generator))
        case 3: .u64(generator.next() >> UInt64.random(in: 0..<64, using: &generator))
        case 4: .i64(Int64(bitPattern: generator.next()) >> Int64.random(in: 0..<64, using: &generator))
        case 5: .f64(Double(bitPattern: generator.next()))
        case 6: .decimal(randomDecimal(using: &generator))
        case 7: .i128(Int128(truncatingIfNeeded: wide(using: &generator)))
        case 8: .u128(wide(using: &generator))
        case 9: Bytes32(bytes(32, using: &generator)).map { .b32($0) } ?? .null
        case 10: Bytes64(bytes(64, using: &generator)).map { .b64($0) } ?? .null
        case 11: .bytes(bytes(Int.random(in: 0..<80, using: &generator), using: &generator))
        case 12:
            .array(
                (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
                    random(depth: depth - 1, using: &generator)
                })
        default:
            .map(
                ValueMap(
                    (0..<Int.random(in: 0..<24, using: &generator)).map { _ in
                        (randomText(using: &generator), random(depth: depth - 2, using: &generator))
                    }))
        }
    }

    /// True if a NaN is somewhere inside, which is not equal to itself.
    public var holdsNaN: Bool {
        switch self {
        case .f64(let number): number.isNaN
        case .array(let elements): elements.contains { $0.holdsNaN }
        case .map(let map): map.entries.contains { $0.value.holdsNaN }
        default: false
        }
    }

    /// A decimal of any scale and size.
    public static func randomDecimal(using generator: inout SeededGenerator) -> Decimal96 {
        Decimal96(
            mantissa: wide(using: &generator) >> UInt128.random(in: 32..<128, using: &generator),
            scale: Int.random(in: 0...28, using: &generator), isNegative: Bool.random(using: &generator))
            ?? .zero
    }

    private static func randomText(using generator: inout SeededGenerator) -> String {
        let characters = Array("abcXYZ019 \"\\\n\t\u{0}\u{7f}éß\u{301}漢😀/~._")
        return String(
            (0..<Int.random(in: 0..<12, using: &generator)).compactMap { _ in
                characters.randomElement(using: &generator)
            })
    }

    private static func wide(using generator: inout SeededGenerator) -> UInt128 {
        UInt128(generator.next()) << 64 | UInt128(generator.next())
    }

    private static func bytes(_ count: Int, using generator: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
