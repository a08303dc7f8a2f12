// Nodes that make key pairs (spec nodes 3.3).

internal import Chain
internal import Engine
internal import Identity
internal import Primitives
internal import Values
internal import Wire

/// The kind `generate_keypair`.
enum KeyPairNodes {
    static func kinds(_ services: NodeServices) -> [NodeKind] { [generateKeyPair(services.outbound)] }

    private static let inputs = [
        InputPort(
            "seed", types: ["string"], required: false,
            tooltip: "A phrase of BIP-39, in any of eight languages; without one a new key pair is drawn."),
        InputPort(
            "private_key", types: ["keypair", "pubkey"], required: false,
            tooltip: "Taken in place of a phrase, as it is."),
        InputPort("passphrase", types: ["string"], required: false, tooltip: "Goes with the phrase."),
        InputPort(
            "check_new_account", types: ["bool"], required: false, default: .bool(false),
            tooltip: "Asks the network that there is no account of this key."),
        InputPort(
            "derivation_path", types: ["string"], required: false,
            tooltip:
                "As wallets do: m/44'/501'/0'/0'. Without it the key is the first half of the phrase's seed."
        ),
    ]

    /// A drawn key pair that is cut off by a crash may be drawn anew: what has begun with the first one is not known to
    /// the journal, and so has not happened.
    private static func generateKeyPair(_ outbound: any OutboundClient) -> NodeKind {
        NodeKind(
            name: "@spo/solana.generate_keypair.0.1", aliases: ["generate_keypair"],
            summary: "Makes a key pair of a phrase, or a new one.", inputs: inputs,
            outputs: [OutputPort("pubkey", type: "pubkey"), OutputPort("keypair", type: "keypair")],
            conduct: .reading
        ) { call in
            do {
                let source = try KeyPairSource(call.inputs)
                if source.isDrawn, call.context.isReadOnly {
                    throw NodeFailure("a read-only run draws no key pairs: give a seed or a private_key")
                }
                let signer = try source.signer()
                guard try call.inputs.optional("check_new_account", as: Bool.self) ?? false else {
                    return .done(.outputs(signer.outputs))
                }
                NewAccountCheck(call: call, outbound: outbound, source: source)
                    .check(signer, triesLeft: source.isDrawn ? Limits.keyPairDrawsMax - 1 : 0)
                return .pending
            } catch {
                return .done(.failed("\(error)"))
            }
        }
    }
}

/// Where a key pair comes from. Phrase, passphrase and key pair may be secrets: no error shows anything of them.
private struct KeyPairSource: Sendable {
    private enum Origin: Sendable {
        case wallet(WalletSigner)
        case phrase(MnemonicPhrase)
        case chance
    }

    private let origin: Origin
    private let passphrase: String
    private let path: DerivationPath?

    init(_ inputs: ValueMap) throws {
        let hidden = inputs.revealed
        do {
            passphrase = try hidden.optional("passphrase", as: String.self) ?? ""
        } catch {
            throw NodeFailure("passphrase must be a text")
        }
        do {
            path = try hidden.optional("derivation_path", as: String.self).map { text in
                try DerivationPath(text)
            }
        } catch let error as DerivationPathError {
            throw error
        } catch {
            throw NodeFailure("derivation_path must be a text")
        }
        if try inputs.optional("private_key", as: Value.self) != nil {
            do {
                origin = .wallet(try WalletSigner(inputs, at: "private_key"))
            } catch let failure as NodeFailure {
                throw failure
            } catch {
                throw NodeFailure("private_key is neither a key pair nor a public key")
            }
        } else if let seed = try hidden.optional("seed", as: Value.self) {
            guard case .string(let text) = seed else { throw NodeFailure("seed must be a text") }
            origin = .phrase(try KeyPairSource.phrase(text))
        } else {
            origin = .chance
        }
    }

    private static func phrase(_ text: String) throws(NodeFailure) -> MnemonicPhrase {
        do {
            return try MnemonicPhrase(text)
        } catch {
            throw NodeFailure("seed: \(error)")
        }
    }

    /// True if each key pair is another one.
    var isDrawn: Bool { if case .chance = origin { true } else { false } }

    /// The key pair, or the key of which only the public half is known.
    func signer() throws -> WalletSigner {
        let phrase: MnemonicPhrase
        switch origin {
        case .wallet(let signer): return signer
        case .phrase(let given): phrase = given
        case .chance: phrase = MnemonicPhrase()
        }
        let seed = try phrase.seed(passphrase: passphrase)
        if let path { return .keyPair(path.keyPair(of: seed)) }
        guard let pair = Ed25519KeyPair(seed: Array(seed.bytes.prefix(Ed25519KeyPair.seedByteCount))) else {
            preconditionFailure("the seed of a phrase has 64 bytes")
        }
        return .keyPair(pair)
    }
}

/// Asks the network whether a key has an account, and draws another one if it may.
private struct NewAccountCheck: Sendable {
    let call: NodeCall
    let outbound: any OutboundClient
    let source: KeyPairSource

    func check(_ signer: WalletSigner, triesLeft: Int) {
        guard case .b32(let key)? = signer.outputs["pubkey"] else { return }
        RPCCall.accountInfo(of: key).send(for: call, by: outbound) { reply in
            let exists = reply.map { $0["value"] != nil && $0["value"] != .null }
            if case .success(true) = exists, triesLeft > 0, let next = try? source.signer() {
                return check(next, triesLeft: triesLeft - 1)
            }
            call.end {
                guard try !exists.get() else { throw NodeFailure("account already exists") }
                return signer.outputs
            }
        }
    }
}
