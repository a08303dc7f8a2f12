// What a client keeps of its session, to get the next access token. A value; storage knows its hash only.

internal import Primitives

/// A text of 43 characters that is good for one renewal of a session, which gives the next one.
///
/// The first is random, each further one a keyed hash of the one before: nobody without the server's secret can tell the
/// next, and a client whose answer was lost gets the very same one again.
public struct RefreshToken: Sendable, CustomStringConvertible, CustomReflectable {
    private static let byteCount = 32

    /// The whole token. Goes to its session's client and nowhere else.
    public let text: String

    /// The first token of a new session.
    public init() { self.init(bytes: Digest.randomBytes(RefreshToken.byteCount)) }

    private init(bytes: [UInt8]) { text = Base64.encode(bytes, alphabet: .url, padded: false) }

    /// Reads a presented token; nil for what cannot be one, which is then not worth looking up.
    public init?(_ text: String) {
        // The length first, so that nothing long is ever decoded.
        guard text.utf8.count == 43, Base64.decode(text, alphabet: .url, padded: false) != nil else {
            return nil
        }
        self.text = text
    }

    /// The token that comes after this one.
    public func successor(under secret: ServerSecret) -> RefreshToken {
        RefreshToken(bytes: Digest.hmacSHA256(Array(text.utf8), key: secret.secret))
    }

    /// What is stored of it, 32 bytes.
    public var hash: [UInt8] { Digest.sha256(Array(text.utf8)) }

    public var description: String { "(refresh token)" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}
