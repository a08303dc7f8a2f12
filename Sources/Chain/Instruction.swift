// Instructions: calls of programs on the chain. Plain values.

public import Values

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
