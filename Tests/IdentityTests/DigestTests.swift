import Identity
import Primitives
import Testing

@Suite struct `Digests from libcrypto` {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 gives the digests of FIPS 180-4`(text: String, digest: String) {
        #expect(Hexadecimal.encode(Digest.sha256(Array(text.utf8))) == digest)
    }

    @Test(arguments: [
        (
            "",
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
        ),
        (
            "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ])
    func `SHA-512 gives the digests of FIPS 180-4`(text: String, digest: String) {
        #expect(Hexadecimal.encode(Digest.sha512(Array(text.utf8))) == digest)
    }

    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func `HMAC-SHA256 gives the codes of RFC 4231`(key: [UInt8], text: String, code: String) {
        #expect(Hexadecimal.encode(Digest.hmacSHA256(Array(text.utf8), key: Secret(key))) == code)
    }

    @Test func `random bytes have the asked length and do not repeat`() {
        #expect(Digest.randomBytes(0).isEmpty)
        let first = Digest.randomBytes(32)
        #expect(first.count == 32)
        #expect(first != Digest.randomBytes(32))
    }

    @Test func `comparison sees every byte and the length`() {
        let bytes = Array<UInt8>(0..<32)
        #expect(Digest.equal(bytes, bytes))
        #expect(Digest.equal([], []))
        #expect(!Digest.equal(bytes, Array(bytes.dropLast())))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(!Digest.equal(bytes, other))
        }
    }

    @Test func `a secret does not print itself`() {
        let secret = Secret(Array("hunter2-hunter2".utf8))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("104"))
        }
    }
}
