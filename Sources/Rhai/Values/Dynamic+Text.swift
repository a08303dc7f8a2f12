// Values as text: for `print`, strings with values, and `debug`.

internal import Primitives
internal import Values

extension Dynamic {
    /// The text of `to_string` and `print`.
    var text: String {
        if case .string(let text) = self { return text }
        var output: [UInt8] = []
        append(to: &output, isInside: false)
        return String(decoding: output, as: UTF8.self)
    }

    /// The text of `to_debug` and `debug`: strings and characters with quotes.
    var debugText: String {
        var output: [UInt8] = []
        append(to: &output, isInside: true)
        return String(decoding: output, as: UTF8.self)
    }

    /// Values inside of others are written as a script would write them.
    private func append(to output: inout [UInt8], isInside: Bool) {
        // A text that is too long for a string is of no use; the caller refuses it.
        guard output.count <= 2 * Limits.scriptStringBytesMax else { return }
        switch self {
        case .missing, .unit: if isInside { output.append(contentsOf: "()".utf8) }
        case .bool(let value): output.append(contentsOf: value ? "true".utf8 : "false".utf8)
        case .int(let value): output.append(contentsOf: String(value).utf8)
        case .float(let value): output.append(contentsOf: Dynamic.text(of: value).utf8)
        case .decimal(let value): value.append(to: &output)
        case .char(let value):
            if isInside {
                Dynamic.appendQuoted(String(Character(value)), quote: "'", to: &output)
            } else {
                output.append(contentsOf: String(Character(value)).utf8)
            }
        case .string(let value):
            if isInside {
                Dynamic.appendQuoted(value, quote: "\"", to: &output)
            } else {
                output.append(contentsOf: value.utf8)
            }
        case .array(let box):
            output.append(UInt8(ascii: "["))
            for (index, element) in box.elements.enumerated() {
                if index > 0 { output.append(contentsOf: ", ".utf8) }
                element.append(to: &output, isInside: true)
            }
            output.append(UInt8(ascii: "]"))
        case .map(let box):
            output.append(contentsOf: "#{".utf8)
            for (index, entry) in box.entries.enumerated() {
                if index > 0 { output.append(contentsOf: ", ".utf8) }
                Dynamic.appendQuoted(entry.key, quote: "\"", to: &output)
                output.append(contentsOf: ": ".utf8)
                entry.value.append(to: &output, isInside: true)
            }
            output.append(UInt8(ascii: "}"))
        case .blob(let box):
            output.append(UInt8(ascii: "["))
            for (index, byte) in box.bytes.enumerated() {
                if index > 0, index % 8 == 0 { output.append(UInt8(ascii: " ")) }
                output.append(Hexadecimal.digit(byte >> 4))
                output.append(Hexadecimal.digit(byte & 15))
            }
            output.append(UInt8(ascii: "]"))
        case .range(let range):
            output.append(contentsOf: "\(range.start)\(range.isInclusive ? "..=" : "..")\(range.end)".utf8)
        case .series: output.append(contentsOf: "iterator".utf8)
        case .function(let pointer):
            output.append(contentsOf: "Fn".utf8)
            if isInside {
                output.append(UInt8(ascii: "("))
                output.append(contentsOf: pointer.name.utf8)
                output.append(UInt8(ascii: ")"))
            } else {
                output.append(contentsOf: "(\(pointer.name))".utf8)
            }
        case .opaque(let box):
            switch box.value {
            case .i128(let number): output.append(contentsOf: String(number).utf8)
            case .u128(let number): output.append(contentsOf: String(number).utf8)
            default: break
            }
        case .cell(let cell): cell.value.append(to: &output, isInside: isInside)
        }
    }

    private static func appendQuoted(_ text: String, quote: Character, to output: inout [UInt8]) {
        let mark = quote.asciiValue ?? UInt8(ascii: "\"")
        output.append(mark)
        for byte in text.utf8 {
            switch byte {
            case mark, UInt8(ascii: "\\"): output.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case UInt8(ascii: "\n"): output.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\r"): output.append(contentsOf: "\\r".utf8)
            case UInt8(ascii: "\t"): output.append(contentsOf: "\\t".utf8)
            default: output.append(byte)
            }
        }
        output.append(mark)
    }

    /// Always with a point or an exponent; an exponent where the number is very great or very small.
    static func text(of number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-inf" : "inf" }
        let magnitude = number.magnitude
        guard magnitude == 0 || (magnitude >= 1e-7 && magnitude < 1e16) else {
            // The standard library writes 1e+16 and 1e-08.
            let parts = number.description.split(separator: "e")
            guard parts.count == 2, let exponent = Int(parts[1]) else { return number.description }
            let mantissa = parts[0].hasSuffix(".0") ? parts[0].dropLast(2) : parts[0]
            return "\(mantissa)e\(exponent)"
        }
        let text = FloatText.brief(number)
        return text.utf8.contains(UInt8(ascii: ".")) ? text : text + ".0"
    }
}
