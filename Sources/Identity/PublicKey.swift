// The Ed25519 public key by which users are known. A value, usable anywhere.

internal import Primitives

/// The 32 bytes of an Ed25519 public key, written as Base58.
///
/// Any 32 bytes are taken: whether a curve point stands behind them shows when a signature is verified.
public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes a key has.
    public static let byteCount = 32

    /// Exactly `byteCount` bytes.
    public let bytes: [UInt8]

    /// Nil unless there are exactly 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == PublicKey.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads Base58 of exactly 32 bytes; nil for anything else, however long.
    public init?(_ text: some StringProtocol) {
        guard let bytes = Base58.decode(text, bytesMax: 64) else { return nil }
        self.init(bytes: bytes)
    }

    /// Base58, 32 to 44 characters.
    public var text: String { Base58.encode(bytes) }

    public var description: String { text }
}
