// Decimal numbers: a 96-bit integer with a scale, as the `D` kind holds them.

/// A decimal number `±mantissa × 10^-scale` with a mantissa below 2^96 and a scale of 0 to 28
/// (spec values.md 1, 2.4). The scale is kept: 1.0 and 1.00 print differently although they are equal.
public struct Decimal96: Sendable {
    /// The digits without sign and point; below 2^96.
    public let mantissa: UInt128
    /// How many of the digits stand behind the point; 0 to 28.
    public let scale: Int
    /// False for zero.
    public let isNegative: Bool

    /// Nil if the mantissa or the scale is out of range. A negative zero becomes zero.
    public init?(mantissa: UInt128, scale: Int = 0, isNegative: Bool = false) {
        guard mantissa >> 96 == 0, (0...28).contains(scale) else { return nil }
        self.mantissa = mantissa
        self.scale = scale
        self.isNegative = isNegative && mantissa != 0
    }
}
