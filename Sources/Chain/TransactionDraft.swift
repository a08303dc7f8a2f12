// A transaction to be: the instructions of one or several nodes with one fee payer.

public import Engine
public import Values

/// The acts of a parcel as one transaction.
public struct TransactionDraft: Sendable {
    public let feePayer: Bytes32
    public private(set) var signers: [Value] = []
    public private(set) var instructions: [Instruction] = []
    /// The positions behind the instructions of each act.
    private var ends: [Int] = []

    /// Nil unless the acts are instructions of one fee payer, as those of a parcel are.
    public init?(_ acts: [any Act]) {
        let acts = acts.map { $0 as? InstructionAct }
        guard let payer = acts.first??.feePayer else { return nil }
        feePayer = payer
        for act in acts {
            guard let act, act.feePayer == payer else { return nil }
            instructions += act.instructions
            ends.append(instructions.count)
            unite(act.signers)
        }
    }

    /// Which of the acts an instruction belongs to; nil for a position that the draft does not have.
    public func act(ofInstruction position: Int) -> Int? {
        position < 0 ? nil : ends.firstIndex { position < $0 }
    }

    /// Adds signers that are not there yet; a key pair takes the place of a wallet that signs elsewhere.
    private mutating func unite(_ others: [Value]) {
        for signer in others {
            let key = try? signer.readPublicKey()
            if let place = signers.firstIndex(where: { (try? $0.readPublicKey()) == key }) {
                if case .secret = signer { signers[place] = signer }
            } else {
                signers.append(signer)
            }
        }
    }

    /// What a flow gives out in place of sending the transaction (spec flow-engine 11.5, 17.6).
    ///
    /// - Parameter transaction: in Base64, signed as far as this server can.
    public func outputs(_ transaction: String) -> ValueMap {
        [
            "transaction": .string(transaction), "fee_payer": .b32(feePayer), "signers": .array(signers),
            "instructions": .array(instructions.map(\.value)),
        ]
    }
}

extension Instruction {
    fileprivate var value: Value {
        .map([
            "program_id": .b32(program),
            "accounts": .array(
                accounts.map { account in
                    .map([
                        "pubkey": .b32(account.key), "is_signer": .bool(account.isSigner),
                        "is_writable": .bool(account.isWritable),
                    ])
                }),
            "data": .bytes(data),
        ])
    }
}
