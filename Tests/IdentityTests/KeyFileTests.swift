import Identity
import Testing

@Suite struct `Key files` {
    /// Made by `solana-keygen` rules from the secret 1, 2, … 32.
    static let text = """
        [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,121,181,86,46,143,\
        230,84,249,64,120,177,18,232,169,139,167,144,31,133,58,230,149,190,215,224,227,145,11,173,4,150,100]
        """

    @Test func `a pair goes into a file and comes back`() throws {
        let pair = try #require(Ed25519KeyPair(seed: Array(1...32)))
        #expect(String(decoding: pair.keyFile, as: UTF8.self) == Self.text)
        let read = try Ed25519KeyPair(keyFile: Array(Self.text.utf8))
        #expect(read.publicKey == pair.publicKey)
        #expect(read.seed.bytes == pair.seed.bytes)
    }

    @Test func `white space is no matter`() throws {
        let spaced = "\n [ " + Self.text.dropFirst().replacing(",", with: " ,\n\t") + "\n"
        #expect(try Ed25519KeyPair(keyFile: Array(spaced.utf8)).seed.bytes == Array(1...32))
    }

    @Test(arguments: [
        "", "[]", "{}", "[1,2", String(text.dropLast()) + ",1]", "[" + text.dropFirst(3),
        text.replacing("[1,", with: "[256,"), text.replacing("[1,", with: "[-1,"),
        text.replacing("[1,", with: "[1.0,"), text.replacing("[1,", with: "[\"1\","), text + text,
    ])
    func `anything but 64 bytes is refused`(text: String) {
        #expect(throws: KeyFileError.malformed) { try Ed25519KeyPair(keyFile: Array(text.utf8)) }
    }

    @Test func `a public half that does not belong to the secret one is refused`() {
        let text = Self.text.replacing(",100]", with: ",101]")
        #expect(throws: KeyFileError.halvesDiffer) { try Ed25519KeyPair(keyFile: Array(text.utf8)) }
    }
}
