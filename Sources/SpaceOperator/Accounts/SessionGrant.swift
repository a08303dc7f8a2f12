// What a client gets for a session, in the forms that the kinds of clients expect. A value.

internal import Identity
internal import Primitives
internal import Wire

/// Tokens for a user, shown once.
struct SessionGrant: Sendable {
    let profile: UserProfile
    let accessToken: String
    let refreshToken: RefreshToken
    /// When the access token expires, in seconds since 1970.
    let expirySeconds: Int64

    /// The session object that clients hand on to a Supabase client (spec http-and-websocket 2.4).
    var session: JSONValue {
        [
            "access_token": .string(accessToken),
            "token_type": "bearer",
            "expires_in": .integer(Limits.accessTokenSeconds),
            "expires_at": .integer(expirySeconds),
            "refresh_token": .string(refreshToken.text),
            "user": profile.json,
        ]
    }

    /// The answer to an API key that was exchanged for a session.
    var claim: JSONValue {
        [
            "user_id": .string(profile.user.text),
            "access_token": .string(accessToken),
            "refresh_token": .string(refreshToken.text),
            "expires_at": .integer(expirySeconds),
        ]
    }
}

extension UserProfile {
    /// The user object of sessions.
    var json: JSONValue {
        [
            "id": .string(user.text),
            "aud": "authenticated",
            "role": "authenticated",
            "email": .string(email),
            "created_at": .string(createdAt.text),
            "app_metadata": [:],
            "user_metadata": ["pubkey": .string(publicKey.text)],
        ]
    }
}
