import Primitives
import Testing

@testable import Identity

@Suite struct `Points of the curve` {
    /// Of the digests of the bytes 0 to 255, those that another implementation takes for points, as bits.
    @Test func `are told from other bytes`() {
        let expected = "53bf96bece6c71b690a45f51c46d65598f671785fccf300eadd1a015d51b20e5"
        let bits = (0...UInt8.max).map { Ed25519.isPoint(Digest.sha256([$0])) }
        let bytes = stride(from: 0, to: 256, by: 8).map { start in
            bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
        }
        #expect(Hexadecimal.encode(bytes) == expected)
    }

    /// Small coordinates, those around the prime, and with the sign.
    @Test(arguments: [
        ("00", "00", true), ("01", "00", true), ("02", "00", false), ("03", "00", true), ("ec", "7f", true),
        ("ed", "7f", true), ("ee", "7f", true), ("ef", "7f", false), ("ff", "7f", true), ("00", "80", true),
        ("01", "80", true), ("ed", "ff", true), ("ef", "ff", false),
    ])
    func `may be written in every way`(lowest: String, highest: String, isPoint: Bool) throws {
        let middle = String(repeating: highest.hasSuffix("f") ? "ff" : "00", count: 30)
        #expect(Ed25519.isPoint(try #require(Hexadecimal.decode(lowest + middle + highest))) == isPoint)
    }

    @Test func `have 32 bytes, and every public key is one`() {
        #expect(!Ed25519.isPoint([]) && !Ed25519.isPoint([UInt8](repeating: 1, count: 33)))
        for _ in 0..<50 { #expect(Ed25519.isPoint(Ed25519KeyPair().publicKey.bytes)) }
    }
}
