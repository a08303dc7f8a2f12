// The test command of the worked examples about instructions.

import Chain
import Engine
import Primitives
import Values

/// `test_ix`: calls execute once with one instruction that is called by its configured name, or with none if `submit`
/// is false, and then gives the signature (spec flow-engine 22, notation).
public enum TestInstructionNode {
    /// Pays for everything here.
    public static let payer: Bytes32 = {
        guard let key = Bytes32(Array(repeating: 1, count: 31) + [0]) else {
            preconditionFailure("32 bytes are a key")
        }
        return key
    }()

    public static let kind = NodeKind(
        name: "test_ix", aliases: [],
        inputs: [
            InputPort("x", required: false, passthrough: true),
            InputPort("submit", types: ["bool"], required: false),
        ],
        outputs: [OutputPort("signature", type: "signature"), OutputPort("acct")],
        conduct: .changing
    ) { kind, declaration in
        var name = "nameless"
        if case .string(let text)? = declaration.config["name"]?.value { name = text }
        let label = name
        return GraphNode(
            id: declaration.id, kindName: kind.name, inputs: kind.inputs, outputs: kind.outputs,
            defaults: declaration.defaults(for: kind.inputs), conduct: kind.conduct,
            actInfo: ActInfo(before: ["x", "acct"], receipt: "signature")
        ) { call in
            let isSilent = call.inputs["submit"] == .bool(false)
            let instruction = Instruction(program: payer, accounts: [], data: Array(label.utf8))
            return .ask(
                .act(
                    ActCall(
                        InstructionAct(
                            feePayer: payer, signers: [.map(["public_key": .b32(payer)])],
                            instructions: isSilent ? [] : [instruction]),
                        early: ["acct": .string("acct-\(label)")]
                    ) { signature in
                        .outputs(["signature": signature.map { .string($0) } ?? .null])
                    }))
        }
    }
}
