import Identity
import Primitives
import Testing

@Suite struct `Ed25519 signatures` {
    static func bytes(_ text: String) throws -> [UInt8] { try #require(Hexadecimal.decode(text)) }

    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            """
            e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5\
            f0595bbe24655141438e7a100b
            """
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            """
            92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2e\
            aeb4302aeeb00d291612bb0c00
            """
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            """
            6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15\
            e9716ed28dc027beceea1ec40a
            """
        ),
    ])
    func `the vectors of RFC 8032 section 7 come out and are believed`(
        seed: String, key: String, message: String, signature: String
    ) throws {
        let pair = try #require(Ed25519KeyPair(seed: Self.bytes(seed)))
        let message = try Self.bytes(message)
        #expect(Hexadecimal.encode(pair.publicKey.bytes) == key)
        #expect(Hexadecimal.encode(pair.sign(message)) == signature)
        #expect(Ed25519.verify(try Self.bytes(signature), of: message, by: pair.publicKey))
    }

    @Test func `a signature in the wild's Base58 forms is believed`() throws {
        let key = try #require(PublicKey("5ZgHPb447UcXavVTorgYBr8egi3sw7dXKpX4Frec9rYS"))
        let message = try #require(Base64.decode("U2lnbiBpbiB0byBFeGFtcGxlCm5vbmNlIDc="))
        let signature = try #require(
            Base58.decode(
                "3s4gU5JFjuR3DCanrRC1kkRRzdJozoB4SAVYRhem8hJsrdgrMc5fSer3GwzxYzPiUkQBdCVcuNbTtY48gCXtoKEj"))
        #expect(Ed25519.verify(signature, of: message, by: key))
        #expect(Ed25519KeyPair(seed: Array(2...33))?.publicKey == key)
    }

    @Test func `a change of any byte of signature, message or key is refused`() throws {
        let pair = Ed25519KeyPair()
        let message = Array("run it".utf8)
        let signature = pair.sign(message)
        #expect(Ed25519.verify(signature, of: message, by: pair.publicKey))
        for index in signature.indices {
            var other = signature
            other[index] ^= 1
            #expect(!Ed25519.verify(other, of: message, by: pair.publicKey))
        }
        for index in message.indices {
            var other = message
            other[index] ^= 1
            #expect(!Ed25519.verify(signature, of: other, by: pair.publicKey))
        }
        for index in pair.publicKey.bytes.indices {
            var other = pair.publicKey.bytes
            other[index] ^= 1
            #expect(!Ed25519.verify(signature, of: message, by: try #require(PublicKey(bytes: other))))
        }
        #expect(!Ed25519.verify(Array(signature.dropLast()), of: message, by: pair.publicKey))
        #expect(!Ed25519.verify([], of: message, by: pair.publicKey))
    }

    @Test(arguments: [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        // One again, but written as 2^255 - 18.
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ])
    func `a key of small order or with a second spelling signs nothing`(key: String) throws {
        // With such a key a signature made of its own bytes and a zero can fit every message.
        let key = try #require(PublicKey(bytes: Self.bytes(key)))
        for first: [UInt8] in [key.bytes, [1] + [UInt8](repeating: 0, count: 31)] {
            let signature = first + [UInt8](repeating: 0, count: 32)
            #expect(!Ed25519.verify(signature, of: [], by: key))
        }
    }

    @Test func `key pairs are random, or those of a secret of exactly 32 bytes`() {
        #expect(Ed25519KeyPair().publicKey != Ed25519KeyPair().publicKey)
        #expect(Ed25519KeyPair(seed: [UInt8](repeating: 1, count: 31)) == nil)
        #expect(
            Ed25519KeyPair(seed: Array(1...32))?.publicKey.text
                == "9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJtpj")
    }

    @Test func `a key pair does not print its secret`() throws {
        let pair = try #require(Ed25519KeyPair(seed: [UInt8](repeating: 207, count: 32)))
        var dumped = ""
        dump(pair, to: &dumped)
        for text in ["\(pair)", String(reflecting: pair)] { #expect(!text.contains("207")) }
        #expect(!dumped.contains("- 207\n"))
    }
}
