// Encrypts texts so that a reader of their table cannot read them: ChaCha20-Poly1305 by libcrypto (RFC 8439).
// Stateless, usable anywhere.

internal import COpenSSL

/// Why a box stays closed.
public enum SealedBoxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It was sealed under another key.
    case otherKey
    /// It is no box, was changed, or belongs somewhere else.
    case damaged

    public var description: String {
        switch self {
        case .otherKey: "it was sealed under another key"
        case .damaged: "it was changed, or belongs somewhere else"
        }
    }
}

/// The key that boxes are sealed under, with a name that every box carries.
public struct SealingKey: Sendable, CustomStringConvertible {
    static let nameByteCount = 8

    let secret: Secret
    /// Tells keys apart and says nothing about them.
    let name: [UInt8]

    public init(_ secret: ServerSecret) {
        self.secret = secret.secret
        let digest = Digest.hmacSHA256(Array("name of a sealing key".utf8), key: secret.secret)
        name = Array(digest.prefix(SealingKey.nameByteCount))
    }

    public var description: String { secret.description }
}

/// Bytes sealed for one place: the name of the key, a random nonce, what is hidden, and a tag over all of it.
public enum SealedBox {
    private static let nonceByteCount = 12
    private static let tagByteCount = 16
    /// What a box takes beside its content.
    public static let extraByteCount = SealingKey.nameByteCount + nonceByteCount + tagByteCount

    /// Seals `content` for `place`, which must be given again to open it. Two boxes of one content differ. The nonces
    /// are random and have 96 bits, so up to 2^32 boxes it stays unlikely that two of them share one.
    public static func seal(_ content: [UInt8], for place: [UInt8], under key: SealingKey) -> [UInt8] {
        let nonce = Digest.randomBytes(nonceByteCount)
        return key.name + nonce + encrypt(content, nonce: nonce, for: place, key: key.secret)
    }

    /// What was sealed for `place`.
    public static func open(
        _ box: [UInt8], for place: [UInt8], under key: SealingKey
    ) throws(SealedBoxError) -> [UInt8] {
        guard box.count >= extraByteCount else { throw .damaged }
        guard Array(box.prefix(SealingKey.nameByteCount)) == key.name else { throw .otherKey }
        let rest = box.dropFirst(SealingKey.nameByteCount)
        guard
            let content = decrypt(
                Array(rest.dropFirst(nonceByteCount)), nonce: Array(rest.prefix(nonceByteCount)), for: place,
                key: key.secret)
        else { throw .damaged }
        return content
    }

    /// The encrypted content and its tag.
    static func encrypt(_ content: [UInt8], nonce: [UInt8], for place: [UInt8], key: Secret) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: content.count)
        var tag = [UInt8](repeating: 0, count: tagByteCount)
        var count: Int32 = 0
        let context = unsafe context()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        guard unsafe EVP_EncryptInit_ex(context, EVP_chacha20_poly1305(), nil, key.bytes, nonce) == 1,
            unsafe EVP_EncryptUpdate(context, nil, &count, place, Int32(clamping: place.count)) == 1,
            unsafe EVP_EncryptUpdate(context, &output, &count, content, Int32(clamping: content.count)) == 1,
            Int(count) == content.count,
            unsafe EVP_EncryptFinal_ex(context, &tag, &count) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagByteCount), &tag) == 1
        else { preconditionFailure("libcrypto encrypts bytes in memory") }
        return output + tag
    }

    /// The content, or nil if the tag does not fit.
    static func decrypt(_ sealed: [UInt8], nonce: [UInt8], for place: [UInt8], key: Secret) -> [UInt8]? {
        guard sealed.count >= tagByteCount, let sealedCount = Int32(exactly: sealed.count) else { return nil }
        let contentCount = sealedCount - Int32(tagByteCount)
        var output = [UInt8](repeating: 0, count: Int(contentCount))
        var tag = Array(sealed.suffix(tagByteCount))
        var rest = [UInt8](repeating: 0, count: tagByteCount)
        var count: Int32 = 0
        let context = unsafe context()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        guard unsafe EVP_DecryptInit_ex(context, EVP_chacha20_poly1305(), nil, key.bytes, nonce) == 1,
            unsafe EVP_DecryptUpdate(context, nil, &count, place, Int32(clamping: place.count)) == 1,
            unsafe EVP_DecryptUpdate(context, &output, &count, sealed, contentCount) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagByteCount), &tag) == 1,
            unsafe EVP_DecryptFinal_ex(context, &rest, &count) == 1
        else {
            // A refusal leaves its reason in this thread's error queue, where the next reader would take it for its own
            // error.
            ERR_clear_error()
            return nil
        }
        return output
    }

    private static func context() -> OpaquePointer {
        guard let context = unsafe EVP_CIPHER_CTX_new() else {
            preconditionFailure("there is memory for a cipher")
        }
        return unsafe context
    }
}
