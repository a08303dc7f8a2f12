// The secret of this installation. A value, made at first start and kept with the server's records.

/// The 32 random bytes under which this server authenticates what it hands out and gets back.
///
/// The same secret must be there after a restart, or every flow-run token handed out before is void.
public struct ServerSecret: Sendable, CustomStringConvertible {
    /// The bytes to store and to compute with.
    public let secret: Secret

    /// Nil unless there are exactly 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == BLAKE3.keyBytes else { return nil }
        secret = Secret(bytes)
    }

    private init(secret: Secret) { self.secret = secret }

    /// A new secret, for a first start.
    public static func random() -> ServerSecret { ServerSecret(secret: .random(BLAKE3.keyBytes)) }

    public var description: String { secret.description }
}
