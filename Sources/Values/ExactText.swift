// Texts that are the same only if they are so byte for byte.

extension StringProtocol {
    /// Byte for byte. The standard library also takes different spellings of one letter for the same, which
    /// on a wire are different texts.
    func isSameText(as other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}

/// A text as the key of a dictionary.
struct ExactText: Hashable {
    let text: String

    static func == (left: ExactText, right: ExactText) -> Bool { left.text.isSameText(as: right.text) }

    /// The standard library's own hash: texts that are the same have the same one.
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
