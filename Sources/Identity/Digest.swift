// SHA-256, SHA-512, HMACs, random bytes and comparison in constant time, all from libcrypto. Stateless, usable anywhere.

internal import COpenSSL

/// The cryptographic basics that the rest of Identity stands on.
public enum Digest {
    /// Bytes of a SHA-256 digest.
    public static let sha256Bytes = 32
    /// Bytes of a SHA-512 digest.
    public static let sha512Bytes = 64

    /// SHA-256 of `bytes` (FIPS 180-4), 32 bytes.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: sha256Bytes)
        guard unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1 else {
            preconditionFailure("libcrypto computes SHA-256 of bytes in memory")
        }
        return digest
    }

    /// SHA-512 of `bytes` (FIPS 180-4), 64 bytes.
    public static func sha512(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: sha512Bytes)
        guard unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha512(), nil) == 1 else {
            preconditionFailure("libcrypto computes SHA-512 of bytes in memory")
        }
        return digest
    }

    /// HMAC-SHA256 of `bytes` under `key` (RFC 2104), 32 bytes.
    public static func hmacSHA256(_ bytes: [UInt8], key: Secret) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: sha256Bytes)
        // libcrypto takes the key's length as a C int. No secret of this daemon is nearly that long.
        let keyBytes = Int32(clamping: key.bytes.count)
        guard unsafe HMAC(EVP_sha256(), key.bytes, keyBytes, bytes, bytes.count, &digest, nil) != nil else {
            preconditionFailure("libcrypto computes HMAC-SHA256 of bytes in memory")
        }
        return digest
    }

    /// HMAC-SHA512 of `bytes` under `key` (RFC 2104), 64 bytes.
    public static func hmacSHA512(_ bytes: [UInt8], key: Secret) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: sha512Bytes)
        let keyBytes = Int32(clamping: key.bytes.count)
        guard unsafe HMAC(EVP_sha512(), key.bytes, keyBytes, bytes, bytes.count, &digest, nil) != nil else {
            preconditionFailure("libcrypto computes HMAC-SHA512 of bytes in memory")
        }
        return digest
    }

    /// Unpredictable bytes, fit for keys.
    public static func randomBytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe RAND_bytes(&bytes, Int32(clamping: count)) == 1 else {
            preconditionFailure("the system's source of random bytes works")
        }
        return bytes
    }

    /// True if both are the same; the time taken tells the length at most, never where they differ.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe CRYPTO_memcmp(left, right, left.count) == 0
    }
}
