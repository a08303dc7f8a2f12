import Primitives
import Testing

@Suite struct `SHA-1 hash` {
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "a49b2446a02c645bf419f995b67091253a04a259"
        ),
    ])
    func `agrees with the vectors of FIPS 180`(text: String, hash: String) {
        #expect(Hexadecimal.encode(SHA1.hash(Array(text.utf8))) == hash)
    }

    @Test func `is right for a long message`() {
        let message = [UInt8](repeating: UInt8(ascii: "a"), count: 100_000)
        #expect(Hexadecimal.encode(SHA1.hash(message)) == "c4d4b30851182fc4eb8675494d42fd7f17e29c93")
    }

    @Test(arguments: [
        (55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"), (56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
        (63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5"), (64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
        (65, "11655326c708d70319be2610e8a57d9a5b959d3b"),
    ])
    func `is right where the padding needs another block`(count: Int, hash: String) {
        #expect(Hexadecimal.encode(SHA1.hash([UInt8](repeating: UInt8(ascii: "a"), count: count))) == hash)
    }
}
