// Numbers, strings and characters as a script writes them.

extension Lexer {
    // MARK: Numbers

    /// Reads whole numbers in bases 2, 8, 10 and 16, and floating-point numbers. A whole number in base 10 that does not
    /// fit becomes a floating-point number; in the other bases the 64 bits are taken as they are.
    mutating func readNumber(at start: Position) throws(RhaiError) {
        if current == UInt8(ascii: "0"), let mark = peek(1), let radix = Lexer.radix(of: mark) {
            advance(2)
            let digits = readDigits(radix: radix)
            guard let number = UInt64(digits, radix: radix), !isNamePart(current ?? 0) else {
                throw failure("this is not a whole number of 64 bits in base \(radix)", at: start)
            }
            return add(.constant(.int(Int64(bitPattern: number))), at: start)
        }
        var text = readDigits(radix: 10)
        var isWhole = true
        if current == UInt8(ascii: "."), let next = peek(1) {
            if next >= UInt8(ascii: "0"), next <= UInt8(ascii: "9") {
                isWhole = false
                advance()
                text += "." + readDigits(radix: 10)
            } else if next != UInt8(ascii: "."), !isNamePart(next) {
                isWhole = false
                advance()
            }
        } else if current == UInt8(ascii: ".") {
            isWhole = false
            advance()
        }
        if let mark = current, mark | 0x20 == UInt8(ascii: "e") {
            let hasSign = peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+")
            if let digit = peek(hasSign ? 2 : 1), digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") {
                isWhole = false
                text += peek(1) == UInt8(ascii: "-") ? "e-" : "e"
                advance(hasSign ? 2 : 1)
                text += readDigits(radix: 10)
            }
        }
        guard !isNamePart(current ?? 0) else { throw failure("a name begins within a number", at: start) }
        if isWhole, let number = Int64(text) { return add(.constant(.int(number)), at: start) }
        guard let number = Double(text), number.isFinite else {
            throw failure("this number is too great", at: start)
        }
        add(.constant(.float(number)), at: start)
    }

    private static func radix(of mark: UInt8) -> Int? {
        switch mark | 0x20 {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        case UInt8(ascii: "b"): 2
        default: nil
        }
    }

    private mutating func readDigits(radix: Int) -> String {
        var digits: [UInt8] = []
        while let byte = current {
            if byte != UInt8(ascii: "_") {
                guard Lexer.value(of: byte) < radix else { break }
                digits.append(byte)
            }
            advance()
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func value(of digit: UInt8) -> Int {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(digit - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(digit - UInt8(ascii: "A")) + 10
        default: .max
        }
    }

    // MARK: Strings

    /// Reads a string between double quotes. A doubled quote is one; a back-slash at the end of a line goes on below.
    mutating func readQuoted() throws(RhaiError) -> String {
        let start = position
        var text: [UInt8] = []
        advance()
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                advance()
                guard current == byte else { return String(decoding: text, as: UTF8.self) }
                text.append(byte)
                advance()
            case UInt8(ascii: "\\") where peek(1) == UInt8(ascii: "\n"): skipContinuation(1)
            case UInt8(ascii: "\\") where peek(1) == UInt8(ascii: "\r") && peek(2) == UInt8(ascii: "\n"):
                skipContinuation(2)
            case UInt8(ascii: "\\"): text.append(contentsOf: String(Character(try readEscape())).utf8)
            case UInt8(ascii: "\n"): throw failure("a string has no end in its line", at: start)
            default:
                text.append(byte)
                advance()
            }
        }
        throw failure("a string has no end", at: start)
    }

    /// The space up to the column of the text below does not count.
    private mutating func skipContinuation(_ count: Int) {
        advance(count + 1)
        while current == UInt8(ascii: " ") || current == UInt8(ascii: "\t") { advance() }
    }

    /// Reads one character between single quotes.
    mutating func readCharacter() throws(RhaiError) -> Unicode.Scalar {
        let start = position
        advance()
        let scalar: Unicode.Scalar
        if current == UInt8(ascii: "\\") {
            scalar = try readEscape()
        } else {
            let rest = String(decoding: bytes[index..<min(index + 4, bytes.count)], as: UTF8.self)
            guard let first = rest.unicodeScalars.first, first != "'", first != "\n" else {
                throw failure("a character stands between two single quotes", at: start)
            }
            scalar = first
            advance(UTF8.width(first))
        }
        guard current == UInt8(ascii: "'") else {
            throw failure("a character stands between two single quotes", at: start)
        }
        advance()
        return scalar
    }

    private mutating func readEscape() throws(RhaiError) -> Unicode.Scalar {
        let start = position
        advance()
        guard let mark = current else { throw failure("the script ends within an escape", at: start) }
        advance()
        switch mark {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            return Unicode.Scalar(mark)
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "x"): return try readCode(digits: 2, at: start)
        case UInt8(ascii: "u"): return try readCode(digits: 4, at: start)
        case UInt8(ascii: "U"): return try readCode(digits: 8, at: start)
        default: throw failure("an unknown escape", at: start)
        }
    }

    private mutating func readCode(digits: Int, at start: Position) throws(RhaiError) -> Unicode.Scalar {
        var code: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = current, Lexer.value(of: byte) < 16 else {
                throw failure("this escape needs \(digits) hexadecimal digits", at: start)
            }
            code = code << 4 | UInt32(Lexer.value(of: byte))
            advance()
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw failure("this escape is not a character", at: start)
        }
        return scalar
    }

    // MARK: Raw strings

    /// True before one or more `#` and a double quote.
    var isRawString: Bool {
        var distance = 0
        while peek(distance) == UInt8(ascii: "#") { distance += 1 }
        return distance > 0 && peek(distance) == UInt8(ascii: "\"")
    }

    /// Reads a string that ends at a quote followed by as many `#` as it began with. Nothing inside has a meaning.
    mutating func readRaw(at start: Position) throws(RhaiError) {
        var markCount = 0
        while current == UInt8(ascii: "#") {
            markCount += 1
            advance()
        }
        advance()
        let begin = index
        while let byte = current {
            if byte == UInt8(ascii: "\""), (1...markCount).allSatisfy({ peek($0) == UInt8(ascii: "#") }) {
                let text = String(decoding: bytes[begin..<index], as: UTF8.self)
                advance(markCount + 1)
                return add(.constant(.string(text)), at: start)
            }
            advance()
        }
        throw failure("a raw string has no end", at: start)
    }
}
