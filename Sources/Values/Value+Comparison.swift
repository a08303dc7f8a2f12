// Exact comparison of numbers of different kinds (spec values.md 13.2).

/// Why two values have no order.
public enum ValueComparisonError: Error, Sendable, CustomStringConvertible {
    /// The left value is not a number.
    case leftNotNumeric(Value)
    /// The right value is not a number.
    case rightNotNumeric(Value)
    /// One of them is infinite or no number at all.
    case notFinite(Double)

    public var description: String {
        switch self {
        case .leftNotNumeric(let value): "cannot compare non-numeric value: \(value.debugDescription)"
        case .rightNotNumeric(let value): "cannot compare to non-numeric value: \(value.debugDescription)"
        case .notFinite(let number): "cannot compare non-finite numeric value: \(FloatText.string(number))"
        }
    }
}

extension Value {
    /// Compares two numbers exactly, whatever their kinds: 9007199254740993 is greater than 9007199254740992.0.
    /// Negative if this one is less, 0 if they are equal, positive if it is greater.
    public func compared(to other: Value) throws(ValueComparisonError) -> Int {
        guard let left = ExactNumber(self) else { throw .leftNotNumeric(self) }
        guard let right = ExactNumber(other) else { throw .rightNotNumeric(other) }
        for case .f64(let number) in [self, other] where !number.isFinite { throw .notFinite(number) }
        return left.compared(to: right)
    }
}

/// `±mantissa × 2^exponent × 10^-scale`: holds every finite number of every kind exactly.
private struct ExactNumber {
    var isNegative = false
    var mantissa: UInt128
    var exponent = 0
    var scale = 0

    /// Nil if the value is not a number. A number that is not finite becomes zero.
    init?(_ value: Value) {
        switch value {
        case .u64(let number):
            mantissa = UInt128(number)
        case .u128(let number):
            mantissa = number
        case .i64(let number):
            mantissa = UInt128(number.magnitude)
            isNegative = number < 0
        case .i128(let number):
            mantissa = number.magnitude
            isNegative = number < 0
        case .decimal(let number):
            mantissa = number.mantissa
            isNegative = number.isNegative
            scale = number.scale
        case .f64(let number):
            guard number.isFinite, number != 0 else {
                mantissa = 0
                return
            }
            // The significand as a whole number of 53 bits.
            mantissa = UInt128(number.significand.magnitude * 0x1p52)
            exponent = Int(number.exponent) - 52
            isNegative = number < 0
        default:
            return nil
        }
    }

    func compared(to other: ExactNumber) -> Int {
        let signs = (
            mantissa == 0 ? 0 : isNegative ? -1 : 1, other.mantissa == 0 ? 0 : other.isNegative ? -1 : 1
        )
        guard signs.0 == signs.1, signs.0 != 0 else { return signs.0 - signs.1 }
        return comparedMagnitude(to: other) * signs.0
    }

    /// Neither is zero. Each side is multiplied by the other side's divisor, so that both are whole. A shift that would
    /// go beyond 256 bits decides the comparison.
    private func comparedMagnitude(to other: ExactNumber) -> Int {
        var left = WideInteger(mantissa, times: PowersOfTen[other.scale])
        var right = WideInteger(other.mantissa, times: PowersOfTen[scale])
        let shift = exponent - other.exponent
        if shift >= 0 {
            guard left.bitWidth + shift <= 256 else { return 1 }
            left = left << shift
        } else {
            guard right.bitWidth - shift <= 256 else { return -1 }
            right = right << -shift
        }
        return left < right ? -1 : right < left ? 1 : 0
    }
}
