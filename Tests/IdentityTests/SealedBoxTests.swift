import Primitives
import TestKit
import Testing

@testable import Identity

@Suite struct `Sealed boxes` {
    private static let key = SealingKey(known(ServerSecret(bytes: [UInt8](0..<32))))
    private static let place = Array("here".utf8)

    /// RFC 8439 section 2.8.2.
    @Test func `are encrypted as published`() {
        let key = Secret([UInt8](0x80..<0xA0))
        let nonce: [UInt8] = [7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47]
        let place = known(Hexadecimal.decode("50515253c0c1c2c3c4c5c6c7"))
        let text = Array(
            ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                + "sunscreen would be it.").utf8)
        let sealed =
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
            + "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
            + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
            + "3ff4def08e4b7a9de576d26586cec64b6116" + "1ae10b594f09e26a7e902ecbd0600691"
        let encrypted = SealedBox.encrypt(text, nonce: nonce, for: place, key: key)
        #expect(Hexadecimal.encode(encrypted) == sealed)
        #expect(SealedBox.decrypt(encrypted, nonce: nonce, for: place, key: key) == text)
    }

    @Test(arguments: [0, 1, 15, 16, 63, 64, 65, 70_000]) func `give back what was put in`(count: Int) throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let box = SealedBox.seal(content, for: Self.place, under: Self.key)
        #expect(box.count == count + SealedBox.extraByteCount)
        #expect(try SealedBox.open(box, for: Self.place, under: Self.key) == content)
    }

    @Test func `are never the same twice`() {
        let boxes = (0..<100).map { _ in SealedBox.seal([1, 2, 3], for: Self.place, under: Self.key) }
        #expect(Set(boxes).count == 100)
    }

    @Test func `stay closed after any change of any bit`() {
        let box = SealedBox.seal(Array("hush".utf8), for: Self.place, under: Self.key)
        for index in box.indices {
            for bit in 0..<8 {
                var changed = box
                changed[index] ^= 1 << UInt8(bit)
                let error = #expect(throws: SealedBoxError.self) {
                    try SealedBox.open(changed, for: Self.place, under: Self.key)
                }
                #expect(error == (index < SealingKey.nameByteCount ? .otherKey : .damaged))
            }
        }
        for count in box.indices {
            #expect(throws: SealedBoxError.damaged) {
                try SealedBox.open(Array(box.prefix(count)), for: Self.place, under: Self.key)
            }
        }
        #expect(throws: SealedBoxError.damaged) {
            try SealedBox.open(box + [0], for: Self.place, under: Self.key)
        }
    }

    @Test func `stay closed in another place and under another key`() throws {
        let box = SealedBox.seal([1], for: Self.place, under: Self.key)
        for place in [[], Array("her".utf8), Array("here ".utf8)] {
            #expect(throws: SealedBoxError.damaged) { try SealedBox.open(box, for: place, under: Self.key) }
        }
        let other = SealingKey(.random())
        #expect(throws: SealedBoxError.otherKey) { try SealedBox.open(box, for: Self.place, under: other) }
        // Even if it claims to be of that key.
        let claimed = other.name + box.dropFirst(SealingKey.nameByteCount)
        #expect(throws: SealedBoxError.damaged) {
            try SealedBox.open(claimed, for: Self.place, under: other)
        }
    }

    @Test func `never show their key`() {
        #expect("\(Self.key)" == "(secret)")
        var text = ""
        dump(Self.key, to: &text)
        #expect(!text.contains("31"))
    }
}
