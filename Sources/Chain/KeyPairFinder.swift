// Key pairs are found by their content where values enter a run, and go on as secrets. One check takes some ten
// microseconds. So workers go through what a stranger can send, and only up to a bound.

public import Engine
internal import Primitives
public import Values

/// Finds key pairs in whichever of the usual forms they have: 64 bytes, their Base58, an array of 64 numbers.
public struct KeyPairFinder: SecretFinder {
    private let isKeyPair: @Sendable (Bytes64) -> Bool

    /// - Parameter isKeyPair: true if 64 bytes are a key pair and not, for example, a signature. May take some
    ///   microseconds.
    public init(isKeyPair: @escaping @Sendable (Bytes64) -> Bool) { self.isKeyPair = isKeyPair }

    /// The values with each key pair in them as a secret.
    public func marking(_ values: ValueMap) -> ValueMap { values.markingKeyPairs(isKeyPair) }

    /// The same for values from outside.
    ///
    /// - Throws: if more than `Limits.keyPairsSoughtMax` values would have to be tried. Untried values can be treated
    ///   neither way: taken for key pairs, signatures for example would be hidden from the flow that works on them; let
    ///   through, a key pair could be seen.
    public func marking(fromOutside values: ValueMap) throws(TooManyCandidates) -> ValueMap {
        var left = Limits.keyPairsSoughtMax
        let marked = values.markingKeyPairs { pair in
            left -= 1
            return left >= 0 && isKeyPair(pair)
        }
        guard left >= 0 else { throw TooManyCandidates() }
        return marked
    }

    /// True if there are at most `Limits.keyPairEffortMax` values, of which each that must be tried counts as
    /// `Limits.keyPairEffort`.
    public func isQuick(_ values: ValueMap) -> Bool {
        var effort = Limits.keyPairEffortMax
        return values.entries.allSatisfy { $0.value.isSoughtThrough(with: &effort) }
    }
}

extension Value {
    /// The lengths of 64 bytes in Base58.
    private static let textLengths = 64...88

    fileprivate func markingKeyPairs(_ isKeyPair: (Bytes64) -> Bool) -> Value {
        if let pair = bytesOfPair { return isKeyPair(pair) ? .keyPairSecret(pair) : self }
        switch self {
        case .array(let elements) where elements.contains(where: \.mayHoldPair):
            return .array(elements.map { $0.markingKeyPairs(isKeyPair) })
        case .map(let map): return .map(map.markingKeyPairs(isKeyPair))
        default: return self
        }
    }

    /// The 64 bytes that the value may stand for.
    private var bytesOfPair: Bytes64? {
        switch self {
        case .b64(let bytes): return bytes
        // 64 bytes may be sent under either name.
        case .bytes(let bytes): return Bytes64(bytes)
        case .string(let text):
            guard Value.textLengths.contains(text.utf8.count) else { return nil }
            return Base58.decode(text).flatMap { Bytes64($0) }
        case .array(let elements):
            guard elements.count == 64 else { return nil }
            var bytes: [UInt8] = []
            for element in elements {
                guard let byte = try? UInt8(reading: element) else { return nil }
                bytes.append(byte)
            }
            return Bytes64(bytes)
        default: return nil
        }
    }

    /// False if it is certain at a glance that no key pair is in the value.
    fileprivate var mayHoldPair: Bool {
        switch self {
        case .b64: true
        case .bytes(let bytes): bytes.count == 64
        case .string(let text): Value.textLengths.contains(text.utf8.count)
        case .array(let elements): elements.count == 64 || elements.contains(where: \.mayHoldPair)
        case .map(let map): map.entries.contains { $0.value.mayHoldPair }
        default: false
        }
    }

    /// False once the effort is used up before everything has been looked at.
    fileprivate func isSoughtThrough(with effort: inout Int) -> Bool {
        effort -= 1
        guard effort >= 0 else { return false }
        switch self {
        case .array(let elements):
            if elements.count == 64 { effort -= Limits.keyPairEffort }
            return elements.allSatisfy { $0.isSoughtThrough(with: &effort) }
        case .map(let map): return map.entries.allSatisfy { $0.value.isSoughtThrough(with: &effort) }
        default:
            if mayHoldPair { effort -= Limits.keyPairEffort }
            return effort >= 0
        }
    }
}

extension ValueMap {
    fileprivate func markingKeyPairs(_ isKeyPair: (Bytes64) -> Bool) -> ValueMap {
        guard entries.contains(where: { $0.value.mayHoldPair }) else { return self }
        return ValueMap(entries.map { ($0.key, $0.value.markingKeyPairs(isKeyPair)) })
    }
}
