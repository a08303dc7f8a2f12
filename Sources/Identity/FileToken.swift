// Tokens that let whoever has them read one file for a while. Stateless, usable anywhere.

public import Primitives

/// Tokens of the form `ff-` and Base64 of a user's sixteen bytes, the second at which the token ends, and the code of both
/// and of the file's key under the server's secret. They are not stored and cannot be taken back.
public enum FileToken {
    private static let prefix = "ff-"
    /// Sixteen bytes of the user, eight of the end, then thirty-two of the code.
    private static let byteCount = 56
    private static let claimedByteCount = 24
    private static let characterCount = 78

    /// A token for a file of this user.
    ///
    /// - Parameter end: the first second since 1970 at which the token is no longer good.
    public static func make(for key: String, of owner: UserID, until end: Int64, secret: ServerSecret)
        -> String
    {
        let claimed = owner.id.bytes + (0..<8).reversed().map { UInt8(truncatingIfNeeded: end >> (8 * $0)) }
        return prefix + Base64.encode(claimed + code(claimed, key, secret), alphabet: .url, padded: false)
    }

    /// Whose file a token lets its holder read; nil if this server has not made it for this key, or if its time is over.
    public static func verify(
        _ token: some StringProtocol, for key: String, at now: Timestamp, secret: ServerSecret
    ) -> UserID? {
        // The length first, so that nothing long is ever decoded.
        guard token.utf8.count == characterCount, token.hasPrefix(prefix),
            let bytes = Base64.decode(token.dropFirst(prefix.count), alphabet: .url, padded: false),
            bytes.count == byteCount, let id = UniqueID(bytes: bytes.prefix(16))
        else { return nil }
        let claimed = Array(bytes.prefix(claimedByteCount))
        guard Digest.equal(Array(bytes.dropFirst(claimedByteCount)), code(claimed, key, secret)) else {
            return nil
        }
        let end = claimed.dropFirst(16).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return end > now.nanoseconds / 1_000_000_000 ? UserID(id) : nil
    }

    /// What is claimed has a fixed length, so that no two pairs of claim and key are the same bytes.
    private static func code(_ claimed: [UInt8], _ key: String, _ secret: ServerSecret) -> [UInt8] {
        Digest.hmacSHA256(claimed + Array(key.utf8), key: secret.secret)
    }
}
