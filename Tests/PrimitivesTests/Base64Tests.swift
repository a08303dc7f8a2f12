import Primitives
import Testing

@Suite struct `Base64 text` {
    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func `encodes and decodes the vectors of RFC 4648 section 10`(plain: String, text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
    }

    @Test func `the address alphabet has no plus, no slash and no padding when told so`() {
        #expect(Base64.encode([251, 255, 254], alphabet: .url, padded: false) == "-__-")
        #expect(Base64.decode("-__-", alphabet: .url, padded: false) == [251, 255, 254])
    }

    @Test(arguments: ["!!", "Zg", "Zg=", "Zh==", "_-8=", "Zg==Zg=="])
    func `refuses what is not canonical`(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
