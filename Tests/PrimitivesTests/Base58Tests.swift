import Primitives
import TestKit
import Testing

@Suite struct `Base58 text` {
    @Test(
        arguments: [
            ([], ""),
            ([0], "1"),
            ([0, 0, 0], "111"),
            ([57], "z"),
            ([58], "21"),
            (Array("Hello World!".utf8), "2NEpo7TZRRrLZSi2U"),
            (
                Array("The quick brown fox jumps over the lazy dog.".utf8),
                "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"
            ),
            ([0x00, 0x00, 0x28, 0x7f, 0xb4, 0xcd], "11233QC4"),
            ([UInt8](repeating: 0, count: 32), "11111111111111111111111111111111"),
            (Array(0...31), "1thX6LZfHDZZKUs92febYZhYRcXddmzfzF2NvTkPNE"),
            ([UInt8](repeating: 255, count: 32), "JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG"),
            (
                Array(0...63),
                "1GMkH3brNXiNNs1tiFZHu4yZSRrzJwxi5wB9bHFtMinfCXNnR1adh8Vo8NTheK4evneedH4qmvjeqcBBNAefgS"
            ),
            (
                [UInt8](repeating: 255, count: 64),
                "67rpwLCuS5DGA8KGZXKsVQ7dnPb9goRLoKfgGbLfQg9WoLUgNY77E2jT11fem3coV9nAkguBACzrU1iyZM4B8roQ"
            ),
        ] as [([UInt8], String)])
    func `bytes and text go both ways`(bytes: [UInt8], text: String) {
        #expect(Base58.encode(bytes) == text)
        #expect(Base58.decode(text) == bytes)
    }

    @Test(arguments: ["0", "O", "I", "l", "a b", "é", "1-1", "abc\n"])
    func `characters outside of the alphabet are refused`(text: String) {
        #expect(Base58.decode(text) == nil)
    }

    @Test func `bytes of every length and value come back`() {
        var generator = SeededGenerator(seed: 58)
        for count in 0...128 {
            for zeroCount in [0, 1, count / 2, count] where zeroCount <= count {
                var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
                for index in 0..<zeroCount { bytes[index] = 0 }
                #expect(Base58.decode(Base58.encode(bytes)) == bytes)
            }
        }
    }

    @Test func `the longest bytes fit the longest text and longer texts are refused`() {
        let longest = [UInt8](repeating: 255, count: Limits.base58BytesMax)
        let text = Base58.encode(longest)
        #expect(text.utf8.count == Base58.charactersMax(ofBytes: longest.count))
        #expect(Base58.decode(text) == longest)
        #expect(Base58.decode(text + "1") == nil)
    }

    @Test(arguments: [1, 2, 32, 64, 1_232])
    func `a text longer than those of the bytes that are wanted is refused`(count: Int) {
        let longest = Base58.encode([UInt8](repeating: 255, count: count))
        #expect(longest.utf8.count == Base58.charactersMax(ofBytes: count))
        #expect(Base58.decode(longest, bytesMax: count)?.count == count)
        #expect(Base58.decode(longest + "1", bytesMax: count) == nil)
    }
}
