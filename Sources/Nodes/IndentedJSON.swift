// JSON for people: one member a line.

/// Lays out JSON that has no white space: two blanks for each level, a blank behind colons, nothing inside of
/// empty arrays and objects.
enum IndentedJSON {
    static func text(of json: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(json.count * 2)
        var depth = 0
        var isInString = false
        var isEscaped = false
        var previous: UInt8 = 0
        for byte in json {
            if isInString {
                output.append(byte)
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                previous = byte
                continue
            }
            let isEnd = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
            let followsBegin = previous == UInt8(ascii: "{") || previous == UInt8(ascii: "[")
            if isEnd { depth -= 1 }
            if isEnd != followsBegin || previous == UInt8(ascii: ",") { breakLine(depth, &output) }
            output.append(byte)
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ":"): output.append(UInt8(ascii: " "))
            case UInt8(ascii: "\""): isInString = true
            default: break
            }
            previous = byte
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func breakLine(_ depth: Int, _ output: inout [UInt8]) {
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }
}
