// Addition, subtraction, multiplication, division and remainder of decimals.

extension Decimal96 {
    /// The sum with the greater scale of the two, rounded half to even where 28 or 29 digits do not hold it.
    /// Nil on overflow.
    public func adding(_ other: Decimal96) -> Decimal96? {
        let scale = max(self.scale, other.scale)
        let (left, right) = (wide(scale: scale), other.wide(scale: scale))
        if isNegative == other.isNegative {
            return Decimal96(rounding: left + right, scale: scale, isNegative: isNegative)
        }
        return left < right
            ? Decimal96(rounding: right - left, scale: scale, isNegative: other.isNegative)
            : Decimal96(rounding: left - right, scale: scale, isNegative: isNegative)
    }

    /// The difference, as `adding`. Nil on overflow.
    public func subtracting(_ other: Decimal96) -> Decimal96? {
        adding(other.negated)
    }

    /// The product with the sum of the scales, rounded half to even to what 28 or 29 digits hold.
    /// Nil on overflow.
    public func multiplied(by other: Decimal96) -> Decimal96? {
        Decimal96(
            rounding: WideInteger(mantissa, times: other.mantissa), scale: scale + other.scale,
            isNegative: isNegative != other.isNegative)
    }

    /// The quotient: exact with as few fraction digits as the scales ask for, else rounded half to even to 28
    /// or 29 digits. Nil on overflow and when `divisor` is zero.
    public func divided(by divisor: Decimal96) -> Decimal96? {
        guard !divisor.isZero else { return nil }
        let isNegative = isNegative != divisor.isNegative
        let scale = self.scale - divisor.scale
        let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: divisor.mantissa)
        if remainder == 0, scale >= 0 {
            return Decimal96(unchecked: quotient, scale: scale, isNegative: isNegative)
        }
        // As many digits as 256 bits hold: at least forty of them reach the quotient, so the rounding below
        // always cuts off more than one.
        let spare = (mantissa.leadingZeroBitCount * 30_103) / 100_000
        let numerator = WideInteger(mantissa * PowersOfTen[spare], times: PowersOfTen[38])
        let result = numerator.dividing(by: divisor.mantissa)
        // A one as the last bit stands for the remainder: the digits cut off can then not look like a half.
        let sticky: UInt128 = result.remainder == 0 ? 0 : 1
        return Decimal96(
            rounding: WideInteger(result.quotient.low | sticky, high: result.quotient.high),
            scale: scale + spare + 38, isNegative: isNegative)?.normalized
    }

    /// The remainder of the division by `divisor`; has the sign of this number. Nil when `divisor` is zero.
    public func remainder(dividingBy divisor: Decimal96) -> Decimal96? {
        guard !divisor.isZero else { return nil }
        let scale = max(self.scale, divisor.scale)
        let left = wide(scale: scale)
        let right = divisor.wide(scale: scale)
        // Only the number with the smaller scale was scaled up. A divisor that left 128 bits that way is
        // greater than this number, and any other leaves a rest that fits.
        guard right.high == 0 else { return self }
        let rest = left.dividing(by: right.low).remainder
        return Decimal96(unchecked: rest, scale: scale, isNegative: isNegative)
    }

    /// Drops as many digits as needed at once, rounding half to even. Nil if the whole part does not fit.
    init?(rounding mantissa: WideInteger, scale: Int, isNegative: Bool) {
        // One bit is 0.30103 digits; the estimate is never too great.
        let excess = max(0, mantissa.bitWidth - 97) * 30_103 / 100_000
        var dropCount = max(0, scale - Decimal96.scaleMax, excess)
        while dropCount <= scale {
            let rounded = mantissa.droppingDigits(dropCount)
            if rounded.high == 0,
                let number = Decimal96(
                    mantissa: rounded.low, scale: scale - dropCount, isNegative: isNegative)
            {
                self = number
                return
            }
            dropCount += 1
        }
        return nil
    }
}

extension WideInteger {
    /// The number without its last `count` digits, rounded half to even.
    fileprivate func droppingDigits(_ count: Int) -> WideInteger {
        guard count > 0 else { return self }
        var value = self
        var rest = count
        var isAboveZero = false
        while rest > 38 {
            let step = min(38, rest - 38)
            let (quotient, remainder) = value.dividing(by: PowersOfTen[step])
            isAboveZero = isAboveZero || remainder > 0
            value = quotient
            rest -= step
        }
        let unit = PowersOfTen[rest]
        let (quotient, remainder) = value.dividing(by: unit)
        let half = unit / 2
        let isHalf = remainder == half && !isAboveZero
        let roundsUp = isHalf ? quotient.low & 1 == 1 : remainder >= half
        return roundsUp ? quotient + WideInteger(1) : quotient
    }
}
