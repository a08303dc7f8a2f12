// What is put in the place of a match, with references to its groups.

/// A text with `$1`, `${1}`, `${name}`, `$0` and `$$`.
struct PatternReplacement: Sendable {
    private enum Part: Sendable {
        case text([UInt8])
        case group(Int)
    }

    private var parts: [Part] = []

    init(_ text: String, groupNames: [String?]) throws(NodeFailure) {
        var rest = Array(text.utf8)[...]
        var plain: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "$") else {
                plain.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "$") {
                rest.removeFirst()
                plain.append(byte)
                continue
            }
            let name: ArraySlice<UInt8>
            if rest.first == UInt8(ascii: "{") {
                guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else {
                    throw NodeFailure("replacement: a ${ without its }")
                }
                name = rest[(rest.startIndex + 1)..<end]
                rest = rest[(end + 1)...]
            } else {
                name = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
                rest = rest.dropFirst(name.count)
            }
            let text = String(decoding: name, as: UTF8.self)
            let number = Int(text) ?? groupNames.firstIndex(of: text).map { $0 + 1 }
            guard let number, (0...groupNames.count).contains(number) else {
                throw NodeFailure("replacement: a $ that names no group; $$ stands for $ itself")
            }
            parts.append(.text(plain))
            parts.append(.group(number))
            plain = []
        }
        parts.append(.text(plain))
    }

    /// Appends what stands in the place of a match of this text.
    func append(_ match: [Int], of text: [UInt8], to output: inout BoundedText) throws(NodeFailure) {
        for part in parts {
            switch part {
            case .text(let bytes): try output.append(bytes)
            case .group(let number):
                let (start, end) = (match[2 * number], match[2 * number + 1])
                if start >= 0, end >= start { try output.append(text[start..<end]) }
            }
        }
    }
}
