// The tokens that this server signs for its sessions.

public import Primitives
internal import Wire

extension SignedToken {
    /// An access token for a session of a user, good until a second after 1970. Besides the claims that this server
    /// reads, it has claims for other services that share the secret (spec http-and-websocket 1.4).
    public static func make(
        for profile: UserProfile, session: SessionID, at now: Timestamp, expirySeconds: Int64, secret: Secret
    ) -> String {
        let header: JSONValue = ["alg": "HS256", "typ": "JWT"]
        let payload: JSONValue = [
            "iss": .string(issuer),
            "sub": .string(profile.user.text),
            "aud": "authenticated",
            "role": "authenticated",
            "iat": .integer(now.nanoseconds / 1_000_000_000),
            "exp": .integer(expirySeconds),
            "email": .string(profile.email),
            "session_id": .string(session.text),
            "app_metadata": [:],
            "user_metadata": ["pubkey": .string(profile.publicKey.text)],
        ]
        let signed = [header, payload].map { Base64.encode($0.encoded, alphabet: .url, padded: false) }
            .joined(separator: ".")
        let code = Digest.hmacSHA256(Array(signed.utf8), key: secret)
        return signed + "." + Base64.encode(code, alphabet: .url, padded: false)
    }
}
