// Key pairs among values are found by what they are, where they enter a run, and go on as secrets.

internal import Values

extension Value {
    /// The value with each key pair in it as a secret.
    func markingKeyPairs(_ isKeyPair: (Bytes64) -> Bool) -> Value {
        switch self {
        case .b64(let pair): isKeyPair(pair) ? .keyPairSecret(pair) : self
        case .array(let elements) where holdsLongBytes: .array(elements.map { $0.markingKeyPairs(isKeyPair) })
        case .map(let map) where holdsLongBytes: .map(map.markingKeyPairs(isKeyPair))
        default: self
        }
    }

    fileprivate var holdsLongBytes: Bool {
        switch self {
        case .b64: true
        case .array(let elements): elements.contains(where: \.holdsLongBytes)
        case .map(let map): map.entries.contains { $0.value.holdsLongBytes }
        default: false
        }
    }
}

extension ValueMap {
    /// The entries with each key pair in them as a secret.
    func markingKeyPairs(_ isKeyPair: (Bytes64) -> Bool) -> ValueMap {
        guard entries.contains(where: { $0.value.holdsLongBytes }) else { return self }
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
