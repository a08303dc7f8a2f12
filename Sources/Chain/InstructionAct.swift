// What instruction nodes ask for: instructions that become part of a transaction (spec flow-engine 17).

public import Engine
public import Values

/// The instructions of one node. Acts with one fee payer go into one transaction.
public struct InstructionAct: Act {
    public let feePayer: Bytes32
    /// Wallets that sign, the fee payer's among them: key pairs as secrets, or maps with a public key.
    public let signers: [Value]
    /// Empty if there is nothing to send.
    public let instructions: [Instruction]

    public init(feePayer: Bytes32, signers: [Value], instructions: [Instruction]) {
        self.feePayer = feePayer
        self.signers = signers
        self.instructions = instructions
    }

    public var isEmpty: Bool { instructions.isEmpty }
    public var words: ActWords { .instructions }

    /// True if the next act has the same fee payer (spec flow-engine 17.4.2). Acts of other kinds never fit.
    public func fits(_ next: any Act) -> Bool { (next as? InstructionAct)?.feePayer == feePayer }
}

extension ActWords {
    /// What the engine says about instructions (spec flow-engine 17, 19).
    public static let instructions = ActWords(
        isReadOnly: "read-only flow cannot execute instructions",
        hasNoInfo: "this node should not have instructions, did you forget to define instruction_info?",
        isIncomplete: "some node failed to provide instructions",
        hasFailedWithOthers: "transaction simulation failed",
        needsExactlyOne: "output_instructions needs exactly one transaction, this run makes")
}
