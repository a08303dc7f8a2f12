// Texts that are the same only if they are so byte for byte.

extension StringProtocol {
    /// Compares byte for byte. The standard library also takes different spellings of one letter for equal, but on a
    /// wire these are different texts.
    public func isSameText(as other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}

/// A text as the key of a dictionary.
public struct ExactText: Hashable, Sendable {
    public let text: String

    public init(text: String) { self.text = text }

    public static func == (left: ExactText, right: ExactText) -> Bool { left.text.isSameText(as: right.text) }

    /// Hashes the bytes, eight at once. The standard library's own hash is the same for all spellings of one letter, so
    /// a stranger could fill a dictionary with different texts of one hash.
    public func hash(into hasher: inout Hasher) {
        var word: UInt64 = 0
        var count = 0
        for byte in text.utf8 {
            word = word << 8 | UInt64(byte)
            count += 1
            if count % 8 == 0 { hasher.combine(word) }
        }
        hasher.combine(word)
        hasher.combine(count)
    }
}
