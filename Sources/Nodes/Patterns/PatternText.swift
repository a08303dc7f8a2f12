// A text as a search sees it: scalars at byte positions, and what holds between them.

/// The UTF-8 of a text that is searched. Positions are offsets of bytes, always at the beginning of a scalar.
struct PatternText: Sendable {
    let bytes: [UInt8]

    /// The scalar that begins here and how many bytes it takes; nil at the end of the text.
    func scalar(at position: Int) -> (scalar: Unicode.Scalar?, length: Int) {
        guard position < bytes.count else { return (nil, 0) }
        let first = bytes[position]
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard length > 1, position + length <= bytes.count else { return (Unicode.Scalar(first), 1) }
        var value = UInt32(first) & (0xFF >> UInt32(length + 1))
        for byte in bytes[position + 1..<position + length] { value = value << 6 | UInt32(byte & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    /// True if this is such a place.
    func holds(_ place: PatternPlace, at position: Int) -> Bool {
        switch place {
        case .textStart: position == 0
        case .textEnd: position == bytes.count
        case .lineStart: position == 0 || bytes[position - 1] == UInt8(ascii: "\n")
        case .lineEnd: position == bytes.count || bytes[position] == UInt8(ascii: "\n")
        case .wordBoundary: isWordBoundary(position)
        case .noWordBoundary: !isWordBoundary(position)
        }
    }

    private func isWordBoundary(_ position: Int) -> Bool {
        let before = scalar(before: position)?.belongs(to: .word) ?? false
        let behind = scalar(at: position).scalar?.belongs(to: .word) ?? false
        return before != behind
    }

    private func scalar(before position: Int) -> Unicode.Scalar? {
        guard position > 0 else { return nil }
        var start = position - 1
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return scalar(at: start).scalar
    }
}
