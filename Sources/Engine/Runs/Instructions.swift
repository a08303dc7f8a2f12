// What instruction nodes ask for: instructions that become part of a transaction, and who sends transactions (spec
// flow-engine 17). The engine groups and orders the instructions; the executor brings them to a chain.

public import Primitives
public import Values

/// Which of a node's outputs are known when (spec flow-engine 17.1). Having one makes a node an instruction node.
public struct InstructionInfo: Hashable, Sendable {
    /// Outputs and passthrough inputs that are known before the transaction is sent.
    public let before: [String]
    /// The output that holds the transaction's signature.
    public let signature: String
    /// Further outputs that are known only afterwards.
    public let after: [String]

    public init(before: [String], signature: String, after: [String] = []) {
        self.before = before
        self.signature = signature
        self.after = after
    }
}

/// One account of an instruction.
public struct AccountReference: Hashable, Sendable {
    public let key: Bytes32
    public let isSigner: Bool
    public let isWritable: Bool

    public init(key: Bytes32, isSigner: Bool, isWritable: Bool) {
        self.key = key
        self.isSigner = isSigner
        self.isWritable = isWritable
    }
}

/// One call of a program.
public struct Instruction: Hashable, Sendable {
    public let program: Bytes32
    public let accounts: [AccountReference]
    public let data: [UInt8]

    public init(program: Bytes32, accounts: [AccountReference], data: [UInt8]) {
        self.program = program
        self.accounts = accounts
        self.data = data
    }
}

/// A node's wish to have instructions executed.
public struct InstructionCall: Sendable {
    public let feePayer: Bytes32
    /// Wallets that sign, the fee payer's among them: key pairs as secrets, or maps with a public key.
    public let signers: [Value]
    /// Empty if there is nothing to send; the answer is then a success without a signature.
    public let instructions: [Instruction]
    /// Outputs that are known now.
    public let early: ValueMap
    /// Makes the outcome once the transaction is on the chain; runs on a worker. The signature is nil if nothing was
    /// sent. Not called if the transaction fails.
    public let then: @Sendable (_ signature: String?) -> NodeOutcome

    public init(
        feePayer: Bytes32, signers: [Value], instructions: [Instruction], early: ValueMap = ValueMap(),
        then: @escaping @Sendable (_ signature: String?) -> NodeOutcome
    ) {
        self.feePayer = feePayer
        self.signers = signers
        self.instructions = instructions
        self.early = early
        self.then = then
    }
}

/// A transaction to be: the instructions of one or several nodes with one fee payer.
public struct TransactionDraft: Sendable {
    public internal(set) var feePayer: Bytes32
    public internal(set) var signers: [Value]
    public internal(set) var instructions: [Instruction]

    /// What a flow gives out in place of sending it (spec flow-engine 11.5, 17.6).
    var outputs: ValueMap {
        [
            "fee_payer": .b32(feePayer), "signers": .array(signers),
            "instructions": .array(
                instructions.map { instruction in
                    .map([
                        "program_id": .b32(instruction.program),
                        "accounts": .array(
                            instruction.accounts.map { account in
                                .map([
                                    "pubkey": .b32(account.key), "is_signer": .bool(account.isSigner),
                                    "is_writable": .bool(account.isWritable),
                                ])
                            }),
                        "data": .bytes(instruction.data),
                    ])
                }),
        ]
    }
}

/// Why a transaction did not get onto the chain.
public struct TransactionFailure: Error, Sendable, CustomStringConvertible {
    public let description: String
    /// Which instruction of the draft failed, if that is known.
    public let instruction: Int?

    public init(_ description: String, instruction: Int? = nil) {
        self.description = description
        self.instruction = instruction
    }
}

/// Builds, signs and sends transactions. Every method returns at once and answers exactly once, on any thread.
public protocol TransactionExecutor: Sendable {
    /// Sends a transaction and waits until it is confirmed; gives its signature.
    func execute(
        _ draft: TransactionDraft, of run: RunID, in context: RunContext, cancellation: NodeCancellation,
        reply: @escaping @Sendable (Result<String, TransactionFailure>) -> Void)
    /// Builds a transaction and signs it as far as this server can; gives it in Base64.
    func build(
        _ draft: TransactionDraft, of run: RunID, in context: RunContext,
        reply: @escaping @Sendable (Result<String, TransactionFailure>) -> Void)
}

/// The executor of a server that has none.
public struct NoTransactionExecutor: TransactionExecutor {
    private static let failure = TransactionFailure("this server does not send transactions")

    public init() {}

    /// Fails at once, on the caller's thread; nothing is sent.
    public func execute(
        _ draft: TransactionDraft, of run: RunID, in context: RunContext, cancellation: NodeCancellation,
        reply: @escaping @Sendable (Result<String, TransactionFailure>) -> Void
    ) {
        reply(.failure(NoTransactionExecutor.failure))
    }

    /// Fails at once, on the caller's thread; nothing is built.
    public func build(
        _ draft: TransactionDraft, of run: RunID, in context: RunContext,
        reply: @escaping @Sendable (Result<String, TransactionFailure>) -> Void
    ) {
        reply(.failure(NoTransactionExecutor.failure))
    }
}
