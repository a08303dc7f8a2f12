// Text of the East Asian character sets that came before Unicode, decoded by the tables of the C library.

internal import CLinux

/// A set of the Encoding standard in which a letter has one byte or more and no byte of a letter is a state.
///
/// The C library's tables give the letters of the standard's own, but for codes that the standard's Big5 has twice, of which
/// the older ones become U+FFFD.
public enum MultiByteCharacterSet: String, Sendable {
    case shiftJIS = "shift_jis"
    case eucJP = "euc-jp"
    /// GBK is read as what it has grown into.
    case gb18030
    case big5
    case eucKR = "euc-kr"

    /// The text of bytes, wrong ones replaced by U+FFFD; nil if this system's C library lacks the set.
    public func text(of bytes: [UInt8]) -> String? {
        guard let decoded = decoded(bytes) else { return nil }
        let text = String(decoding: decoded, as: UTF8.self)
        return self == .eucJP ? MultiByteCharacterSet.withSelectedKanji(text) : text
    }

    /// How the C library calls the set, and the set from which it takes letters that begin with some bytes.
    private var names: (set: String, other: String, range: ClosedRange<UInt8>?) {
        switch self {
        case .shiftJIS: ("CP932", "CP932", nil)
        case .eucJP: ("EUC-JP-MS", "EUC-JP-MS", nil)
        case .gb18030: ("GB18030", "GB18030", nil)
        // The library's set for Hong Kong has other punctuation marks than the standard.
        case .big5: ("BIG5-HKSCS", "BIG5", 0xA1...0xA3)
        case .eucKR: ("UHC", "UHC", nil)
        }
    }

    private func decoded(_ bytes: [UInt8]) -> [UInt8]? {
        let (set, other, range) = names
        let textOf80 =
            switch self {
            case .shiftJIS: "\u{80}"
            case .gb18030: "€"
            default: "\u{FFFD}"
            }
        let capacity = bytes.count * 3
        var count: Int64 = 0
        let output = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initializedCount in
            count = unsafe flowd_decode(
                set, other, range?.lowerBound ?? 1, range?.upperBound ?? 0, textOf80, bytes, bytes.count,
                buffer.baseAddress, capacity)
            initializedCount = Int(max(0, count))
        }
        return count < 0 ? nil : output
    }

    /// The C library gives the rows 89 to 92 of EUC-JP, kanji of names among them, to private use.
    private static func withSelectedKanji(_ text: String) -> String {
        let privateUse: Range<UInt32> = 0xE178..<0xE178 + 4 * 94
        guard text.unicodeScalars.contains(where: { privateUse.contains($0.value) }) else { return text }
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isSelected = privateUse.contains(scalar.value)
            output.append(isSelected ? selectedKanji[Int(scalar.value - privateUse.lowerBound)] : scalar)
        }
        return String(output)
    }

    /// The letters of these rows as Shift_JIS has them.
    private static let selectedKanji: [Unicode.Scalar] = (0..<4 * 94).map { index in
        let (row, cell) = index.quotientAndRemainder(dividingBy: 94)
        let trail = row % 2 == 1 ? cell + 0x9F : cell + (cell < 0x3F ? 0x40 : 0x41)
        let bytes = [UInt8(truncatingIfNeeded: 0xED + row / 2), UInt8(truncatingIfNeeded: trail)]
        return shiftJIS.text(of: bytes)?.unicodeScalars.first ?? "\u{FFFD}"
    }
}
