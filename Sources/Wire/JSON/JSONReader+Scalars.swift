// The grammar of numbers and strings (RFC 8259 sections 6 and 7).

internal import Primitives

extension JSONReader {
    /// Reads a number; the byte that comes next is known to begin one.
    mutating func scanNumber() throws(JSONError) -> JSONNumber {
        let start = index
        if current == UInt8(ascii: "-") { index += 1 }
        if current == UInt8(ascii: "0") {
            index += 1
            if let byte = current, isDigit(byte) { throw failure(.invalidNumber) }
        } else {
            try scanDigits()
        }
        if current == UInt8(ascii: ".") {
            index += 1
            try scanDigits()
        }
        if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
            index += 1
            if let sign = current, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { index += 1 }
            try scanDigits()
        }
        return JSONNumber(checked: String(decoding: bytes[start..<index], as: UTF8.self))
    }

    /// Reads a string with its quotes; the opening one comes next.
    mutating func scanString() throws(JSONError) -> String {
        index += 1
        var start = index
        // Stays empty, and costs nothing, as long as there is no escape.
        var unescaped: [UInt8] = []
        while true {
            while index < end, isPlain(bytes[index]) { index += 1 }
            guard index < end else { throw failure(.endInString) }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let piece = bytes[start..<index]
                index += 1
                let text: String?
                if unescaped.isEmpty {
                    text = UTF8Validator.text(piece)
                } else {
                    unescaped.append(contentsOf: piece)
                    text = UTF8Validator.text(unescaped[...])
                }
                guard let text else { throw JSONError(.invalidUTF8, at: position) }
                return text
            case UInt8(ascii: "\\"):
                unescaped.append(contentsOf: bytes[start..<index])
                index += 1
                try scanEscape(to: &unescaped)
                start = index
            default: throw failure(.controlCharacter)
            }
        }
    }

    private mutating func scanDigits() throws(JSONError) {
        guard let first = current else { throw failure(.endInValue) }
        guard isDigit(first) else { throw failure(.invalidNumber) }
        while let byte = current, isDigit(byte) { index += 1 }
    }

    /// Reads what follows a backslash.
    private mutating func scanEscape(to output: inout [UInt8]) throws(JSONError) {
        guard let byte = current else { throw failure(.endInString) }
        let character: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): character = byte
        case UInt8(ascii: "b"): character = 0x08
        case UInt8(ascii: "f"): character = 0x0C
        case UInt8(ascii: "n"): character = 0x0A
        case UInt8(ascii: "r"): character = 0x0D
        case UInt8(ascii: "t"): character = 0x09
        case UInt8(ascii: "u"):
            index += 1
            let scalar = try scanScalar()
            output.append(contentsOf: String(Character(scalar)).utf8)
            return
        default: throw failure(.invalidEscape)
        }
        index += 1
        output.append(character)
    }

    /// Reads the digits of one escaped character, both halves if it needs two.
    private mutating func scanScalar() throws(JSONError) -> Unicode.Scalar {
        let first = try scanFourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00 else { throw JSONError(.loneSurrogate, at: position) }
        for expected in [UInt8(ascii: "\\"), UInt8(ascii: "u")] {
            guard let byte = current else { throw failure(.endInString) }
            guard byte == expected else { throw failure(.loneSurrogate) }
            index += 1
        }
        let second = try scanFourDigits()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw JSONError(.loneSurrogate, at: position) }
        return scalar
    }

    private mutating func scanFourDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current else { throw failure(.endInString) }
            guard let digit = Hexadecimal.value(of: byte) else { throw failure(.invalidEscape) }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
