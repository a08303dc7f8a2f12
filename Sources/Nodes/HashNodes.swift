// Nodes for digests (spec nodes 2.4).

internal import Engine
internal import Identity
internal import Primitives
internal import Values

/// The kinds that hash.
enum HashNodes {
    static let kinds: [NodeKind] = [hash]

    private static let algorithms = ["sha256", "sha512", "keccak256", "blake3", "hmac-sha256"]

    /// The key may be a secret: it is used, and what comes out does not show it.
    private static let hash = NodeKind.computing(
        "crypto", "hash", summary: "Computes the digest of bytes, or their code under a key.",
        inputs: [
            InputPort("data", types: ["bytes", "string"], tooltip: "Of a text, its UTF-8."),
            InputPort(
                "algorithm", types: ["string"], required: false, default: .string("sha256"),
                tooltip: algorithms.joined(separator: ", ") + "."),
            InputPort(
                "key", types: ["string", "bytes"], required: false,
                tooltip: "For hmac-sha256; may be a secret."),
        ],
        outputs: [
            OutputPort("result", type: "bytes"),
            OutputPort("hex", type: "string", tooltip: "The same in hexadecimal digits."),
        ]
    ) { call in
        let data = try call.inputs.required("data", as: Value.self).readBytes()
        let key = try call.inputs.revealed.optional("key", as: Value.self).map(keyBytes)
        let name = try call.inputs.optional("algorithm", as: Value.self)?.readName(of: algorithms)
        guard key == nil || name == "hmac-sha256" else { throw NodeFailure("key is for hmac-sha256 only") }
        let digest: [UInt8]
        switch name {
        case "sha512": digest = Digest.sha512(data)
        case "keccak256": digest = Keccak256.hash(data)
        case "blake3": digest = BLAKE3.hash(data)
        case "hmac-sha256":
            guard let key else { throw NodeFailure("hmac-sha256 needs a key") }
            digest = Digest.hmacSHA256(data, key: key)
        default: digest = Digest.sha256(data)
        }
        return ["result": Value(raw: digest), "hex": .string(Hexadecimal.encode(digest))]
    }

    /// The error of reading would quote the value, so it is replaced.
    private static func keyBytes(_ value: Value) throws(NodeFailure) -> Secret {
        guard let bytes = try? value.readBytes() else { throw NodeFailure("key must be a text or bytes") }
        return Secret(bytes)
    }
}
