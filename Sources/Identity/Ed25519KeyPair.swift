// A key pair of a user or of this server. A value; its holder can sign.

/// An Ed25519 secret with its public half (RFC 8032).
public struct Ed25519KeyPair: Sendable {
    /// How many bytes the secret half has.
    public static let seedByteCount = 32

    /// The secret half. Does not print itself.
    public let seed: Secret
    /// The public half, by which its owner is known.
    public let publicKey: PublicKey

    /// A new key pair.
    public init() {
        self.init(checked: .random(Ed25519KeyPair.seedByteCount))
    }

    /// The key pair of a secret half; nil unless there are exactly 32 bytes.
    public init?(seed: [UInt8]) {
        guard seed.count == Ed25519KeyPair.seedByteCount else { return nil }
        self.init(checked: Secret(seed))
    }

    private init(checked seed: Secret) {
        self.seed = seed
        publicKey = Ed25519.publicKey(of: seed)
    }

    /// The 64 bytes that prove to anyone with the public half that `message` was signed with this pair.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        Ed25519.sign(message, with: seed)
    }
}
