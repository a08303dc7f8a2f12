// Decimal numbers: a 96-bit integer with a scale, as the `D` kind holds them.

/// A decimal number `±mantissa × 10^-scale` with a mantissa below 2^96 and a scale of 0 to 28
/// (spec values.md 1, 2.4). The scale is kept: 1.0 and 1.00 print differently although they are equal.
public struct Decimal96: Sendable {
    /// The greatest scale.
    public static let scaleMax = 28
    /// 0 with scale 0.
    public static let zero = Decimal96(unchecked: 0, scale: 0, isNegative: false)

    // Sixteen bytes without gaps, because arrays of values are as large as their largest kind.
    private let low: UInt64
    private let high: UInt32
    private let exponent: Int8
    /// False for zero.
    public let isNegative: Bool

    /// The digits without sign and point; below 2^96.
    public var mantissa: UInt128 { UInt128(high) << 64 | UInt128(low) }
    /// How many of the digits stand behind the point; 0 to 28.
    public var scale: Int { Int(exponent) }

    /// Nil if the mantissa or the scale is out of range. A negative zero becomes zero.
    public init?(mantissa: UInt128, scale: Int = 0, isNegative: Bool = false) {
        guard mantissa >> 96 == 0, (0...Decimal96.scaleMax).contains(scale) else { return nil }
        self.init(unchecked: mantissa, scale: scale, isNegative: isNegative)
    }

    /// The caller knows that mantissa and scale are in range.
    init(unchecked mantissa: UInt128, scale: Int, isNegative: Bool) {
        low = UInt64(truncatingIfNeeded: mantissa)
        high = UInt32(truncatingIfNeeded: mantissa >> 64)
        exponent = Int8(scale)
        self.isNegative = isNegative && mantissa != 0
    }

    /// The same number with scale 0. Exact.
    public init(_ integer: UInt64) {
        self.init(unchecked: UInt128(integer), scale: 0, isNegative: false)
    }

    /// The same number with scale 0. Exact.
    public init(_ integer: Int64) {
        self.init(unchecked: UInt128(integer.magnitude), scale: 0, isNegative: integer < 0)
    }

    /// True for zero of any scale.
    public var isZero: Bool { mantissa == 0 }

    /// The same number without zeros at the end of its fraction.
    public var normalized: Decimal96 {
        var mantissa = mantissa
        var scale = scale
        while scale > 0 {
            let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { break }
            mantissa = quotient
            scale -= 1
        }
        return Decimal96(unchecked: mantissa, scale: scale, isNegative: isNegative)
    }

    /// The same number with the other sign.
    public var negated: Decimal96 {
        Decimal96(unchecked: mantissa, scale: scale, isNegative: !isNegative)
    }

    /// The same number without its sign.
    public var magnitude: Decimal96 {
        Decimal96(unchecked: mantissa, scale: scale, isNegative: false)
    }

    /// The number as a whole one; nil if it has a fraction other than zero or is out of the type's range.
    public func exactly<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
        let whole = normalized
        guard whole.scale == 0 else { return nil }
        // A mantissa has 96 bits, so the signed form always fits 128.
        return Integer(exactly: whole.isNegative ? -Int128(whole.mantissa) : Int128(whole.mantissa))
    }
}

extension Decimal96: Hashable, Comparable {
    /// Numeric: 1.0 equals 1.00 (spec values.md 13.1).
    public static func == (left: Decimal96, right: Decimal96) -> Bool {
        if left.scale == right.scale {
            return left.mantissa == right.mantissa && left.isNegative == right.isNegative
        }
        let (left, right) = (left.normalized, right.normalized)
        return left.scale == right.scale && left.mantissa == right.mantissa
            && left.isNegative == right.isNegative
    }

    public func hash(into hasher: inout Hasher) {
        let normalized = normalized
        hasher.combine(normalized.mantissa)
        hasher.combine(normalized.scale)
        hasher.combine(normalized.isNegative)
    }

    public static func < (left: Decimal96, right: Decimal96) -> Bool {
        guard left.isNegative == right.isNegative else { return left.isNegative }
        let scale = max(left.scale, right.scale)
        let (a, b) = (left.wide(scale: scale), right.wide(scale: scale))
        return left.isNegative ? b < a : a < b
    }

    /// The mantissa that the number would have with a greater scale, at most 28.
    func wide(scale: Int) -> WideInteger {
        WideInteger(mantissa, times: PowersOfTen[scale - self.scale])
    }
}
