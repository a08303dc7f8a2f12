// Key pairs are found by their content where values enter a run, and go on as secrets. One check takes some ten
// microseconds. So workers go through what a stranger can send, and only up to a bound.

public import Engine
internal import Primitives
public import Values

/// Finds key pairs in whichever of the usual forms they have: 64 bytes, an array of 64 numbers, an object of them by their
/// places, a text of one of the forms of `KeyPairText`, also as bytes and as a name in a map.
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
        try bounded { isKeyPair in values.markingKeyPairs(isKeyPair) }
    }

    /// What a search gives that tries no more than so many candidates.
    private func bounded<Found>(
        _ search: ((Bytes64) -> Bool) -> Found
    ) throws(TooManyCandidates) -> Found {
        var left = Limits.keyPairsSoughtMax
        let found = search { pair in
            left -= 1
            return left >= 0 && isKeyPair(pair)
        }
        guard left >= 0 else { throw TooManyCandidates() }
        return found
    }

    /// True if there are at most `Limits.keyPairEffortMax` values, of which each that must be tried counts as
    /// `Limits.keyPairEffort`.
    public func isQuick(_ values: ValueMap) -> Bool {
        var effort = Limits.keyPairEffortMax
        return values.isSoughtThrough(with: &effort)
    }
}

extension KeyPairFinder {
    /// True if a key pair is anywhere in the value, names of entries included.
    public func findsKeyPair(in value: Value) -> Bool { value.markingKeyPairs(isKeyPair).holdsSecret }

    /// True if the text is a key pair.
    public func findsKeyPair(in text: String) -> Bool { text.pair(isKeyPair) != nil }

    /// The texts with a note in place of each key pair, among their names, too.
    public func concealing(_ texts: [String: String]) -> [String: String] { texts.concealing(isKeyPair) }

    /// The same for texts from outside.
    ///
    /// - Throws: as for values.
    public func concealing(fromOutside texts: [String: String]) throws(TooManyCandidates) -> [String: String]
    {
        try bounded { isKeyPair in texts.concealing(isKeyPair) }
    }
}

extension String {
    fileprivate var mayBePair: Bool { KeyPairText(utf8) != nil }

    /// The key pair that the text is, if it is one.
    fileprivate func pair(_ isKeyPair: (Bytes64) -> Bool) -> Bytes64? {
        KeyPairText(utf8)?.candidates.first(where: isKeyPair)
    }

    /// A note if the text is a key pair.
    fileprivate func concealing(_ isKeyPair: (Bytes64) -> Bool) -> String {
        pair(isKeyPair).map { "<key pair of \(Base58.encode(Array($0.bytes.suffix(32))))>" } ?? self
    }
}

extension [String: String] {
    fileprivate func concealing(_ isKeyPair: (Bytes64) -> Bool) -> [String: String] {
        guard contains(where: { $0.key.mayBePair || $0.value.mayBePair }) else { return self }
        return [String: String](
            map { ($0.key.concealing(isKeyPair), $0.value.concealing(isKeyPair)) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension Value {
    fileprivate func markingKeyPairs(_ isKeyPair: (Bytes64) -> Bool) -> Value {
        if let pair = candidates.first(where: isKeyPair) { return .keyPairSecret(pair) }
        switch self {
        case .array(let elements) where elements.contains(where: \.mayHoldPair):
            return .array(elements.map { $0.markingKeyPairs(isKeyPair) })
        case .map(let map):
            let marked = map.markingKeyPairs(isKeyPair)
            // A name cannot be a secret, so the map becomes one.
            guard map.entries.contains(where: { $0.key.pair(isKeyPair) != nil }) else { return .map(marked) }
            return .secret(SecretValue(revealed, shownAs: Value.map(marked).concealed))
        default: return self
        }
    }

    /// The 64 bytes that the value may stand for.
    private var candidates: [Bytes64] {
        switch self {
        case .b64(let bytes): [bytes]
        // 64 bytes may be sent under either name. Others may be the content of a file.
        case .bytes(let bytes): Bytes64(bytes).map { [$0] } ?? KeyPairText(bytes)?.candidates ?? []
        case .string(let text): KeyPairText(text.utf8)?.candidates ?? []
        case .array(let elements): [Value.pair(of: elements)].compactMap(\.self)
        case .map(let map): [Value.pair(of: map)].compactMap(\.self)
        default: []
        }
    }

    private static func pair(of elements: [Value]) -> Bytes64? {
        guard elements.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for element in elements {
            guard let byte = try? UInt8(reading: element) else { return nil }
            bytes.append(byte)
        }
        return Bytes64(bytes)
    }

    /// JavaScript writes an array of bytes as an object with their places as names.
    private static func pair(of map: ValueMap) -> Bytes64? {
        guard map.entries.count == 64, map["63"] != nil else { return nil }
        return pair(of: (0..<64).compactMap { map["\($0)"] })
    }

    /// False if it is certain at a glance that no key pair is in the value.
    fileprivate var mayHoldPair: Bool {
        switch self {
        case .b64: true
        case .bytes(let bytes): bytes.count == 64 || KeyPairText(bytes) != nil
        case .string(let text): text.mayBePair
        case .array(let elements): elements.count == 64 || elements.contains(where: \.mayHoldPair)
        case .map(let map): map.mayHoldPair
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
        case .map(let map):
            if map.entries.count == 64 { effort -= Limits.keyPairEffort }
            return map.isSoughtThrough(with: &effort)
        default:
            if mayHoldPair { effort -= Limits.keyPairEffort }
            return effort >= 0
        }
    }
}

extension ValueMap {
    fileprivate var mayHoldPair: Bool {
        entries.count == 64 || entries.contains { $0.value.mayHoldPair || $0.key.mayBePair }
    }

    fileprivate func markingKeyPairs(_ isKeyPair: (Bytes64) -> Bool) -> ValueMap {
        guard mayHoldPair else { return self }
        return ValueMap(entries.map { ($0.key.concealing(isKeyPair), $0.value.markingKeyPairs(isKeyPair)) })
    }

    fileprivate func isSoughtThrough(with effort: inout Int) -> Bool {
        entries.allSatisfy { entry in
            if entry.key.mayBePair { effort -= Limits.keyPairEffort }
            return entry.value.isSoughtThrough(with: &effort)
        }
    }
}
