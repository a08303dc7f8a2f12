import Identity
import Primitives
import Testing

@Suite struct `Login challenges` {
    static let second: Int64 = 1_775_044_800
    static let now = Timestamp(seconds: second)
    static let published =
        "space-operator authentication\n\n"
        + "ebVWLo_mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmTACM1pAAAAAMLNNUd71dXbQSzQzsYeG9T1n61rr1sbhWd63JPWrEoE"
    static let signature =
        "zz1wB564UZzqQHR3aBZEp2LNRi4bV2SHyy4fckXdMtSYeFmE1okNNk4GjYYR9CE88wfwLEUKEcVS1DxfwHLHKQN"

    let secret: ServerSecret
    let pair: Ed25519KeyPair

    init() throws {
        secret = try #require(ServerSecret(bytes: Array(0..<32)))
        pair = try #require(Ed25519KeyPair(seed: Array(1...32)))
    }

    private func sign(_ message: String, with pair: Ed25519KeyPair? = nil) -> String {
        message + "." + Base58.encode((pair ?? self.pair).sign(Array(message.utf8)))
    }

    private func read(_ token: String, at now: Timestamp = now) -> LoginChallenge? {
        LoginChallenge(signed: token, at: now, secret: secret)
    }

    @Test func `the published one comes out, and its signature is believed`() throws {
        let message = LoginChallenge.make(for: pair.publicKey, second: Self.second, secret: secret)
        #expect(message == Self.published)
        #expect(message.utf8.count == 127)
        #expect(sign(message) == Self.published + "." + Self.signature)
        let challenge = try #require(read(Self.published + "." + Self.signature))
        #expect(challenge.publicKey == pair.publicKey)
        #expect(challenge.second == 1_775_044_800)
    }

    @Test func `one is good for sixty seconds, and a clock that is behind does no harm`() {
        let token = Self.published + "." + Self.signature
        #expect(read(token, at: Timestamp(nanoseconds: 1_775_044_859_999_999_999)) != nil)
        #expect(read(token, at: Timestamp(seconds: 1_775_044_860)) == nil)
        #expect(read(token, at: Timestamp(seconds: 1_775_044_700)) != nil)
        #expect(read(token, at: Timestamp(nanoseconds: Int64.max)) == nil)
        #expect(read(token, at: Timestamp(nanoseconds: Int64.min)) != nil)
    }

    @Test func `a change of any byte is refused`() {
        let token = Array((Self.published + "." + Self.signature).utf8)
        for index in token.indices {
            for change: UInt8 in [1, 0x20] {
                var other = token
                other[index] ^= change
                #expect(read(String(decoding: other, as: UTF8.self)) == nil, "byte \(index)")
            }
        }
    }

    @Test func `every other length is refused`() {
        let token = Self.published + "." + Self.signature
        for count in 0..<token.utf8.count { #expect(read(String(token.prefix(count))) == nil) }
        for more in ["1", ".", " ", "\n", String(repeating: "1", count: 1 << 20)] {
            #expect(read(token + more) == nil)
        }
    }

    @Test func `nobody else's signature and no other server's text is believed`() {
        #expect(read(sign(Self.published, with: Ed25519KeyPair())) == nil)
        let foreign = LoginChallenge.make(for: pair.publicKey, second: Self.second, secret: .random())
        #expect(read(sign(foreign)) == nil)
        // A code over other bytes than a key and a time.
        let run = RunToken.make(for: RunID(.random()), secret: secret)
        #expect(read(sign("space-operator authentication\n\n" + run.dropFirst(3))) == nil)
    }

    @Test func `a time that is no time is refused, not computed with`() {
        for second in [Int64.min, Int64.min + 1] {
            let content =
                pair.publicKey.bytes
                + (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: second) >> (8 * $0)) }
            let code = BLAKE3.keyedHash(content, key: secret.secret)
            let message =
                "space-operator authentication\n\n"
                + Base64.encode(content + code, alphabet: .url, padded: false)
            #expect(read(sign(message)) == nil)
        }
    }

    @Test func `a key of small order logs nobody in`() throws {
        let key = try #require(PublicKey(bytes: [1] + [UInt8](repeating: 0, count: 31)))
        let message = LoginChallenge.make(for: key, second: Self.second, secret: secret)
        let signature = key.bytes + [UInt8](repeating: 0, count: 32)
        #expect(read(message + "." + Base58.encode(signature)) == nil)
    }
}
