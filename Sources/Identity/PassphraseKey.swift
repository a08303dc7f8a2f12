// Keys made of what people can remember: scrypt by libcrypto (RFC 7914). Values; making a key takes a third of a second
// and much memory on purpose, so never on a loop or a lane.

internal import COpenSSL

/// Why something is no passphrase, or makes no key.
public enum PassphraseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It has too few characters.
    case tooShort
    /// It has too many bytes.
    case tooLong
    /// There is not enough memory to make the key.
    case memory

    public var description: String {
        switch self {
        case .tooShort: "a passphrase has at least \(Passphrase.characterCountMin) characters"
        case .tooLong: "a passphrase has at most \(Passphrase.byteCountMax) bytes"
        case .memory: "there is not enough memory to make a key of the passphrase"
        }
    }
}

/// How a key is made of a passphrase. Stands beside what is sealed under it; not secret.
public struct PassphraseTerms: Hashable, Sendable {
    /// The cost N of scrypt, a power of two.
    public let cost: UInt64
    /// Random bytes that make equal passphrases different keys.
    public let salt: [UInt8]

    /// The block size r and the parallelism p of scrypt, those of RFC 7914 section 2.
    public static let blockSize: UInt64 = 8
    public static let parallelism: UInt64 = 1
    /// A key takes 128 MiB and a third of a second. Machines with thousands of cores could guess twelve characters that
    /// a person chose, but they do not have this memory thousands of times.
    private static let newCost: UInt64 = 1 << 17
    /// Up to 256 MiB are spent on terms that came with a file.
    private static let costMax: UInt64 = 1 << 18
    private static let costMin: UInt64 = 1 << 14
    private static let saltByteCount = 16

    /// Terms for a new key.
    public init() {
        cost = PassphraseTerms.newCost
        salt = Digest.randomBytes(PassphraseTerms.saltByteCount)
    }

    /// Terms that came with something sealed; nil for those that this server does not work with.
    public init?(cost: UInt64, blockSize: UInt64, parallelism: UInt64, salt: [UInt8]) {
        guard cost.nonzeroBitCount == 1, cost >= PassphraseTerms.costMin, cost <= PassphraseTerms.costMax,
            blockSize == PassphraseTerms.blockSize, parallelism == PassphraseTerms.parallelism,
            salt.count == PassphraseTerms.saltByteCount
        else { return nil }
        self.cost = cost
        self.salt = salt
    }
}

/// What somebody can remember. Does not print itself. Compared byte by byte: the same letters in another form of Unicode
/// are another passphrase.
public struct Passphrase: Sendable, CustomStringConvertible {
    static let characterCountMin = 12
    /// More than anybody types; a longer one is a mistake.
    static let byteCountMax = 1024
    private let secret: Secret

    public init(_ text: String) throws(PassphraseError) {
        guard text.utf8.count <= Passphrase.byteCountMax else { throw .tooLong }
        guard text.count >= Passphrase.characterCountMin else { throw .tooShort }
        secret = Secret(Array(text.utf8))
    }

    public var description: String { secret.description }

    /// The key of this passphrase under these terms, always the same one.
    public func key(_ terms: PassphraseTerms) throws(PassphraseError) -> SealingKey {
        var bytes = [UInt8](repeating: 0, count: BLAKE3.keyBytes)
        let characters = secret.bytes.map { CChar(bitPattern: $0) }
        // The memory that the algorithm needs by its definition, and as much again for what libcrypto adds.
        let memoryMax = 2 * 128 * terms.cost * PassphraseTerms.blockSize
        let isMade = unsafe EVP_PBE_scrypt(
            characters, characters.count, terms.salt, terms.salt.count, terms.cost,
            PassphraseTerms.blockSize, PassphraseTerms.parallelism, memoryMax, &bytes, bytes.count)
        guard isMade == 1, let secret = ServerSecret(bytes: bytes) else {
            ERR_clear_error()
            throw .memory
        }
        return SealingKey(secret)
    }
}
