// Decimal numbers and doubles.

extension Decimal96 {
    /// The significant digits that a double gives to a decimal input (spec values.md 11).
    private static let doubleDigits = 16

    /// The double rounded to at most 16 significant digits, without zeros at the end of the fraction; what is
    /// too small becomes 0. Nil if the number is not finite or out of range.
    public init?(rounding number: Double) {
        guard number.isFinite else { return nil }
        let digits = FloatDigits(number).rounded(toSignificant: Decimal96.doubleDigits)
        var text: [UInt8] = digits.isNegative ? [UInt8(ascii: "-")] : []
        text.append(contentsOf: digits.digits.isEmpty ? [UInt8(ascii: "0")] : digits.digits)
        text.append(contentsOf: "e\(digits.point - digits.digits.count)".utf8)
        guard let decimal = Decimal96(utf8: text) else { return nil }
        self = decimal.normalized
    }

    /// The shortest digits of the double as a plain JSON number reads (spec values.md 6.1): one fraction
    /// digit at least, unless the number is so great or small that its text has an exponent. Nil if a digit
    /// would be lost.
    init?(exactly number: Double) {
        guard number.isFinite else { return nil }
        let digits = FloatDigits(number)
        // Positional from 1e-5 to 1e16, with at least one digit behind the point.
        let isPositional = digits.digits.isEmpty || (-4...16).contains(digits.point)
        let scale = max(digits.digits.count - digits.point, isPositional ? 1 : 0)
        guard scale <= Decimal96.scaleMax else { return nil }
        let zeros = scale - (digits.digits.count - digits.point)
        guard zeros <= Decimal96.scaleMax else { return nil }
        let mantissa = WideInteger(UInt128(digits.mantissa), times: PowersOfTen[zeros])
        guard mantissa.high == 0 else { return nil }
        self.init(mantissa: mantissa.low, scale: scale, isNegative: digits.isNegative)
    }

    /// The nearest double.
    public var double: Double {
        // The standard library rounds text correctly, and every text of ours is one that it reads.
        Double(text) ?? 0
    }
}
