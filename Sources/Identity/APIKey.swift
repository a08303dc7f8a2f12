// API keys: the text a user keeps and the hash that storage keeps. Values, usable anywhere.

internal import Primitives

/// The full text of an API key, shown to its user once (spec http-and-websocket 1.3).
///
/// It is `b3-` and 32 random bytes in Base64 of the address alphabet without padding: 46 characters. Printing
/// a key by accident shows no more than that there is one.
public struct APIKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// What every key begins with, and no other credential does.
    public static let prefix = "b3-"
    /// Random bytes of a key.
    public static let randomByteCount = 32

    /// The whole key. Goes to its owner and nowhere else.
    public let text: String

    /// A new key.
    public init() {
        self.init(randomBytes: Digest.randomBytes(APIKey.randomByteCount))
    }

    /// The key of these bytes, `randomByteCount` of them.
    init(randomBytes: [UInt8]) {
        text = APIKey.prefix + Base64.encode(randomBytes, alphabet: .url, padded: false)
    }

    /// Reads a presented key; nil for a text that cannot be one, whose hash need not be looked up.
    public init?(_ text: some StringProtocol) {
        // The length first, so that nothing long is ever decoded.
        guard text.utf8.count == 46, text.hasPrefix(APIKey.prefix),
            let bytes = Base64.decode(
                text.dropFirst(APIKey.prefix.count), alphabet: .url, padded: false),
            bytes.count == APIKey.randomByteCount
        else { return nil }
        self.text = String(text)
    }

    /// The hash that is stored of the key, and by which the key is found.
    public var hash: APIKeyHash {
        APIKeyHash(digest: BLAKE3.hash(Array(text.utf8)))
    }

    /// Five asterisks and the last five characters, by which its owner recognises a key in a list.
    public var trimmed: String { "*****" + text.suffix(5) }

    public var description: String { "(API key)" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The hash of an API key as the table holds it: Base64 of the address alphabet with padding, 44 characters.
public struct APIKeyHash: Hashable, Sendable, CustomStringConvertible {
    /// The stored text.
    public let text: String

    init(digest: [UInt8]) {
        text = Base64.encode(digest, alphabet: .url)
    }

    /// Reads a stored hash; nil for what cannot be one.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 44, let digest = Base64.decode(text, alphabet: .url),
            digest.count == BLAKE3.digestBytes
        else { return nil }
        self.text = String(text)
    }

    public var description: String { text }
}
