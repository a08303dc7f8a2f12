// The token that a client keeps to get the next access token of its session. A value; storage knows its hashes only.

internal import Primitives

/// A text of 43 characters that is good for one renewal of a session, which gives the next one.
///
/// Its first half is the session's family: random, and the same in all tokens of a session. So a token that was used up
/// long ago is recognised, although nothing of it is kept. The second half is random in the first token and a keyed
/// hash of the token before in each further one: nobody without the server's secret can compute the next one, and a
/// client whose answer was lost gets the very same one again.
public struct RefreshToken: Sendable, CustomStringConvertible, CustomReflectable {
    private static let byteCount = 32
    private static let familyByteCount = 16

    /// The whole token. Goes to its session's client and nowhere else.
    public let text: String
    /// The part that it shares with its predecessors and successors. As secret as the token.
    private let family: [UInt8]

    /// The first token of a new session.
    public init() { self.init(bytes: Digest.randomBytes(RefreshToken.byteCount)) }

    private init(bytes: [UInt8]) {
        text = Base64.encode(bytes, alphabet: .url, padded: false)
        family = Array(bytes.prefix(RefreshToken.familyByteCount))
    }

    /// Reads a presented token; nil for a text that cannot be one and need not be looked up.
    public init?(_ text: String) {
        // The length first, so that nothing long is ever decoded.
        guard text.utf8.count == 43, let bytes = Base64.decode(text, alphabet: .url, padded: false),
            bytes.count == RefreshToken.byteCount
        else { return nil }
        self.init(bytes: bytes)
    }

    /// The token that comes after this one.
    public func successor(under secret: ServerSecret) -> RefreshToken {
        let code = Digest.hmacSHA256(Array(text.utf8), key: secret.secret)
        return RefreshToken(bytes: family + code.prefix(RefreshToken.byteCount - family.count))
    }

    /// What is stored of it, 32 bytes.
    public var hash: [UInt8] { Digest.sha256(Array(text.utf8)) }

    /// What is stored of its family, 32 bytes: the same for all tokens of a session.
    public var familyHash: [UInt8] { Digest.sha256(family) }

    public var description: String { "(refresh token)" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
