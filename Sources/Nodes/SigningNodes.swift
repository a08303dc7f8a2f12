// Nodes that have messages signed, and that check signatures (spec nodes 3.3).

internal import Engine
internal import Identity
internal import Primitives
internal import Values

/// The kinds about signatures of messages by Ed25519.
enum SigningNodes {
    static let kinds: [NodeKind] = [signMessage, verifySignature]

    private static let signConduct = NodeConduct(
        readCapability: .interactive, repetition: .always, timeLimit: nil)

    /// A key pair signs at once. For any other input its public key decides who signs: a key that the server keeps, or
    /// the person who is asked.
    private static let signMessage = NodeKind(
        name: "@spo/crypto.sign_message.0.1", aliases: ["sign_message"],
        summary: "Has a message signed by a key pair, by a kept key, or by the person who has the wallet.",
        inputs: [
            InputPort("wallet", types: ["keypair", "pubkey"]),
            InputPort("message", types: ["string", "bytes"], tooltip: "Of a text, its UTF-8."),
            InputPort(
                "timeout", types: ["f64"], required: false, default: .u64(180),
                tooltip: "Seconds that a person has to sign."),
        ],
        outputs: [OutputPort("signature", type: "signature"), OutputPort("pubkey", type: "pubkey")],
        conduct: signConduct
    ) { call in
        do {
            let message = try call.inputs.required("message", as: Value.self).readBytes()
            let timeLimit = try timeLimit(call.inputs)
            switch try WalletSigner(call.inputs, at: "wallet") {
            case .keyPair(let pair): return .done(.outputs(try signed(message, by: pair)))
            case .publicKey(let key):
                guard message.count <= Limits.signatureMessageBytesMax else {
                    throw NodeFailure(
                        "a message to be signed by a person has at most \(Limits.signatureMessageBytesMax) bytes"
                    )
                }
                return .ask(
                    .signature(SignatureWish(publicKey: key, message: message, timeLimit: timeLimit)))
            }
        } catch {
            return .done(.failed("\(error)"))
        }
    }

    private static let verifySignature = NodeKind.computing(
        "crypto", "verify_signature", summary: "Says whether a signature of a message is that of a key.",
        inputs: [
            InputPort("pubkey", types: ["pubkey"]),
            InputPort("message", types: ["string", "bytes"], tooltip: "Of a text, its UTF-8."),
            InputPort("signature", types: ["signature"]),
        ],
        outputs: [OutputPort("valid", type: "bool")]
    ) { call in
        let key = try call.inputs.required("pubkey", as: Value.self).readPublicKey()
        let message = try call.inputs.required("message", as: Value.self).readBytes()
        let signature = try call.inputs.required("signature", as: Value.self).readSignature()
        guard let key = PublicKey(bytes: key.bytes) else { return ["valid": .bool(false)] }
        return ["valid": .bool(Ed25519.verify(signature.bytes, of: message, by: key))]
    }

    private static func signed(_ message: [UInt8], by pair: Ed25519KeyPair) throws -> ValueMap {
        guard let signature = Bytes64(pair.sign(message)), let key = Bytes32(pair.publicKey.bytes) else {
            preconditionFailure("an Ed25519 signature has 64 bytes, and its key 32")
        }
        return ["signature": .b64(signature), "pubkey": .b32(key)]
    }

    /// Seconds.
    private static func timeLimit(_ inputs: ValueMap) throws -> Duration {
        let seconds = try inputs.optional("timeout", as: Double.self) ?? 180
        guard seconds >= 0, seconds.isFinite else {
            throw NodeFailure("timeout must be a number of seconds, 0 or more")
        }
        return .milliseconds(Int64(min(seconds * 1000, Double(Limits.waitMillisecondsMax))))
    }
}
