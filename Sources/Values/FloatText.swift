// Doubles as text, both ways, and the shortest digits that name a double.

/// Text of the `F` kind (spec values.md 2.3, 3.3; http-and-websocket Appendix B decides the layout).
public enum FloatText {
    /// Appends the shortest digits that read back to the same double, in plain positional notation with at
    /// least one digit on each side of the point; `NaN`, `inf`, `-inf`.
    static func append(_ number: Double, to output: inout [UInt8]) {
        guard number.isFinite else {
            output.append(contentsOf: (number.isNaN ? "NaN" : number < 0 ? "-inf" : "inf").utf8)
            return
        }
        let digits = FloatDigits(number)
        digits.appendWhole(to: &output)
        output.append(UInt8(ascii: "."))
        digits.appendFraction(to: &output)
    }

    /// The text that `append` writes.
    static func string(_ number: Double) -> String {
        var output: [UInt8] = []
        append(number, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// As `append`, but whole numbers have no point and no fraction (spec nodes.md 2.4, to_string).
    static func appendBrief(_ number: Double, to output: inout [UInt8]) {
        guard number.isFinite, number == number.rounded() else { return append(number, to: &output) }
        FloatDigits(number).appendWhole(to: &output)
    }

    /// Plain positional notation; whole numbers have no point and no fraction (spec nodes.md 2.4, to_string).
    public static func brief(_ number: Double) -> String {
        var output: [UInt8] = []
        appendBrief(number, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// Reads decimal and scientific notation, a leading sign, `.5`, `5.`, and `nan`, `inf`, `infinity` in any case. A
    /// number that is too great becomes infinite, one that is too small becomes zero. Nil for any other text.
    static func parse(_ text: String) -> Double? {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        if let first = rest.first, first | 0x20 == UInt8(ascii: "n") || first | 0x20 == UInt8(ascii: "i") {
            switch String(rest)?.lowercased() {
            case "nan": return .nan
            case "inf", "infinity": return isNegative ? -.infinity : .infinity
            default: return nil
            }
        }
        return isDecimalNotation(rest) ? Double(text) : nil
    }

    /// The standard library also reads hexadecimal and other forms, which are not numbers here.
    private static func isDecimalNotation(_ text: Substring.UTF8View) -> Bool {
        var rest = text
        func skipDigits() -> Int {
            let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            rest = rest[digits.endIndex...]
            return digits.count
        }
        var digitCount = skipDigits()
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            digitCount += skipDigits()
        }
        guard digitCount > 0 else { return false }
        if let character = rest.first, character | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
            guard skipDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}

/// The shortest decimal digits of a finite double: `±0.d1d2d3… × 10^point`.
struct FloatDigits {
    let isNegative: Bool
    /// Values 0 to 9 as ASCII, without zeros at either end; empty for zero. At most 17.
    private(set) var digits: [UInt8]
    /// How many of the digits stand before the point; may be negative or beyond the last one.
    private(set) var point: Int

    init(_ number: Double) {
        isNegative = number.sign == .minus
        digits = []
        point = 0
        // The standard library's text has the shortest digits; only its layout is not ours.
        let parts = number.magnitude.description.split(separator: "e")
        var pointSeen = false
        for character in parts[0].utf8 {
            if character == UInt8(ascii: ".") {
                pointSeen = true
            } else if !digits.isEmpty || character != UInt8(ascii: "0") {
                digits.append(character)
                if !pointSeen { point += 1 }
            } else if pointSeen {
                point -= 1
            }
        }
        if parts.count > 1 { point += Int(parts[1]) ?? 0 }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if digits.isEmpty { point = 0 }
    }

    func appendWhole(to output: inout [UInt8]) {
        if isNegative { output.append(UInt8(ascii: "-")) }
        guard point > 0 else {
            output.append(UInt8(ascii: "0"))
            return
        }
        output.append(contentsOf: digits.prefix(point))
        output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, point - digits.count)))
    }

    func appendFraction(to output: inout [UInt8]) {
        guard point < digits.count else {
            output.append(UInt8(ascii: "0"))
            return
        }
        output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, -point)))
        output.append(contentsOf: digits.dropFirst(max(0, point)))
    }

    /// The whole number that the digits are.
    var mantissa: UInt64 { digits.reduce(0) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) } }

    /// The digits rounded half up to at most `count` of them.
    func rounded(toSignificant count: Int) -> FloatDigits {
        guard digits.count > count else { return self }
        var result = self
        result.digits.removeSubrange(count...)
        if digits[count] >= UInt8(ascii: "5") {
            var index = count - 1
            while index >= 0, result.digits[index] == UInt8(ascii: "9") { index -= 1 }
            result.digits.removeSubrange((index + 1)...)
            if index >= 0 {
                result.digits[index] += 1
            } else {
                result.digits = [UInt8(ascii: "1")]
                result.point += 1
            }
        }
        while result.digits.last == UInt8(ascii: "0") { result.digits.removeLast() }
        return result
    }
}
