// Who signs for a wallet that a node is given (spec nodes 0.3, 3.2). Pure.

internal import Engine
internal import Identity
internal import Primitives
internal import Values

/// What an input of the type `keypair` stands for.
enum WalletSigner {
    /// A key pair whose halves belong together.
    case keyPair(Ed25519KeyPair)
    /// Somebody else signs for this key.
    case publicKey(Bytes32)

    /// Reads an input. One that is no key pair is read in its shown form, so that no error reveals more.
    init(_ inputs: ValueMap, at port: String) throws {
        let wallet = try inputs.revealed.required(port, as: Value.self)
        guard let bytes = WalletSigner.sixtyFourBytes(of: wallet) else {
            self = .publicKey(try inputs.required(port, as: Value.self).readPublicKey())
            return
        }
        let seed = Array(bytes.prefix(Ed25519KeyPair.seedByteCount))
        guard let key = Bytes32(Array(bytes.suffix(PublicKey.byteCount))) else {
            throw NodeFailure("\(port): a key pair has 64 bytes")
        }
        // The old way to write a wallet whose key is elsewhere (spec values.md 12.4).
        if seed.allSatisfy({ $0 == 0 }) {
            self = .publicKey(key)
            return
        }
        guard let pair = Ed25519KeyPair(seed: seed), pair.publicKey.bytes == key.bytes else {
            throw NodeFailure("\(port): the halves of the key pair do not belong together")
        }
        self = .keyPair(pair)
    }

    private static func sixtyFourBytes(of value: Value) -> [UInt8]? {
        if case .string(let text) = value {
            return text.utf8.count > 44 ? Base58.decode(text).flatMap { $0.count == 64 ? $0 : nil } : nil
        }
        return (try? value.readSignature())?.bytes
    }

    /// The outputs `pubkey` and `keypair` of a node that gives this wallet. A key pair is a secret, so that nothing
    /// shows it.
    var outputs: ValueMap {
        switch self {
        case .publicKey(let key): WalletNodes.outputs(of: key)
        case .keyPair(let pair): ["pubkey": pair.publicKeyValue, "keypair": pair.secretValue]
        }
    }
}

extension Ed25519KeyPair {
    /// The public half as a value.
    var publicKeyValue: Value { Value(raw: publicKey.bytes) }

    /// Both halves, hidden.
    var secretValue: Value {
        guard let bytes = Bytes64(seed.bytes + publicKey.bytes) else {
            preconditionFailure("an Ed25519 secret has 32 bytes, and its public half, too")
        }
        return .keyPairSecret(bytes)
    }
}
