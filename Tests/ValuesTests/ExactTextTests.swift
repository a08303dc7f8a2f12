import Testing
import Values

@Suite struct `Exact texts` {
    /// One word of ten letters in every mixture of their two spellings, which look the same and are not.
    private static let spellings: [String] = (0..<1_024).map { number in
        (0..<10).map { number >> $0 & 1 == 0 ? "\u{E9}" : "e\u{301}" }.joined()
    }

    @Test func `are told apart by their bytes, and stand in different places of a dictionary`() {
        let texts = Self.spellings.map { ExactText(text: $0) }
        #expect(Set(texts).count == texts.count)
        #expect(Set(texts.map(\.hashValue)).count == texts.count)
        let map = ValueMap(Self.spellings.enumerated().map { ($1, .u64(UInt64($0))) })
        #expect(map.count == Self.spellings.count)
        for (number, name) in Self.spellings.enumerated() { #expect(map[name] == .u64(UInt64(number))) }
    }

    @Test(arguments: ["", "a", "12345678", "123456789", "\0", "\0\0", "1234567\0", "\0 1234567"])
    func `differ by each byte and by their length`(text: String) {
        #expect(ExactText(text: text) == ExactText(text: String(decoding: Array(text.utf8), as: UTF8.self)))
        #expect(ExactText(text: text).hashValue == ExactText(text: text + "").hashValue)
        for other in [text + "\0", "\0" + text + "a", String(text.dropLast()) + "b"] {
            #expect(ExactText(text: text) != ExactText(text: other))
            #expect(ExactText(text: text).hashValue != ExactText(text: other).hashValue)
        }
    }
}
