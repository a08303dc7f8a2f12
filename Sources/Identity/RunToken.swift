// Flow-run tokens: the right to one run, provable without a table. Stateless, usable anywhere.

public import Primitives

/// Tokens of the form `fr-` and Base64 of a run's sixteen bytes and their code under the server's secret
/// (spec http-and-websocket 1.5). They never expire and are not stored.
public enum RunToken {
    /// What every token begins with, and no other credential does.
    public static let prefix = "fr-"
    /// Sixteen bytes of the run, then thirty-two of the code.
    private static let byteCount = 48

    /// The token of a run, 67 characters.
    public static func make(for run: RunID, secret: ServerSecret) -> String {
        let id = run.id.bytes
        let code = BLAKE3.keyedHash(id, key: secret.secret)
        return prefix + Base64.encode(id + code, alphabet: .url, padded: false)
    }

    /// The run that a token gives a right to; nil for a token that this server did not make.
    public static func verify(_ token: some StringProtocol, secret: ServerSecret) -> RunID? {
        // The length first, so that nothing long is ever decoded.
        guard token.utf8.count == 67, token.hasPrefix(prefix),
            let bytes = Base64.decode(token.dropFirst(prefix.count), alphabet: .url, padded: false),
            bytes.count == byteCount, let id = UniqueID(bytes: bytes.prefix(16)),
            Digest.equal(Array(bytes.dropFirst(16)), BLAKE3.keyedHash(id.bytes, key: secret.secret))
        else { return nil }
        return RunID(id)
    }
}
