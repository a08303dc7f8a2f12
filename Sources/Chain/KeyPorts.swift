// Ports for what signs: key pairs, and wallets whose key is elsewhere.

public import Engine
public import Values

/// The ports of a node that take or give what signs. Their type is `keypair`.
public struct KeyPorts: SecretPorts {
    private static let typeName = "keypair"

    private let inputs: [String]
    /// Outputs, and a passthrough input, whose signing half must not be seen.
    private let outputs: [String]

    /// Nil if no port is of this type.
    public init?(_ inputs: [InputPort], _ outputs: [OutputPort]) {
        let takers = inputs.filter { $0.types.contains(KeyPorts.typeName) }
        self.inputs = takers.map(\.name)
        self.outputs =
            outputs.filter { $0.type == KeyPorts.typeName }.map(\.name)
            + takers.prefix(1).filter(\.isPassthrough).map(\.name)
        if self.inputs.isEmpty, self.outputs.isEmpty { return nil }
    }

    /// True if the input takes key pairs.
    public func takesSecrets(_ input: String) -> Bool { inputs.contains(input) }

    /// Turns key pairs, and what is needed to sign with a wallet, into secrets (spec flow-engine 6.5, 24.26).
    public func hide(in values: inout ValueMap) {
        for name in outputs {
            switch values[name] {
            case .b64(let pair)?: values[name] = .keyPairSecret(pair)
            case .map(let wallet)? where wallet["token"] != nil && !wallet.holdsSecret:
                var visible = wallet
                visible["token"] = nil
                values[name] =
                    wallet["token"] == .null
                    ? .map(visible) : .secret(SecretValue(.map(wallet), shownAs: .map(visible)))
            default: break
            }
        }
    }
}

extension GraphNode {
    /// The same node, which keeps to what the types of its ports mean for keys. Whoever makes graphs of nodes asks for it.
    public var withKeyPorts: GraphNode { KeyPorts(inputs, outputs).map { withSecretPorts($0) } ?? self }
}
