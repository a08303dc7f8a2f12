// JSON web tokens with HS256 (RFC 7515, RFC 7519), as far as this server accepts them. A value.

public import Primitives
internal import Wire

/// A text built like a signed token: three parts with dots between, the last one of Base64's characters. Nothing
/// of it is believed before `claims(secret:at:)` has returned.
public struct SignedToken: Sendable {
    /// What a believed token says about its holder (spec http-and-websocket 1.4).
    public struct Claims: Hashable, Sendable {
        /// `sub`.
        public let user: UserID
        /// `user_metadata.pubkey`, or its older name `pub_key`.
        public let publicKey: PublicKey
        /// `exp`: seconds since 1970, the first at which the token is no longer good.
        public let expirySeconds: Int64
        /// `session_id` of a token that this server has made. Nil for a token that another service has signed with the
        /// same secret, whatever its `session_id`.
        public let session: SessionID?

        public init(user: UserID, publicKey: PublicKey, expirySeconds: Int64, session: SessionID?) {
            self.user = user
            self.publicKey = publicKey
            self.expirySeconds = expirySeconds
            self.session = session
        }

        /// The token is not good any more at the wall time `now`. There is no leeway, and the second of the expiry itself
        /// is too late (spec http-and-websocket 1.4).
        public func hasExpired(at now: Timestamp) -> Bool {
            expirySeconds <= now.nanoseconds / 1_000_000_000
        }
    }

    /// The least number of bytes of a secret for tokens (RFC 7518 section 3.2): a shorter secret could be found by
    /// trying.
    public static let secretByteCountMin = 32

    /// `iss` of the tokens that this server makes.
    static let issuer = "flowd"

    private let header: Substring
    private let payload: Substring
    private let signature: Substring
    /// Nil if the text has more than two dots: then it is no token, whatever its signature.
    private let signedText: [UInt8]?

    /// Takes a text apart; nil if it is some other kind of credential.
    public init?(_ text: Substring) {
        guard text.utf8.count <= Limits.signedTokenBytesMax else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, let last = parts.last, last.utf8.allSatisfy(SignedToken.isBase64) else {
            return nil
        }
        header = parts[0]
        payload = parts[1]
        signature = last
        signedText = parts.count == 3 ? Array("\(parts[0]).\(parts[1])".utf8) : nil
    }

    /// What the token says, if it was signed with `secret` and is still good at the wall time `now`.
    public func claims(secret: Secret, at now: Timestamp) throws(CredentialError) -> Claims {
        guard let signedText else { throw .tokenMalformed }
        guard let signature = Base64.decode(signature, alphabet: .url, padded: false),
            Digest.equal(signature, Digest.hmacSHA256(signedText, key: secret))
        else { throw .tokenForged }
        // Another algorithm is refused even with a matching code, so that a token means one thing only.
        guard try SignedToken.object(header)["alg"]?.string == "HS256" else { throw .tokenMalformed }
        let members = try SignedToken.object(payload)
        guard let expirySeconds = members["exp"]?.number?.integer(Int64.self),
            let user = members["sub"]?.string.flatMap({ UserID($0) }),
            members["role"]?.string == "authenticated",
            let metadata = members["user_metadata"]?.object,
            let publicKey = (metadata["pubkey"] ?? metadata["pub_key"])?.string.flatMap({ PublicKey($0) })
        else { throw .tokenMalformed }
        let claims = Claims(
            user: user, publicKey: publicKey, expirySeconds: expirySeconds, session: try session(of: members))
        guard !claims.hasExpired(at: now) else { throw .tokenExpired }
        return claims
    }

    private func session(of members: JSONObject) throws(CredentialError) -> SessionID? {
        guard members["iss"]?.string == SignedToken.issuer else { return nil }
        guard let session = members["session_id"]?.string.flatMap({ SessionID($0) }) else {
            throw .tokenMalformed
        }
        return session
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func object(_ part: Substring) throws(CredentialError) -> JSONObject {
        guard let bytes = Base64.decode(part, alphabet: .url, padded: false),
            let object = (try? JSONValue.parse(bytes))?.object
        else { throw .tokenMalformed }
        return object
    }
}
