// Ed25519 signatures by libcrypto (RFC 8032). Stateless, usable anywhere.

internal import COpenSSL

/// Verifies signatures.
public enum Ed25519 {
    /// How many bytes a signature has.
    public static let signatureByteCount = 64

    /// True if `signature` was made over `message` by the holder of `key`'s secret half.
    ///
    /// Strict, so that a signature speaks for one key and one message only: keys and nonces of small order
    /// and keys that are not written canonically are refused, although RFC 8032 leaves them to the reader.
    public static func verify(_ signature: [UInt8], of message: [UInt8], by key: PublicKey) -> Bool {
        guard signature.count == signatureByteCount, isCanonical(key.bytes[...]),
            !hasSmallOrder(key.bytes[...]),
            !hasSmallOrder(signature.prefix(32)),
            let handle = unsafe EVP_PKEY_new_raw_public_key(
                EVP_PKEY_ED25519, nil, key.bytes, PublicKey.byteCount)
        else { return false }
        defer { unsafe EVP_PKEY_free(handle) }
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("there is memory for a digest")
        }
        defer { unsafe EVP_MD_CTX_free(context) }
        let verified =
            unsafe EVP_DigestVerifyInit(context, nil, nil, nil, handle) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        // A refusal leaves its reason in this thread's error queue, where the next reader would take it for its own
        // error.
        if !verified { ERR_clear_error() }
        return verified
    }

    /// True if 64 bytes are a secret of 32 bytes and its public half, as key pairs are written. Takes some ten
    /// microseconds.
    public static func isKeyPair(_ bytes: [UInt8]) -> Bool {
        bytes.count == 64 && publicKey(of: Secret(Array(bytes.prefix(32)))).bytes == Array(bytes.suffix(32))
    }

    /// The public half of a secret of 32 bytes. Any 32 bytes are a good secret.
    static func publicKey(of seed: Secret) -> PublicKey {
        var bytes = [UInt8](repeating: 0, count: PublicKey.byteCount)
        var count = bytes.count
        let handle = unsafe privateHandle(seed)
        defer { unsafe EVP_PKEY_free(handle) }
        guard unsafe EVP_PKEY_get_raw_public_key(handle, &bytes, &count) == 1,
            let key = PublicKey(bytes: bytes)
        else { preconditionFailure("libcrypto computes the public half of an Ed25519 key") }
        return key
    }

    /// The signature of `message` under a secret of 32 bytes.
    static func sign(_ message: [UInt8], with seed: Secret) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: signatureByteCount)
        var count = signature.count
        let handle = unsafe privateHandle(seed)
        defer { unsafe EVP_PKEY_free(handle) }
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("there is memory for a digest")
        }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestSignInit(context, nil, nil, nil, handle) == 1,
            unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        else { preconditionFailure("libcrypto signs bytes in memory with Ed25519") }
        return signature
    }

    private static func privateHandle(_ seed: Secret) -> OpaquePointer {
        guard
            let handle = unsafe EVP_PKEY_new_raw_private_key(
                EVP_PKEY_ED25519, nil, seed.bytes, seed.bytes.count)
        else { preconditionFailure("libcrypto takes any 32 bytes for an Ed25519 secret") }
        return unsafe handle
    }

    /// True if an encoded point's coordinate is below 2^255 - 19, so that the point has no other spelling. Only the
    /// nineteen greatest 255-bit numbers are not below.
    private static func isCanonical(_ point: ArraySlice<UInt8>) -> Bool {
        let bytes = unsigned(point)
        return bytes[31] < 0x7F || bytes[1..<31].contains { $0 != 0xFF } || bytes[0] < 0xED
    }

    /// True if an encoded point is one of the eight whose order divides eight.
    private static func hasSmallOrder(_ point: ArraySlice<UInt8>) -> Bool {
        smallOrderCoordinates.contains(unsigned(point))
    }

    /// The coordinate of an encoded point without the sign in its last bit.
    private static func unsigned(_ point: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = Array(point)
        bytes[31] &= 0x7F
        return bytes
    }

    /// The coordinates y of the points of order 1, 2, 4 and 8, least significant byte first: 1, -1, 0 and the
    /// two y whose point doubled has the coordinate 0.
    private static let smallOrderCoordinates: [[UInt8]] = [
        [1] + [UInt8](repeating: 0, count: 31),
        [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
        [UInt8](repeating: 0, count: 32),
        [
            0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0,
            0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
        ],
        [
            0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F,
            0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
        ],
    ]
}
