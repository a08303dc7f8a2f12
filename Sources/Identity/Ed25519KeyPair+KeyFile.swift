// The text form of key pairs that Solana's tools read and write. Pure, usable anywhere.

internal import Wire

/// Why a text is no key file. Reveals nothing of its content.
public enum KeyFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Not an array of 64 numbers below 256.
    case malformed
    /// The second half is not the public key of the first.
    case halvesDiffer

    public var description: String {
        switch self {
        case .malformed: "a key file is a JSON array of 64 numbers from 0 to 255"
        case .halvesDiffer: "the public half of the key file does not belong to its secret half"
        }
    }
}

extension Ed25519KeyPair {
    /// Reads a JSON array of 64 numbers: the secret half, then the public one, which must fit.
    public init(keyFile: [UInt8]) throws(KeyFileError) {
        guard let elements = (try? JSONValue.parse(keyFile))?.array else { throw .malformed }
        let bytes = elements.compactMap { $0.number?.integer(UInt8.self) }
        guard bytes.count == elements.count, bytes.count == 2 * Ed25519KeyPair.seedByteCount,
            let pair = Ed25519KeyPair(seed: Array(bytes.prefix(Ed25519KeyPair.seedByteCount)))
        else { throw .malformed }
        guard pair.publicKey.bytes == Array(bytes.dropFirst(Ed25519KeyPair.seedByteCount)) else {
            throw .halvesDiffer
        }
        self = pair
    }

    /// The JSON array that `init(keyFile:)` reads. For a file that only its owner may open.
    public var keyFile: [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for byte in seed.bytes + publicKey.bytes { writer.integer(byte) }
        writer.endArray()
        return writer.output
    }
}
