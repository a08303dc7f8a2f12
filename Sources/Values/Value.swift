// What flows through ports: one value in one of fourteen kinds, or a secret one. Pure data, usable anywhere.

internal import Primitives

/// A value on a port (spec values.md section 1). Takes 24 bytes in an array, and the memory of its content.
///
/// The kinds are not unified: `u64(1)`, `i64(1)` and `decimal(1)` are three different values. "Missing" is
/// not a value; a missing entry is simply not in its map.
public enum Value: Sendable {
    case null
    case string(String)
    case bool(Bool)
    case u64(UInt64)
    case i64(Int64)
    case f64(Double)
    case decimal(Decimal96)
    // These are rare. They are boxed so that they do not make every value larger.
    indirect case i128(Int128)
    indirect case u128(UInt128)
    case b32(Bytes32)
    case b64(Bytes64)
    case bytes([UInt8])
    case array([Value])
    case map(ValueMap)
    /// Something that must not be seen; see `SecretValue`.
    indirect case secret(SecretValue)
}

/// Exactly 32 bytes: a public key or a hash.
public struct Bytes32: Hashable, Sendable {
    public let bytes: [UInt8]

    /// Nil unless there are exactly 32 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }
}

/// Exactly 64 bytes: a signature or a key pair.
public struct Bytes64: Hashable, Sendable {
    public let bytes: [UInt8]

    /// Nil unless there are exactly 64 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 64 else { return nil }
        self.bytes = bytes
    }
}
