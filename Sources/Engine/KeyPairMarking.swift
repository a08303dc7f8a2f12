// Key pairs among values are found by what they are, where they enter a run, and go on as secrets.

internal import Primitives
internal import Values

extension Value {
    /// The lengths of 64 bytes in Base58.
    private static let textLengths = 64...88

    /// The value with each key pair in it as a secret, whichever of the usual forms it has: 64 bytes, their Base58, an
    /// array of 64 numbers.
    func markingKeyPairs(_ isKeyPair: (Bytes64) -> Bool) -> Value {
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
}

extension ValueMap {
    /// The entries with each key pair in them as a secret.
    func markingKeyPairs(_ isKeyPair: (Bytes64) -> Bool) -> ValueMap {
        guard entries.contains(where: { $0.value.mayHoldPair }) else { return self }
        return ValueMap(entries.map { ($0.key, $0.value.markingKeyPairs(isKeyPair)) })
    }
}

extension NodeOutcome {
    func markingKeyPairs(_ isKeyPair: (Bytes64) -> Bool) -> NodeOutcome {
        switch self {
        case .outputs(let outputs): .outputs(outputs.markingKeyPairs(isKeyPair))
        case .failed: self
        }
    }
}

extension InputAnswer {
    func markingKeyPairs(_ isKeyPair: (Bytes64) -> Bool) -> InputAnswer {
        guard case .submitted(let value) = self else { return self }
        return .submitted(value.markingKeyPairs(isKeyPair))
    }
}
