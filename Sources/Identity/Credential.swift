// Which credentials a route accepts, which a request carried, and what was decided. Values, usable anywhere.

/// The credentials that a route accepts. They are tried in the order in which they stand here
/// (spec http-and-websocket 1.2).
public struct CredentialShape: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A signed token, as `Authorization: Bearer …` or without the scheme.
    public static let signedToken = CredentialShape(rawValue: 1)
    /// An API key, as `x-api-key: …` or in `Authorization`.
    public static let apiKey = CredentialShape(rawValue: 2)
    /// A public key, claimed without proof, in `Authorization`.
    public static let publicKey = CredentialShape(rawValue: 4)
    /// A flow-run token, in `Authorization`.
    public static let runToken = CredentialShape(rawValue: 8)

    /// Shape A: a user.
    public static let user: CredentialShape = [.signedToken, .apiKey]
    /// Shape B: a user, or somebody who claims a key.
    public static let userOrStarter: CredentialShape = [.signedToken, .apiKey, .publicKey]
    /// Shape C: a user, or the holder of a run's token.
    public static let userOrRun: CredentialShape = [.signedToken, .apiKey, .runToken]
    /// An API key and nothing else.
    public static let apiKeyOnly: CredentialShape = .apiKey
    /// A signed token and nothing else. For routes that change how a user logs in: an API key may lie in a script.
    public static let signedTokenOnly: CredentialShape = .signedToken
    /// No credential is asked for and none is looked at.
    public static let none: CredentialShape = []
}

/// The header values that may carry a credential, untouched.
public struct CredentialHeaders: Sendable, CustomStringConvertible, CustomReflectable {
    /// The value of `Authorization`, if there was one.
    public let authorization: String?
    /// The value of `x-api-key`, if there was one.
    public let apiKey: String?

    public init(authorization: String? = nil, apiKey: String? = nil) {
        self.authorization = authorization
        self.apiKey = apiKey
    }

    /// What `Authorization` holds behind the scheme `Bearer`, or as a whole where a client leaves the scheme out.
    public var bareAuthorization: Substring? { authorization.map(CredentialHeaders.withoutScheme) }

    /// A token without the `Bearer ` that may stand before it. The scheme counts in any case, and any number of spaces
    /// may follow it (RFC 9110 sections 11.1 and 11.4).
    public static func withoutScheme(_ text: String) -> Substring {
        let scheme = "bearer ".utf8
        let bytes = text.utf8
        guard bytes.count >= scheme.count,
            zip(bytes, scheme).allSatisfy({ byte, letter in byte == letter || byte | 0x20 == letter })
        else { return text[...] }
        return Substring(bytes.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") })
    }

    public var description: String { "(credentials)" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What is known of a caller from the credential, without storage.
public enum CredentialDecision: Hashable, Sendable {
    /// The caller is this one.
    case caller(Caller)
    /// The caller is not let in.
    case refused(CredentialError)
    /// The caller is a user if storage knows one by this proof.
    case awaitingUser(UserProof)
}

/// Why a caller is not let in. Clients get one and the same answer for all of them; the difference is for logs
/// and counters.
public enum CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The request has none of the credentials that the route accepts.
    case missing
    /// A signed token is not built as the rules say, or lacks a claim.
    case tokenMalformed
    /// A signed token was not signed with this server's secret.
    case tokenForged
    /// A signed token was good until now or earlier.
    case tokenExpired
    /// The session of a signed token was revoked, or its user is disabled or gone.
    case sessionEnded
    /// An API key is not built as the rules say, or nobody's.
    case apiKeyUnknown
    /// A flow-run token was not made by this server.
    case runTokenForged
    /// The verifier of a dialect's own credential does not let it in, for a reason that the dialect knows by this name.
    case own(String)

    public var description: String {
        switch self {
        case .missing: "there is no credential that this route accepts"
        case .tokenMalformed: "the signed token is malformed"
        case .tokenForged: "the signed token has a wrong signature"
        case .tokenExpired: "the signed token has expired"
        case .sessionEnded: "the session of the signed token has ended"
        case .apiKeyUnknown: "the API key is unknown"
        case .runTokenForged: "the flow-run token is not of this server"
        case .own(let reason): "the dialect's own credential is refused: \(reason)"
        }
    }
}
