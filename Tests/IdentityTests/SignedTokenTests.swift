import Identity
import Primitives
import Testing

@Suite struct `Signed tokens` {
    static let secret = Secret(Array("an-example-jwt-secret-that-is-at-least-32-bytes".utf8))
    static let published = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhdWQiOiJhdXRoZW50aWNhdGVkIiwiZXhwIjo0MTAyNDQ0ODAwLCJzdWIiOiJlMDA2\
        Y2E1ZC0zYzdjLTQ4MzktOGIyMy05YzZmNjI0ZjM2YjkiLCJyb2xlIjoiYXV0aGVudGljYXRlZCIsInVzZXJfbWV0YWRhdGEiOnsicHVia2\
        V5IjoiOUM2aHliaFE2QXljZXA5amFVblA2dUw5Wll2RGpVcDFhU2tGV1BVRkp0cGoifX0.WCNCB63hnckKLstbQK4eUZiQBuPATtzvZo-Y\
        1sXPeHU
        """
    static let user = UserID(UniqueID(high: 0xE006_CA5D_3C7C_4839, low: 0x8B23_9C6F_624F_36B9))
    static let key = "9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJtpj"
    static let now = Timestamp(seconds: 1_775_044_800)

    static let header = #"{"alg":"HS256","typ":"JWT"}"#
    static func payload(
        exp: String = "1775044801", sub: String = #""\#(user)""#, role: String = #""authenticated""#,
        metadata: String = #"{"pubkey":"\#(key)"}"#
    ) -> String {
        #"{"exp":\#(exp),"sub":\#(sub),"role":\#(role),"user_metadata":\#(metadata)}"#
    }

    static func token(_ header: String = header, _ payload: String = payload(), secret: Secret = secret)
        -> String
    {
        let parts = [header, payload].map { Base64.encode(Array($0.utf8), alphabet: .url, padded: false) }
        let code = Digest.hmacSHA256(Array(parts.joined(separator: ".").utf8), key: secret)
        return (parts + [Base64.encode(code, alphabet: .url, padded: false)]).joined(separator: ".")
    }

    static func claims(_ text: String, at now: Timestamp = now) throws(CredentialError) -> SignedToken.Claims?
    {
        try SignedToken(text[...])?.claims(secret: secret, at: now)
    }

    @Test func `the published token is believed`() throws {
        let claims = try #require(try Self.claims(Self.published))
        #expect(claims.user == Self.user)
        #expect(claims.publicKey.text == Self.key)
        #expect(claims.expirySeconds == 4_102_444_800)
    }

    @Test func `a session counts only in a token of this server, where there must be one`() throws {
        func claims(_ more: String) throws -> SignedToken.Claims? {
            try Self.claims(Self.token(Self.header, "{\(more)," + Self.payload().dropFirst()))
        }
        let session = "16a7d0c4-b8f3-4bb4-a4b0-3b6f4b0e64c2"
        #expect(
            try claims(#""iss":"flowd","session_id":"\#(session)""#)?.session == SessionID(session))
        #expect(try claims(#""iss":"https://other.example","session_id":"\#(session)""#)?.session == nil)
        #expect(try claims(#""session_id":"\#(session)""#)?.session == nil)
        for more in [#""iss":"flowd""#, #""iss":"flowd","session_id":7"#] {
            #expect(throws: CredentialError.tokenMalformed) { try claims(more) }
        }
    }

    @Test func `a token is good until the second of its expiry`() throws {
        let token = Self.token()
        #expect(try Self.claims(token, at: Timestamp(nanoseconds: 1_775_044_800_999_999_999)) != nil)
        #expect(throws: CredentialError.tokenExpired) {
            try Self.claims(token, at: Timestamp(seconds: 1_775_044_801))
        }
        #expect(try Self.claims(Self.token(Self.header, Self.payload(exp: "\(Int64.max)"))) != nil)
        #expect(throws: CredentialError.tokenExpired) {
            try Self.claims(Self.token(Self.header, Self.payload(exp: "\(Int64.min)")))
        }
    }

    @Test(arguments: [
        #"{"pub_key":"\#(key)"}"#, #"{"pub_key":"1","pubkey":"\#(key)"}"#,
        #"{"pubkey":"\#(key)","x":[1,{}]}"#,
    ])
    func `the older name of the key is taken, the newer one preferred`(metadata: String) throws {
        #expect(
            try Self.claims(Self.token(Self.header, Self.payload(metadata: metadata)))?.publicKey.text
                == Self.key)
    }

    @Test(arguments: [
        "", "a", "a.b", "a.b.!", "a.b.c=", "a.b.c+", "fr-AAAA", key, "..!",
        String(repeating: ".", count: 40_000),
    ])
    func `what is not built like a token is not one`(text: String) {
        #expect(SignedToken(text[...]) == nil)
    }

    @Test func `a token under another secret or with a changed part is refused`() {
        let parts = Self.token().split(separator: ".").map(String.init)
        for text in [
            Self.token(secret: Secret(Array("another".utf8))), "..", "a.b.cc",
            parts[0] + "." + parts[1] + ".",
            parts[0] + "." + parts[0] + "." + parts[2],
        ] {
            #expect(throws: CredentialError.tokenForged) { try Self.claims(text) }
        }
        #expect(throws: CredentialError.tokenMalformed) {
            try Self.claims("a." + parts.joined(separator: "."))
        }
    }

    @Test(arguments: [
        #"{"alg":"none"}"#, #"{"alg":"HS512"}"#, #"{"alg":"hs256"}"#, #"{"typ":"JWT"}"#,
        #"{"alg":["HS256"]}"#,
        "HS256", "[]", "",
    ])
    func `a header that does not say HS256 is refused although the code matches`(header: String) {
        #expect(throws: CredentialError.tokenMalformed) { try Self.claims(Self.token(header)) }
    }

    @Test(arguments: [
        payload(exp: "1775044801.5"), payload(exp: #""1775044801""#), payload(exp: "null"),
        payload(exp: "9223372036854775808"), payload(sub: #""nobody""#), payload(sub: "7"),
        payload(role: #""anon""#),
        payload(role: "null"), payload(metadata: "{}"), payload(metadata: "null"),
        payload(metadata: #"{"pubkey":7}"#),
        payload(metadata: #"{"pubkey":"abc"}"#), payload(metadata: #"{"pubkey":null,"pub_key":"\#(key)"}"#),
        #"{"sub":"\#(user)","role":"authenticated","user_metadata":{"pubkey":"\#(key)"}}"#, "{}", "[]", "",
        "{",
        payload() + "x", String(repeating: "[", count: 5_000),
    ])
    func `a payload without every claim is refused`(payload: String) {
        #expect(throws: CredentialError.tokenMalformed) { try Self.claims(Self.token(Self.header, payload)) }
    }
}
