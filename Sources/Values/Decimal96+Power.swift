// Powers of decimals: exact steps for whole exponents, series for the others.

/// Why a power has no value.
public enum DecimalPowerError: Error, Sendable {
    /// The result does not fit.
    case overflow
    /// Zero to a negative power.
    case divisionByZero
    /// A negative number to a power that is not whole.
    case undefined
}

extension Decimal96 {
    /// This number to a power. Whole exponents multiply, with the rounding of `multiplied`; others are right to 26
    /// significant digits as long as the exponent is below a million. A result that is too small becomes 0. Takes at
    /// most about two hundred multiplications.
    public func power(_ exponent: Decimal96) throws(DecimalPowerError) -> Decimal96 {
        let exponent = exponent.normalized
        if exponent.isZero { return Decimal96(UInt64(1)) }
        if isZero {
            guard !exponent.isNegative else { throw .divisionByZero }
            return .zero
        }
        if exponent.scale == 0 {
            let magnitude = wholePower(exponent.mantissa)
            guard exponent.isNegative else {
                guard let magnitude else { throw .overflow }
                return magnitude
            }
            // The reciprocal of a number that is too great is too small.
            guard let magnitude else { return .zero }
            if magnitude.isZero { throw .overflow }
            guard let result = Decimal96(UInt64(1)).divided(by: magnitude) else { throw .overflow }
            return result
        }
        guard !isNegative else { throw .undefined }
        guard let argument = FixedPoint.logarithm(of: magnitude).multiplied(by: exponent) else {
            // The product only leaves the range when the result is far out of it.
            if (self < Decimal96(UInt64(1))) == exponent.isNegative { throw .overflow }
            return .zero
        }
        guard let result = argument.exponential else { throw .overflow }
        return result.normalized
    }

    /// Repeated squaring; nil on overflow.
    private func wholePower(_ exponent: UInt128) -> Decimal96? {
        var result = Decimal96(UInt64(1))
        var square = self
        var rest = exponent
        while true {
            if rest & 1 == 1 {
                guard let product = result.multiplied(by: square) else { return nil }
                result = product
            }
            rest >>= 1
            guard rest > 0 else { return result }
            guard let next = square.multiplied(by: square) else { return nil }
            square = next
        }
    }
}

/// A number with 35 digits behind the point and magnitude below 1,700: the room in which the series work.
private struct FixedPoint {
    private static let digits = 35
    private static let unit = Int128(PowersOfTen[digits])
    private static let logarithmOfTwo = FixedPoint(69_314_718_055_994_530_941_723_212_145_817_657)
    private static let logarithmOfTen = FixedPoint(230_258_509_299_404_568_401_799_145_468_436_421)
    /// Arguments beyond it give results far beyond every decimal, or far below.
    private static let argumentMax = 100 * unit

    /// The number times 10^35.
    private let raw: Int128

    private init(_ raw: Int128) { self.raw = raw }

    /// ln of a decimal above zero. The number is brought between 1 and 10 and then below 3/2, where the
    /// series of the inverse hyperbolic tangent gains more than a digit a step.
    static func logarithm(of number: Decimal96) -> FixedPoint {
        let digitCount = DecimalDigits(number.mantissa).count
        var reduced = FixedPoint(Int128(number.mantissa * PowersOfTen[digits - digitCount + 1]))
        var twos: Int128 = 0
        while reduced.raw > unit / 2 * 3 {
            reduced = FixedPoint(reduced.raw / 2)
            twos += 1
        }
        let ratio = FixedPoint(reduced.raw - unit).divided(by: FixedPoint(reduced.raw + unit))
        let square = ratio.multiplied(by: ratio)
        var power = ratio
        var sum = ratio.raw
        var divisor: Int128 = 3
        while power.raw != 0 {
            power = power.multiplied(by: square)
            sum += power.raw / divisor
            divisor += 2
        }
        let tens = Int128(digitCount - 1 - number.scale)
        return FixedPoint(2 * sum + twos * logarithmOfTwo.raw + tens * logarithmOfTen.raw)
    }

    /// e to this number, rounded to 26 significant digits; nil on overflow.
    var exponential: Decimal96? {
        // e^x = 10^n · e^r with r between 0 and ln 10.
        var tens = Int(raw / FixedPoint.logarithmOfTen.raw)
        if raw < Int128(tens) * FixedPoint.logarithmOfTen.raw { tens -= 1 }
        let rest = FixedPoint(raw - Int128(tens) * FixedPoint.logarithmOfTen.raw)
        var term = FixedPoint(FixedPoint.unit)
        var sum = FixedPoint.unit
        var index: Int128 = 1
        while term.raw != 0 {
            term = FixedPoint(term.multiplied(by: rest).raw / index)
            sum += term.raw
            index += 1
        }
        // The sum has 36 digits; the last ten may be wrong.
        let dropped = Int128(PowersOfTen[10])
        let mantissa = UInt128((sum + dropped / 2) / dropped)
        let scale = 25 - tens
        guard scale < 0 else {
            return Decimal96(rounding: WideInteger(mantissa), scale: scale, isNegative: false)
        }
        guard -scale <= Decimal96.scaleMax else { return nil }
        let product = WideInteger(mantissa, times: PowersOfTen[-scale])
        return product.high == 0 ? Decimal96(mantissa: product.low) : nil
    }

    /// The product with a decimal; nil if it is beyond every argument that has a result.
    func multiplied(by number: Decimal96) -> FixedPoint? {
        let product = WideInteger(raw.magnitude, times: number.mantissa)
            .dividing(by: PowersOfTen[number.scale]).quotient
        guard product.high == 0, product.low < UInt128(FixedPoint.argumentMax) else { return nil }
        let isNegative = (raw < 0) != number.isNegative
        return FixedPoint(isNegative ? -Int128(product.low) : Int128(product.low))
    }

    private func multiplied(by other: FixedPoint) -> FixedPoint {
        let product = WideInteger(raw.magnitude, times: other.raw.magnitude)
            .dividing(by: UInt128(FixedPoint.unit)).quotient.low
        return FixedPoint((raw < 0) == (other.raw < 0) ? Int128(product) : -Int128(product))
    }

    private func divided(by other: FixedPoint) -> FixedPoint {
        let quotient = WideInteger(raw.magnitude, times: UInt128(FixedPoint.unit))
            .dividing(by: other.raw.magnitude).quotient.low
        return FixedPoint((raw < 0) == (other.raw < 0) ? Int128(quotient) : -Int128(quotient))
    }
}
