// 256-bit whole numbers: just enough to keep products, quotients and comparisons of decimals exact.

/// A whole number below 2^256, as two halves. Only what `Decimal96` and numeric comparison need.
struct WideInteger: Comparable {
    /// The upper 128 bits.
    var high: UInt128
    /// The lower 128 bits.
    var low: UInt128

    init(_ low: UInt128, high: UInt128 = 0) {
        self.high = high
        self.low = low
    }

    /// The exact product.
    init(_ left: UInt128, times right: UInt128) {
        let product = left.multipliedFullWidth(by: right)
        self.init(product.low, high: product.high)
    }

    static func < (left: WideInteger, right: WideInteger) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// The sum; the caller knows that it stays below 2^256.
    static func + (left: WideInteger, right: WideInteger) -> WideInteger {
        let (low, carry) = left.low.addingReportingOverflow(right.low)
        return WideInteger(low, high: left.high &+ right.high &+ (carry ? 1 : 0))
    }

    /// The difference; the caller knows that `right` is not greater.
    static func - (left: WideInteger, right: WideInteger) -> WideInteger {
        let (low, borrow) = left.low.subtractingReportingOverflow(right.low)
        return WideInteger(low, high: left.high &- right.high &- (borrow ? 1 : 0))
    }

    /// Moves all bits up; the caller knows that none falls off.
    static func << (value: WideInteger, count: Int) -> WideInteger {
        guard count > 0 else { return value }
        guard count < 128 else { return WideInteger(0, high: value.low << UInt128(count - 128)) }
        return WideInteger(
            value.low << UInt128(count),
            high: value.high << UInt128(count) | value.low >> UInt128(128 - count))
    }

    /// How many bits the number has; 0 for zero.
    var bitWidth: Int {
        high > 0 ? 256 - high.leadingZeroBitCount : 128 - low.leadingZeroBitCount
    }

    /// Quotient and remainder. - Precondition: `divisor` is not zero.
    func dividing(by divisor: UInt128) -> (quotient: WideInteger, remainder: UInt128) {
        let upper = high.quotientAndRemainder(dividingBy: divisor)
        let lower = divisor.dividingFullWidth((upper.remainder, low))
        return (WideInteger(lower.quotient, high: upper.quotient), lower.remainder)
    }
}

/// 10 to the powers 0 to 38, all that 128 bits hold.
enum PowersOfTen {
    private static let all: [UInt128] = {
        var powers: [UInt128] = [1]
        for _ in 0..<38 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    /// - Precondition: `exponent` is 0 to 38.
    static subscript(exponent: Int) -> UInt128 { all[exponent] }
}
