// Decimal numbers as text, both ways (spec values.md 2.4, 3.3, 15.4).

extension Decimal96 {
    /// Sign, at least one digit, and exactly `scale` digits behind a point. Never an exponent.
    public var text: String {
        var output: [UInt8] = []
        append(to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// Appends `text` as ASCII.
    public func append(to output: inout [UInt8]) {
        if isNegative { output.append(UInt8(ascii: "-")) }
        let digits = DecimalDigits(mantissa)
        let wholeCount = digits.count - scale
        if wholeCount > 0 {
            output.append(contentsOf: digits.bytes.prefix(wholeCount))
        } else {
            output.append(UInt8(ascii: "0"))
        }
        guard scale > 0 else { return }
        output.append(UInt8(ascii: "."))
        output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, -wholeCount)))
        output.append(contentsOf: digits.bytes.dropFirst(max(0, wholeCount)))
    }

    /// Reads `[+-]digits[.digits][e[+-]digits]`, where digits may be missing on one side of the point and `_`
    /// may stand between two digits. Digits that do not fit are rounded half up at the last one that does.
    ///
    /// Nil if it is anything else or if the part before the point does not fit.
    public init?(_ text: some StringProtocol) {
        self.init(utf8: text.utf8)
    }

    /// Reads ASCII as `init(_:)` does.
    public init?(utf8 text: some Collection<UInt8>) {
        guard let literal = DecimalLiteral(text) else { return nil }
        self.init(literal)
    }

    private init?(_ literal: DecimalLiteral) {
        var mantissa = literal.mantissa
        var scale = literal.scale
        guard mantissa != 0 else {
            self.init(unchecked: 0, scale: min(max(scale, 0), Decimal96.scaleMax), isNegative: false)
            return
        }
        if scale < 0 {
            guard scale >= -Decimal96.scaleMax else { return nil }
            let product = WideInteger(mantissa, times: PowersOfTen[-scale])
            guard product.high == 0 else { return nil }
            mantissa = product.low
            scale = 0
        }
        self.init(roundingHalfUp: mantissa, scale: scale, isNegative: literal.isNegative)
    }

    /// Drops as many digits as needed at once and looks at the first of them only.
    private init?(roundingHalfUp mantissa: UInt128, scale: Int, isNegative: Bool) {
        var dropCount = max(0, scale - Decimal96.scaleMax)
        while true {
            guard dropCount <= scale else { return nil }
            // Beyond 38 digits nothing is left of a mantissa of 128 bits, not even a half.
            guard dropCount <= 38 else {
                self.init(unchecked: 0, scale: Decimal96.scaleMax, isNegative: false)
                return
            }
            let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: PowersOfTen[dropCount])
            let rounded = remainder >= PowersOfTen[dropCount] - remainder ? quotient + 1 : quotient
            if let number = Decimal96(mantissa: rounded, scale: scale - dropCount, isNegative: isNegative) {
                self = number
                return
            }
            dropCount += 1
        }
    }
}

extension Decimal96: CustomStringConvertible {
    public var description: String { text }
}

/// The decimal digits of a whole number as ASCII, without leading zeros; `0` for zero.
struct DecimalDigits {
    /// Most significant first.
    let bytes: [UInt8]
    /// How many digits; zero has none, so that a fraction of zero is all zeros.
    let count: Int

    init(_ number: UInt128) {
        var reversed: [UInt8] = []
        reversed.reserveCapacity(39)
        var rest = number
        // Division of 128 bits is slow: take nineteen digits at a time, then use 64 bits.
        while rest > UInt64.max {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10_000_000_000_000_000_000)
            DecimalDigits.append(UInt64(remainder), to: &reversed, count: 19)
            rest = quotient
        }
        DecimalDigits.append(UInt64(rest), to: &reversed, count: 0)
        bytes = reversed.reversed()
        count = bytes.count
    }

    private static func append(_ number: UInt64, to reversed: inout [UInt8], count: Int) {
        var rest = number
        var written = 0
        while rest > 0 || written < count {
            reversed.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
            written += 1
        }
    }
}

/// What a decimal text says: `±mantissa × 10^-scale`, cut to 38 significant digits.
private struct DecimalLiteral {
    /// More digits than this cannot change a rounded result of 29 digits, whatever they are.
    private static let digitsMax = 38
    /// Exponents are held within this bound. No text is long enough to bring such a number back into range.
    private static let exponentMax = 1_000_000_000

    var isNegative = false
    var mantissa: UInt128 = 0
    var scale = 0

    init?(_ text: some Collection<UInt8>) {
        var rest = text[...]
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
            isNegative = rest.removeFirst() == UInt8(ascii: "-")
        }
        var significantCount = 0
        var digitCount = 0
        var pointSeen = false
        var previous: UInt8 = 0
        while let character = rest.first {
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digitCount += 1
                if significantCount < DecimalLiteral.digitsMax {
                    mantissa = mantissa * 10 + UInt128(character - UInt8(ascii: "0"))
                    if mantissa > 0 { significantCount += 1 }
                    if pointSeen { scale += 1 }
                } else if !pointSeen {
                    scale -= 1
                }
            case UInt8(ascii: "."):
                guard !pointSeen, previous != UInt8(ascii: "_") else { return nil }
                pointSeen = true
            case UInt8(ascii: "_"):
                guard DecimalLiteral.isDigit(previous) else { return nil }
            default:
                guard character | 0x20 == UInt8(ascii: "e"), previous != UInt8(ascii: "_"), digitCount > 0,
                    let exponent = DecimalLiteral.exponent(rest.dropFirst())
                else { return nil }
                scale -= exponent
                return
            }
            previous = character
            rest.removeFirst()
        }
        guard digitCount > 0, previous != UInt8(ascii: "_") else { return nil }
    }

    private static func isDigit(_ character: UInt8) -> Bool {
        character >= UInt8(ascii: "0") && character <= UInt8(ascii: "9")
    }

    private static func exponent(_ text: some Collection<UInt8>) -> Int? {
        var rest = text[...]
        var isNegative = false
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
            isNegative = rest.removeFirst() == UInt8(ascii: "-")
        }
        guard !rest.isEmpty else { return nil }
        var value = 0
        for character in rest {
            guard isDigit(character) else { return nil }
            value = min(value * 10 + Int(character - UInt8(ascii: "0")), exponentMax)
        }
        return isNegative ? -value : value
    }
}
