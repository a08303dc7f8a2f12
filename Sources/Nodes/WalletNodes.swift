// Nodes that say who pays and signs (spec flow-engine 13.6, nodes 3.2).

internal import Chain
internal import Engine
internal import Primitives
internal import Values

/// The kinds that give wallets.
enum WalletNodes {
    static let kinds: [NodeKind] = [wallet]

    private static let inputs = [InputPort("wallet", types: ["keypair", "pubkey"], required: false)]
    private static let outputs = [
        OutputPort("pubkey", type: "pubkey"), OutputPort("keypair", type: "keypair"),
    ]

    /// A wallet from an input, else from the configuration. A key that this server keeps never becomes a value: the
    /// wallet is then the public key, and the signer is looked up by this key.
    private static let wallet = NodeKind(
        name: "wallet", aliases: [], summary: "Gives a wallet: a public key, and what signs for it.",
        inputs: inputs, outputs: outputs,
        settings: [
            NodeSetting("public_key", type: "pubkey", tooltip: "The wallet without an input."),
            NodeSetting("wallet_id", type: "u64", tooltip: "Goes with public_key."),
            NodeSetting(
                "wallet_type", type: "string",
                tooltip: "Goes with public_key: HARDCODED if the server signs, ADAPTER if its holder does."),
            NodeSetting(
                "api_input", type: "boolean",
                tooltip: "The wallet comes from the start input of the name wallet."),
        ], definitionName: "@spo/flow.wallet.0.1"
    ) { kind, declaration throws(NodeRefusal) in
        let fixed = Result { () throws(MissingWalletEntry) in try StaticWallet(declaration.config) }
        let asks = declaration.config["api_input"]?.value == .bool(true)
        var defaults = declaration.defaults(for: inputs)
        if defaults["wallet"] == nil, let value = declaration.config["value"] {
            defaults["wallet"] = value.value
        }
        var conduct = kind.conduct
        if asks { conduct.readCapability = .interactive }
        return GraphNode(
            id: declaration.id, kindName: kind.name, inputs: inputs, outputs: outputs, defaults: defaults,
            conduct: conduct,
            startBinding: asks ? StartBinding(name: declaration.label ?? "wallet", input: "wallet") : nil,
            belonging: try? fixed.get()
        ) { call in
            do {
                if let given = try call.inputs.optional("wallet", as: Value.self) {
                    return .done(.outputs(try outputs(of: given)))
                }
                // A user who starts somebody else's flow signs with a wallet of their own.
                return .done(.outputs(outputs(of: call.context.terms.chain.key(of: try fixed.get()))))
            } catch let missing as MissingWalletEntry {
                return .done(
                    .failed(
                        "wallet requires either an input wallet or valid static wallet config: wallet.\(missing.name)"
                    ))
            } catch {
                return .done(.failed("\(error)"))
            }
        }
    }

    /// A key pair stays one; of any other value only the public key counts.
    private static func outputs(of value: Value) throws -> ValueMap {
        let key = try value.readPublicKey()
        switch value {
        case .secret, .b64: return ["pubkey": .b32(key), "keypair": value]
        case .string(let text):
            if let bytes = Base58.decode(text), let pair = Bytes64(bytes) {
                return ["pubkey": .b32(key), "keypair": .keyPairSecret(pair)]
            }
        default: break
        }
        return outputs(of: key)
    }

    /// A wallet of which only the key is known.
    static func outputs(of key: Bytes32) -> ValueMap {
        ["pubkey": .b32(key), "keypair": .map(["public_key": .b32(key)])]
    }
}
