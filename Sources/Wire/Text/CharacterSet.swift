// In which characters the bytes of a text are written (the WHATWG Encoding standard). Pure.

public import Primitives

/// A character set of the Encoding standard and what its decoder makes of bytes.
public enum CharacterSet: Hashable, Sendable {
    case utf8
    case utf16LittleEndian
    case utf16BigEndian
    case singleByte(SingleByteCharacterSet)
    case multiByte(MultiByteCharacterSet)

    /// Why bytes cannot be read as text. The texts quote the label.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The label is none of the standard's, or its decoder is not here.
        case unknown(label: String)

        public var description: String {
            switch self {
            case .unknown(let label):
                "character set \(String(label.prefix(64)).debugDescription) is not known here"
            }
        }
    }

    /// The set of a label, in any case and with white space around it; nil for labels that are not known.
    public init?(label: String) {
        let name = label.utf8.drop { CharacterSet.isSpace($0) }.reversed().drop { CharacterSet.isSpace($0) }
        let key = String(decoding: name.reversed().map(ASCII.lowercase), as: UTF8.self)
        guard let set = CharacterSetLabels.sets[key] else { return nil }
        self = set
    }

    /// The set that a byte order mark in front names, and the mark's length. It counts more than any label ("BOM
    /// sniff").
    public static func marked(_ bytes: some Collection<UInt8>) -> (set: CharacterSet, byteCount: Int)? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if bytes.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
        if bytes.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
        return nil
    }

    /// The text of bytes by their byte order mark, which is dropped, else by the label, else as UTF-8. What is no
    /// letter of the set becomes U+FFFD.
    public static func text(of bytes: [UInt8], label: String?) throws(Failure) -> String {
        if let (set, byteCount) = marked(bytes) {
            return set.text(of: Array(bytes.dropFirst(byteCount))) ?? ""
        }
        guard let label else { return String(decoding: bytes, as: UTF8.self) }
        guard let text = CharacterSet(label: label)?.text(of: bytes) else { throw .unknown(label: label) }
        return text
    }

    /// The text of bytes without a byte order mark; nil if the system has no table of the set.
    private func text(of bytes: [UInt8]) -> String? {
        switch self {
        case .utf8: String(decoding: bytes, as: UTF8.self)
        case .utf16LittleEndian: CharacterSet.utf16(bytes, low: 0)
        case .utf16BigEndian: CharacterSet.utf16(bytes, low: 1)
        case .singleByte(let set): set.text(of: bytes)
        case .multiByte(let set): set.text(of: bytes)
        }
    }

    /// - Parameter low: which byte of two is the less significant one.
    private static func utf16(_ bytes: [UInt8], low: Int) -> String {
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            UInt16(bytes[index + low]) | UInt16(bytes[index + 1 - low]) << 8
        }
        return String(decoding: units, as: UTF16.self) + (bytes.count % 2 == 1 ? "\u{FFFD}" : "")
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x09, 0x0A, 0x0C, 0x0D, 0x20].contains(byte) }
}
