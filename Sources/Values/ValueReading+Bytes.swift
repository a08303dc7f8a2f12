// Reading bytes, public keys and signatures (spec values.md 10, 12.1, 12.2).

internal import Primitives

extension Value {
    /// Bytes of a byte field: byte strings of any kind, the UTF-8 of a text, or an array of numbers below
    /// 256.
    public func readBytes() throws(ValueReadingError) -> [UInt8] {
        if case .string(let text) = self { return Array(text.utf8) }
        guard let bytes = try byteList() else { throw .wrongKind(kindPhrase, expected: "bytes") }
        return bytes
    }

    /// A public key in any of its forms. For a key pair it is the second half, for a map the entry `public_key`,
    /// whatever else is in the map (spec values.md 15.1), and a secret is read by its shown value. Whether it is a
    /// point on the curve is not checked.
    public func readPublicKey() throws(ValueReadingError) -> Bytes32 {
        if case .secret(let secret) = self { return try secret.shown.readPublicKey() }
        guard case .map(let map) = self else { return try readBarePublicKey() }
        guard let key = map["public_key"] else {
            guard let first = map.entries.first else { throw .missingField("public_key") }
            throw .wrongValue(Value.string(first.key).kindPhrase, expected: "public_key")
        }
        return try key.readBarePublicKey()
    }

    private func readBarePublicKey() throws(ValueReadingError) -> Bytes32 {
        let bytes: [UInt8]
        if case .string(let text) = self {
            // The longest text of 32 bytes has 44 characters; a longer one must be a key pair.
            guard let decoded = Base58.decode(text, bytesMax: 64),
                decoded.count == (text.utf8.count <= 44 ? 32 : 64)
            else {
                throw .wrongValue(kindPhrase, expected: "pubkey or keypair encoded in bs58")
            }
            bytes = decoded
        } else if let list = try byteList() {
            bytes = list
        } else {
            throw .wrongKind(kindPhrase, expected: "public key")
        }
        guard bytes.count == 32 || bytes.count == 64, let key = Bytes32(Array(bytes.suffix(32))) else {
            throw .wrongLength(bytes.count, expected: "32 or 64")
        }
        return key
    }

    /// A signature: 64 bytes in any form, or their Base58.
    public func readSignature() throws(ValueReadingError) -> Bytes64 {
        let bytes: [UInt8]
        if case .string(let text) = self {
            guard let decoded = Base58.decode(text, bytesMax: 64), decoded.count == 64 else {
                throw .invalidBase58
            }
            bytes = decoded
        } else if let list = try byteList() {
            bytes = list
        } else {
            throw .wrongKind(kindPhrase, expected: "signature")
        }
        guard let signature = Bytes64(bytes) else { throw .wrongLength(bytes.count, expected: "64") }
        return signature
    }

    /// The bytes of every kind that holds some; nil for other kinds.
    private func byteList() throws(ValueReadingError) -> [UInt8]? {
        switch self {
        case .b32(let key): return key.bytes
        case .b64(let pair): return pair.bytes
        case .bytes(let bytes): return bytes
        case .array(let elements):
            var bytes: [UInt8] = []
            bytes.reserveCapacity(elements.count)
            for element in elements { bytes.append(try UInt8(reading: element)) }
            return bytes
        default: return nil
        }
    }
}
