import Identity
import Primitives
import Testing

@Suite struct `Flow-run tokens` {
    static let run = RunID(UniqueID(high: 0x5EDE_3D1A_67AE_452A, low: 0x95EE_189D_7637_7DD5))
    static let zeroToken = "fr-Xt49GmeuRSqV7hiddjd91Q323_SUWZ5ViPUJXoNHh9yJ_Tf60y0bG6p1bfthzPtR"

    @Test(arguments: [
        ([UInt8](repeating: 0, count: 32), zeroToken),
        (Array(0..<32), "fr-Xt49GmeuRSqV7hiddjd91dI2aADgnBbOf2g3PJhG8I1KHYQdazH-lCHCh-5v2OC8"),
    ])
    func `the published vectors come out and are believed`(bytes: [UInt8], token: String) throws {
        let secret = try #require(ServerSecret(bytes: bytes))
        #expect(RunToken.make(for: Self.run, secret: secret) == token)
        #expect(RunToken.verify(token, secret: secret) == Self.run)
    }

    @Test func `a token under another secret is refused`() {
        #expect(RunToken.verify(Self.zeroToken, secret: .random()) == nil)
    }

    @Test func `a change of any character is refused`() throws {
        let secret = try #require(ServerSecret(bytes: [UInt8](repeating: 0, count: 32)))
        for index in Self.zeroToken.indices {
            var token = Self.zeroToken
            token.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            #expect(RunToken.verify(token, secret: secret) == nil)
        }
    }

    @Test(arguments: ["", "fr-", "fr-AAAA", zeroToken + "A", String(zeroToken.dropLast()), zeroToken + "="])
    func `any other length is refused`(token: String) throws {
        let secret = try #require(ServerSecret(bytes: [UInt8](repeating: 0, count: 32)))
        #expect(RunToken.verify(token, secret: secret) == nil)
    }

    @Test(arguments: [0, 31, 33])
    func `a server secret has 32 bytes`(count: Int) {
        #expect(ServerSecret(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test func `a server secret does not print itself`() throws {
        let secret = try #require(ServerSecret(bytes: [UInt8](repeating: 207, count: 32)))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] { #expect(!text.contains("207")) }
    }
}
