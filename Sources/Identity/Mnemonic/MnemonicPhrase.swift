// Phrases that stand for keys (BIP-39). Values; the key of a phrase takes some milliseconds, so never on a loop or a lane.

internal import COpenSSL
internal import Foundation
internal import Primitives

/// Why a text is no phrase. Reveals nothing of its words.
public enum MnemonicError: Error, Hashable, Sendable, CustomStringConvertible {
    case empty
    case tooLong
    case wordCount(Int)
    /// The list that has most of the words does not have this one; the first is 1.
    case unknownWord(number: Int, MnemonicLanguage)
    case checksum

    public var description: String {
        switch self {
        case .empty: "the phrase is empty"
        case .tooLong: "a phrase has at most \(Limits.mnemonicBytesMax) bytes, and so has its passphrase"
        case .wordCount(let count):
            "a phrase has 12, 15, 18, 21 or 24 words, not \(count)"
        case .unknownWord(let number, let language):
            "word \(number) of the phrase is not in the \(language.rawValue) word list"
        case .checksum:
            "the checksum of the phrase is wrong: a word is another one, or the order is"
        }
    }
}

/// Words that somebody has written down, with a checksum in the last of them. Does not print itself.
public struct MnemonicPhrase: Sendable, CustomStringConvertible {
    static let wordCounts = [12, 15, 18, 21, 24]
    private static let bitsOfWord = 11
    private static let rounds: Int32 = 2_048
    /// The bytes of a new phrase's entropy: twelve words.
    private static let newEntropyBytes = 16

    /// The language whose list has the words.
    public let language: MnemonicLanguage
    /// The words in form NFKD with single spaces between them.
    private let secret: Secret

    /// Reads a phrase in any of the languages. White space of every kind and number separates words.
    public init(_ text: String) throws(MnemonicError) {
        guard text.utf8.count <= Limits.mnemonicBytesMax else { throw .tooLong }
        let words = text.decomposedStringWithCompatibilityMapping.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { throw .empty }
        guard MnemonicPhrase.wordCounts.contains(words.count) else { throw .wordCount(words.count) }
        language = try MnemonicPhrase.language(of: words)
        secret = Secret(Array(words.joined(separator: " ").utf8))
    }

    /// A new English phrase of twelve words.
    public init() {
        self.init(entropy: Digest.randomBytes(MnemonicPhrase.newEntropyBytes))
    }

    /// The English phrase of this entropy, which has 16, 20, 24, 28 or 32 bytes.
    init(entropy: [UInt8]) {
        let words = MnemonicLanguage.english.words
        let bits = MnemonicPhrase.bits(of: entropy) + MnemonicPhrase.checksum(of: entropy)
        let chosen = stride(from: 0, to: bits.count, by: MnemonicPhrase.bitsOfWord).map { start in
            words[MnemonicPhrase.number(bits[start..<start + MnemonicPhrase.bitsOfWord])]
        }
        language = .english
        secret = Secret(Array(chosen.joined(separator: " ").utf8))
    }

    public var description: String { secret.description }

    /// The 64 bytes that all keys of the phrase come from.
    public func seed(passphrase: String) throws(MnemonicError) -> Secret {
        guard passphrase.utf8.count <= Limits.mnemonicBytesMax else { throw .tooLong }
        let salt = Array(("mnemonic" + passphrase.decomposedStringWithCompatibilityMapping).utf8)
        let password = secret.bytes.map { CChar(bitPattern: $0) }
        var seed = [UInt8](repeating: 0, count: Digest.sha512Bytes)
        let isMade = unsafe PKCS5_PBKDF2_HMAC(
            password, Int32(clamping: password.count), salt, Int32(clamping: salt.count),
            MnemonicPhrase.rounds,
            EVP_sha512(), Int32(clamping: seed.count), &seed)
        guard isMade == 1 else {
            preconditionFailure("libcrypto computes PBKDF2 of bytes in memory")
        }
        return Secret(seed)
    }

    // MARK: Words and bits

    /// The first language that has all words and whose checksum is right.
    private static func language(of words: [Substring]) throws(MnemonicError) -> MnemonicLanguage {
        var likely = (language: MnemonicLanguage.english, known: -1, unknown: 0)
        var hasAll = false
        for language in MnemonicLanguage.allCases {
            let numbers = words.map { language.number(of: $0) }
            let known = numbers.compactMap(\.self)
            if known.count == words.count {
                if isWhole(known) { return language }
                hasAll = true
            } else if known.count > likely.known {
                likely = (language, known.count, numbers.firstIndex(of: nil) ?? 0)
            }
        }
        throw hasAll ? .checksum : .unknownWord(number: likely.unknown + 1, likely.language)
    }

    /// True if the last bits of the words are the checksum of the others.
    private static func isWhole(_ numbers: [Int]) -> Bool {
        let bits = numbers.flatMap { number in
            (0..<bitsOfWord).reversed().map { UInt8(truncatingIfNeeded: number >> $0 & 1) }
        }
        let entropyBits = bits.count / 33 * 32
        let entropy = stride(from: 0, to: entropyBits, by: 8).map {
            UInt8(truncatingIfNeeded: number(bits[$0..<$0 + 8]))
        }
        return Array(bits[entropyBits...]) == checksum(of: entropy)
    }

    /// The first bits of the digest: one for each four bytes.
    private static func checksum(of entropy: [UInt8]) -> [UInt8] {
        Array(bits(of: Digest.sha256(entropy)).prefix(entropy.count / 4))
    }

    private static func bits(of bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { byte in (0..<8).reversed().map { byte >> $0 & 1 } }
    }

    private static func number(_ bits: ArraySlice<UInt8>) -> Int { bits.reduce(0) { $0 << 1 | Int($1) } }
}
