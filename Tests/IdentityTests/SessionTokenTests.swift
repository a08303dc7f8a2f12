import Identity
import Primitives
import Testing
import Wire

@Suite struct `Tokens of sessions` {
    private let profile = UserProfile(
        user: UserID(.random()), publicKey: Ed25519KeyPair().publicKey, email: nil,
        createdAt: Timestamp(seconds: 1))
    private let session = SessionID(.random())
    private let secret = Secret.random(32)
    private let now = Timestamp(nanoseconds: 1_775_044_800_500_000_000)

    private func make() -> String {
        SignedToken.make(
            for: profile, session: session, at: now, expirySeconds: 1_775_048_400, secret: secret)
    }

    @Test func `an access token is believed as what it was made for`() throws {
        let claims = try #require(try SignedToken(make()[...])?.claims(secret: secret, at: now))
        #expect(
            claims
                == SignedToken.Claims(
                    user: profile.user, publicKey: profile.publicKey, expirySeconds: 1_775_048_400,
                    session: session))
        #expect(throws: CredentialError.tokenForged) {
            try SignedToken(make()[...])?.claims(secret: .random(32), at: now)
        }
    }

    @Test func `an access token says what other services look at`() throws {
        let parts = make().split(separator: ".")
        let header = try #require(Base64.decode(parts[0], alphabet: .url, padded: false))
        #expect(try JSONValue.parse(header) == ["alg": "HS256", "typ": "JWT"])
        let payload = try JSONValue.parse(
            try #require(Base64.decode(parts[1], alphabet: .url, padded: false)))
        #expect(payload["iss"]?.string == "flowd")
        #expect(payload["sub"]?.string == profile.user.text)
        #expect(payload["aud"]?.string == "authenticated")
        #expect(payload["role"]?.string == "authenticated")
        #expect(payload["iat"]?.number?.integer() == 1_775_044_800)
        #expect(payload["exp"]?.number?.integer() == 1_775_048_400)
        #expect(payload["session_id"]?.string == session.text)
        #expect(payload["email"]?.string?.hasSuffix("@spaceoperator.com") == true)
        #expect(payload["user_metadata"] == ["pubkey": .string(profile.publicKey.text)])
    }

    @Test func `a refresh token has one successor, which only the server can tell`() throws {
        let server = ServerSecret.random()
        let first = RefreshToken()
        #expect(first.text.utf8.count == 43)
        let read = try #require(RefreshToken(first.text))
        #expect(read.hash == first.hash)
        #expect(read.successor(under: server).text == first.successor(under: server).text)
        #expect(first.successor(under: server).text != first.text)
        #expect(first.successor(under: .random()).text != first.successor(under: server).text)
        #expect(RefreshToken().text != first.text)
        #expect(first.hash == Digest.sha256(Array(first.text.utf8)))
    }

    @Test func `all refresh tokens of a session are of one family, and tell nothing else of each other`() {
        let server = ServerSecret.random()
        var all = [RefreshToken()]
        for _ in 0..<100 { all.append(all[all.count - 1].successor(under: server)) }
        #expect(Set(all.map(\.familyHash)).count == 1)
        #expect(Set(all.map(\.text)).count == all.count)
        #expect(Set(all.map { $0.text.suffix(21) }).count == all.count)
        #expect(all.allSatisfy { RefreshToken($0.text)?.familyHash == all[0].familyHash })
        #expect(RefreshToken().familyHash != all[0].familyHash)
        #expect(all[0].familyHash.count == 32 && all[0].familyHash != all[0].hash)
    }

    @Test(arguments: [
        "", "v1.Rm9v", String(repeating: "!", count: 43), String(repeating: "A", count: 44),
        String(repeating: "A", count: 1 << 20), "\u{301}" + String(repeating: "A", count: 41),
    ])
    func `what cannot be a refresh token is none`(text: String) {
        #expect(RefreshToken(text) == nil)
    }

    @Test func `a refresh token does not print itself`() {
        let token = RefreshToken()
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), dumped] { #expect(!text.contains(token.text)) }
    }
}
