// Which of the keys of a seed is meant (SLIP-0010, BIP-44). Pure.

/// Why a text is no path to a key of Ed25519.
public enum DerivationPathError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed
    case notHardened
    case tooLong

    public var description: String {
        switch self {
        case .malformed: "a derivation path is like m/44'/501'/0'/0'"
        case .notHardened: "each step of a derivation path for Ed25519 is hardened: 44' and not 44"
        case .tooLong: "a derivation path has at most \(DerivationPath.stepsMax) steps"
        }
    }
}

/// Steps from a seed to one of its keys. Keys of Ed25519 have hardened steps only.
public struct DerivationPath: Sendable {
    /// The depth of a key is one byte (BIP-32).
    static let stepsMax = 255
    private static let hardened: UInt32 = 1 << 31
    private let steps: [UInt32]

    /// Reads `m`, then numbers below 2^31, each behind a slash and before an apostrophe, `h` or `H`.
    public init(_ text: String) throws(DerivationPathError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let first = parts.first, first.elementsEqual("m".utf8) else { throw .malformed }
        guard parts.count - 1 <= DerivationPath.stepsMax else { throw .tooLong }
        var steps: [UInt32] = []
        for part in parts.dropFirst() {
            let digits = part.prefix { (48...57).contains($0) }
            guard !digits.isEmpty, let number = UInt32(String(decoding: digits, as: UTF8.self)),
                number < DerivationPath.hardened
            else { throw .malformed }
            let mark = part.dropFirst(digits.count)
            guard !mark.isEmpty else { throw .notHardened }
            guard mark.count == 1, let sign = mark.first, "'hH".utf8.contains(sign) else { throw .malformed }
            steps.append(number)
        }
        self.steps = steps
    }

    /// The key pair at the end of the path.
    public func keyPair(of seed: Secret) -> Ed25519KeyPair {
        var node = Digest.hmacSHA512(seed.bytes, key: Secret(Array("ed25519 seed".utf8)))
        for step in steps {
            let number = step | DerivationPath.hardened
            let bytes = (0..<4).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
            node = Digest.hmacSHA512([0] + node.prefix(32) + bytes, key: Secret(Array(node.suffix(32))))
        }
        guard let pair = Ed25519KeyPair(seed: Array(node.prefix(Ed25519KeyPair.seedByteCount))) else {
            preconditionFailure("half of a SHA-512 digest has 32 bytes")
        }
        return pair
    }
}
