// The texts that people and the chain's tools write 64 bytes as. Pure.

internal import Primitives
internal import Values

/// Reads 64 bytes from text: Base58, Base64 of either alphabet, hexadecimal, and the array of numbers of a key file; blanks
/// and line ends around them do not matter.
struct KeyPairText {
    /// Bytes of the longest text that is looked at: a key file with each number in a line of its own, indented.
    private static let lengths = 64...1_024

    private let bytes: [UInt8]

    /// Nil if it is certain at a glance that the text is none.
    init?(_ text: some BidirectionalCollection<UInt8>) {
        guard KeyPairText.lengths.contains(text.count) else { return nil }
        var trimmed = text.drop(while: KeyPairText.isBlank)
        while let last = trimmed.last, KeyPairText.isBlank(last) { trimmed = trimmed.dropLast() }
        if trimmed.first == UInt8(ascii: "[") {
            guard trimmed.last == UInt8(ascii: "]") else { return nil }
        } else {
            // 64 to 88 in Base58, 86 to 88 in Base64, 128 in hexadecimal, perhaps with a prefix.
            guard (64...88).contains(trimmed.count) || [128, 130].contains(trimmed.count),
                trimmed.allSatisfy(KeyPairText.isDigit)
            else { return nil }
        }
        bytes = Array(trimmed)
    }

    /// What the text may stand for; two if it is one in Base58 and in Base64.
    var candidates: [Bytes64] {
        let readings =
            bytes.first == UInt8(ascii: "[")
            ? [numbers]
            : bytes.count > 88 ? [hexadecimal] : [Base58.decode(utf8: bytes, bytesMax: 64), base64]
        return readings.compactMap { $0.flatMap { Bytes64($0) } }
    }

    private var numbers: [UInt8]? {
        let parts = bytes.dropFirst().dropLast().split(
            separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count == 64 else { return nil }
        let numbers = parts.compactMap { part in
            UInt8(String(decoding: part.filter { !KeyPairText.isBlank($0) }, as: UTF8.self))
        }
        return numbers.count == 64 ? numbers : nil
    }

    private var hexadecimal: [UInt8]? {
        var text = String(decoding: bytes, as: UTF8.self)
        if bytes.count == 130 {
            guard text.hasPrefix("0x") || text.hasPrefix("0X") else { return nil }
            text.removeFirst(2)
        }
        return Hexadecimal.decode(text)
    }

    private var base64: [UInt8]? {
        let digits = bytes.prefix { $0 != UInt8(ascii: "=") }
        guard digits.count == 86, bytes.dropFirst(86).allSatisfy({ $0 == UInt8(ascii: "=") }) else {
            return nil
        }
        let text = String(decoding: digits, as: UTF8.self)
        return Base64.decode(text, alphabet: .standard, padded: false)
            ?? Base64.decode(text, alphabet: .url, padded: false)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        default: "+/-_=".utf8.contains(byte)
        }
    }
}
