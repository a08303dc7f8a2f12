// The text that a wallet signs to log in. Stateless: a server recognises its own challenges by their code.

public import Primitives

/// A challenge that was made here, is still good, and was signed by the holder of its key (spec http-and-websocket 1.6).
///
/// The text names the public key and the second of the challenge, with a keyed code over both; nothing is stored for
/// it.
public struct LoginChallenge: Hashable, Sendable {
    /// Who wants to log in.
    public let publicKey: PublicKey
    /// When the challenge was made, or a little later, in seconds since 1970. A key has one challenge a second.
    public let second: Int64

    private static let headline = "space-operator authentication\n\n"
    /// Seconds for which a challenge may be answered.
    private static let lifetime: Int64 = 60
    /// A public key and a time.
    private static let contentByteCount = PublicKey.byteCount + 8
    /// The headline and 72 bytes in Base64.
    private static let messageByteCount = 127

    /// The text for a key and a second, 127 characters; see `ChallengeSeconds` for which second that is.
    public static func make(for key: PublicKey, second: Int64, secret: ServerSecret) -> String {
        let second = UInt64(bitPattern: second)
        let content = key.bytes + (0..<8).map { UInt8(truncatingIfNeeded: second >> (8 * UInt64($0))) }
        let code = BLAKE3.keyedHash(content, key: secret.secret)
        return headline + Base64.encode(content + code, alphabet: .url, padded: false)
    }

    /// Reads a challenge's text, a dot, and the Base58 of an Ed25519 signature over that text; nil unless all of it is
    /// valid. Callers are not told which part is not.
    public init?(signed token: String, at now: Timestamp, secret: ServerSecret) {
        // The length first, so that nothing long is ever decoded.
        guard token.utf8.count > LoginChallenge.messageByteCount,
            token.utf8.count <= LoginChallenge.messageByteCount + 1 + 2 * Ed25519.signatureByteCount,
            token.hasPrefix(LoginChallenge.headline), let dot = token.firstIndex(of: ".")
        else { return nil }
        let message = token[..<dot]
        guard message.utf8.count == LoginChallenge.messageByteCount,
            let bytes = Base64.decode(
                message.dropFirst(LoginChallenge.headline.count), alphabet: .url, padded: false),
            bytes.count == LoginChallenge.contentByteCount + BLAKE3.digestBytes
        else { return nil }
        let content = Array(bytes.prefix(LoginChallenge.contentByteCount))
        guard
            Digest.equal(
                Array(bytes.dropFirst(content.count)), BLAKE3.keyedHash(content, key: secret.secret)),
            let key = PublicKey(bytes: Array(content.prefix(PublicKey.byteCount)))
        else { return nil }
        let time = content.dropFirst(PublicKey.byteCount).reversed().reduce(UInt64(0)) {
            $0 << 8 | UInt64($1)
        }
        publicKey = key
        second = Int64(bitPattern: time)
        // The challenge's time may be ahead of this clock: seconds ahead are given out, and another server of this
        // installation may have made it. The code proves that no stranger made it.
        let (age, overflow) = LoginChallenge.second(of: now).subtractingReportingOverflow(second)
        guard !overflow, age < LoginChallenge.lifetime,
            let signature = Base58.decode(token[token.index(after: dot)...], bytesMax: 64),
            Ed25519.verify(signature, of: Array(message.utf8), by: key)
        else { return nil }
    }

    /// The whole seconds since 1970, rounded down.
    static func second(of time: Timestamp) -> Int64 {
        let (seconds, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest < 0 ? seconds - 1 : seconds
    }
}
