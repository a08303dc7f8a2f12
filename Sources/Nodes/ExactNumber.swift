// A number with all of its digits, as the nodes for single numbers need it. Pure value.

internal import Values

/// `±magnitude × 10^-scale`.
struct ExactNumber {
    var magnitude: UInt128
    /// 0 to 28.
    var scale: Int
    var isNegative: Bool
    /// False for decimals, and for what was read as one.
    let isInteger: Bool

    /// Reads integers of every kind exactly, and all else that can be read as a decimal.
    init(_ value: Value) throws {
        scale = 0
        isInteger =
            switch value {
            case .u64, .i64, .u128, .i128: true
            default: false
            }
        switch value {
        case .u64(let number): (magnitude, isNegative) = (UInt128(number), false)
        case .i64(let number): (magnitude, isNegative) = (UInt128(number.magnitude), number < 0)
        case .u128(let number): (magnitude, isNegative) = (number, false)
        case .i128(let number): (magnitude, isNegative) = (number.magnitude, number < 0)
        default:
            let decimal = try Decimal96(reading: value)
            (magnitude, isNegative, scale) = (decimal.mantissa, decimal.isNegative, decimal.scale)
        }
    }

    /// Rounds to so many digits behind the point; with less than none, before it.
    mutating func round(to digits: Int, _ rounding: Rounding) throws(NodeFailure) {
        guard scale > digits else { return }
        magnitude = rounding.dropping(scale - digits, of: magnitude, isNegative: isNegative)
        scale = max(digits, 0)
        guard digits < 0, magnitude > 0 else { return }
        guard let unit = UInt128.powerOfTen(-digits) else { throw ExactNumber.tooLarge }
        let (product, hasOverflown) = magnitude.multipliedReportingOverflow(by: unit)
        guard !hasOverflown else { throw ExactNumber.tooLarge }
        magnitude = product
    }

    /// The number as an integer if it was one, else as a decimal.
    var value: Value {
        get throws(NodeFailure) {
            guard isInteger else {
                guard let decimal = Decimal96(mantissa: magnitude, scale: scale, isNegative: isNegative)
                else {
                    throw ExactNumber.tooLarge
                }
                return .decimal(decimal)
            }
            guard isNegative, magnitude > 0 else {
                return UInt64(exactly: magnitude).map { .u64($0) } ?? .u128(magnitude)
            }
            if magnitude <= UInt128(Int64.max) { return .i64(-Int64(magnitude)) }
            guard magnitude <= UInt128(Int128.max) + 1 else { throw ExactNumber.tooLarge }
            let number = Int128(truncatingIfNeeded: 0 &- magnitude)
            return Int64(exactly: number).map { .i64($0) } ?? .i128(number)
        }
    }

    static let tooLarge = NodeFailure("the result is too large")
}
