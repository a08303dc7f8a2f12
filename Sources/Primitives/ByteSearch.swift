// Finding a text in a text, in time that grows with their lengths and not with their product.

/// A text that is looked for (the algorithm of Knuth, Morris and Pratt).
public struct ByteSearch: Sendable {
    private let pattern: [UInt8]
    /// For each prefix of the pattern, the length of its longest proper suffix that is also a prefix.
    private let fallbacks: [Int]

    /// A search for these bytes.
    public init(_ text: some Sequence<UInt8>) {
        let pattern = Array(text)
        var fallbacks = [Int](repeating: 0, count: pattern.count)
        var matched = 0
        for index in pattern.indices.dropFirst() {
            while matched > 0, pattern[index] != pattern[matched] { matched = fallbacks[matched - 1] }
            if pattern[index] == pattern[matched] { matched += 1 }
            fallbacks[index] = matched
        }
        self.pattern = pattern
        self.fallbacks = fallbacks
    }

    /// True if the pattern stands somewhere in `text`. The empty pattern stands everywhere.
    public func occurs(in text: some Sequence<UInt8>) -> Bool {
        guard !pattern.isEmpty else { return true }
        var matched = 0
        for byte in text {
            while matched > 0, byte != pattern[matched] { matched = fallbacks[matched - 1] }
            if byte == pattern[matched] { matched += 1 }
            if matched == pattern.count { return true }
        }
        return false
    }

    /// Calls `body` with each place where the pattern stands in a text, at or behind `start`, in order and without
    /// overlaps, until it answers false; there is none if the pattern is empty. The places are not gathered, because those of
    /// a long text would take many times its memory.
    public func forEachRange(
        in text: [UInt8], from start: Int = 0, _ body: (Range<Int>) throws -> Bool
    ) rethrows {
        guard !pattern.isEmpty, start < text.count else { return }
        var matched = 0
        for index in start..<text.count {
            let byte = text[index]
            while matched > 0, byte != pattern[matched] { matched = fallbacks[matched - 1] }
            if byte == pattern[matched] { matched += 1 }
            if matched == pattern.count {
                guard try body(index + 1 - pattern.count..<index + 1) else { return }
                matched = 0
            }
        }
    }
}
