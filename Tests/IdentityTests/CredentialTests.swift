import Identity
import Primitives
import Testing

@Suite struct `Credentials on a route` {
    static let now = Timestamp(seconds: 1_775_044_800)
    static let key = "b3-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    static let otherKey = "b3-ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM"
    static let publicKey = "9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJtpj"
    static let jwt = `Signed tokens`.published
    static let run = RunID(UniqueID(high: 0x5EDE_3D1A_67AE_452A, low: 0x95EE_189D_7637_7DD5))
    static let shapes: [CredentialShape] = [.user, .userOrStarter, .userOrRun, .apiKeyOnly]

    let verifier: CredentialVerifier
    let runToken: String
    let starter: CredentialDecision
    let user: CredentialDecision
    let lookUp: CredentialDecision

    init() throws {
        let secret = try #require(ServerSecret(bytes: Array(0..<32)))
        verifier = CredentialVerifier(serverSecret: secret, tokenSecret: `Signed tokens`.secret)
        runToken = RunToken.make(for: Self.run, secret: secret)
        let known = try #require(PublicKey(Self.publicKey))
        starter = .caller(.starter(known))
        user = .awaitingUser(.signedToken(try #require(try `Signed tokens`.claims(Self.jwt))))
        lookUp = .awaitingUser(.apiKey(try #require(APIKey(Self.key)).hash))
    }

    func decide(
        _ authorization: String?, apiKey: String? = nil, _ shape: CredentialShape
    ) -> CredentialDecision {
        verifier.decide(
            CredentialHeaders(authorization: authorization, apiKey: apiKey), accepting: shape, at: Self.now)
    }

    @Test func `each credential may stand behind the scheme, in any case of letters, or alone`() {
        for prefix in ["", "Bearer ", "bearer ", "BEARER ", "Bearer   "] {
            #expect(decide(prefix + Self.jwt, .user) == user)
            #expect(decide(prefix + Self.publicKey, .userOrStarter) == starter)
            #expect(decide(prefix + runToken, .userOrRun) == .caller(.run(Self.run)))
            #expect(decide(prefix + Self.key, .user) == lookUp)
        }
        #expect(decide(nil, apiKey: Self.key, .user) == lookUp)
        #expect(decide(nil, apiKey: "Bearer \(Self.key)", .user) == .refused(.missing))
    }

    @Test func `a route refuses what it does not accept`() {
        #expect(decide(Self.publicKey, .user) == .refused(.missing))
        #expect(decide(Self.publicKey, .userOrRun) == .refused(.missing))
        #expect(decide(runToken, .user) == .refused(.missing))
        #expect(decide(runToken, .userOrStarter) == .refused(.missing))
        #expect(decide("Bearer \(Self.jwt)", .apiKeyOnly) == .refused(.missing))
        #expect(decide(nil, apiKey: Self.key, .signedToken) == .refused(.missing))
        #expect(decide("Bearer \(Self.jwt)", .publicKey) == .refused(.missing))
        #expect(decide(Self.publicKey, .publicKey) == starter)
    }

    @Test(arguments: shapes) func `nothing, or nothing sensible, is refused as missing`(
        shape: CredentialShape
    ) {
        #expect(decide(nil, shape) == .refused(.missing))
        for text in ["", "Bearer ", "Bearer", "Basic dTpw", "b3", "fr", "B3-", "\u{301}", "Bearer \u{301}"] {
            #expect(decide(text, apiKey: text, shape) == .refused(.missing))
        }
        #expect(decide(nil, apiKey: "b3-ä", shape) == .refused(.missing))
    }

    @Test func `a route without credentials looks at none`() {
        #expect(decide("Bearer a.b.c", apiKey: "b3-", .none) == .caller(.anonymous))
    }

    @Test func `a forged token stops the attempts, one that is none does not`() {
        #expect(decide("Bearer a.b.c", apiKey: Self.key, .user) == .refused(.tokenForged))
        #expect(decide("Bearer a.b.c", apiKey: Self.key, .apiKeyOnly) == lookUp)
        #expect(decide("Bearer a.b", apiKey: Self.key, .user) == lookUp)
        #expect(decide("Bearer a.b.c=", apiKey: Self.key, .user) == lookUp)
        #expect(decide("a.b.c", apiKey: Self.key, .user) == .refused(.tokenForged))
        for scheme in ["Basic ", "Bearer\t", "Bearer", "Token "] {
            #expect(decide(scheme + Self.jwt, apiKey: Self.key, .user) != user)
        }
    }

    @Test func `tokens come before keys, keys before claims and runs`() {
        #expect(decide("Bearer \(Self.jwt)", apiKey: Self.key, .user) == user)
        #expect(decide("Bearer \(Self.publicKey)", apiKey: Self.key, .userOrStarter) == lookUp)
        #expect(decide(runToken, apiKey: Self.key, .userOrRun) == lookUp)
        #expect(decide(Self.otherKey, apiKey: Self.key, .user) == lookUp)
        #expect(decide(Self.key, apiKey: "something else", .user) == lookUp)
    }

    @Test(arguments: shapes) func `an API key that cannot be one is not worth a look-up`(
        shape: CredentialShape
    ) {
        #expect(decide(nil, apiKey: "b3-", shape) == .refused(.apiKeyUnknown))
        #expect(decide("Bearer b3-short", shape) == .refused(.apiKeyUnknown))
        #expect(decide(Self.publicKey, apiKey: Self.key + "=", shape) == .refused(.apiKeyUnknown))
    }

    @Test func `a run token of another server is refused`() {
        #expect(decide(`Flow-run tokens`.zeroToken, .userOrRun) == .refused(.runTokenForged))
        #expect(decide("fr-", .userOrRun) == .refused(.runTokenForged))
    }

    @Test func `an expired token is refused`() {
        let late = Timestamp(seconds: 4_102_444_800)
        #expect(verifier.decide(token: Self.jwt, at: late) == .refused(.tokenExpired))
    }

    @Test(arguments: ["", "Bearer "])
    func `a socket takes keys, run tokens and signed tokens, with or without the prefix`(prefix: String) {
        func decide(_ token: String) -> CredentialDecision {
            verifier.decide(token: prefix + token, at: Self.now)
        }
        #expect(decide(Self.jwt) == user)
        #expect(decide(Self.key) == lookUp)
        #expect(decide(runToken) == .caller(.run(Self.run)))
        #expect(decide(Self.publicKey) == .refused(.tokenMalformed))
        #expect(decide("") == .refused(.tokenMalformed))
        #expect(decide("a.b.c") == .refused(.tokenForged))
        #expect(decide("b3-x") == .refused(.apiKeyUnknown))
        #expect(decide("fr-x") == .refused(.runTokenForged))
        #expect(decide(String(repeating: "1", count: 1 << 20)) == .refused(.tokenMalformed))
    }

    @Test func `headers do not print what they carry`() {
        let headers = CredentialHeaders(authorization: Self.jwt, apiKey: Self.key)
        var dumped = ""
        dump(headers, to: &dumped)
        for text in ["\(headers)", String(reflecting: headers), dumped] {
            #expect(!text.contains("eyJ") && !text.contains("b3-"))
        }
    }
}
