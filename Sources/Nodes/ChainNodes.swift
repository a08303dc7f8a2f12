// Nodes about accounts of a chain, without a transaction (spec nodes 3.3).

internal import Chain
internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// The kinds that work out addresses and ask for balances.
enum ChainNodes {
    static func kinds(_ services: NodeServices) -> [NodeKind] { [findPDA, getBalance(services.outbound)] }

    private static let seedNames = (1...5).map { "seed_\($0)" }

    private static let findPDA = NodeKind.computing(
        "solana", "find_pda", summary: "Works out the address that a program owns for some seeds.",
        inputs: [InputPort("program_id", types: ["pubkey"])]
            + seedNames.map { name in
                InputPort(name, types: ["string", "pubkey", "bytes", "u64", "u128"], required: false)
            }
            + [
                InputPort(
                    "seeds", types: ["array"], required: false,
                    tooltip: "Further seeds, behind those that have a port.")
            ],
        outputs: [
            OutputPort("pda", type: "pubkey"),
            OutputPort("bump", type: "u64", tooltip: "The last seed, which the program needs, too."),
        ]
    ) { call in
        let program = try call.inputs.required("program_id", as: Value.self).readPublicKey()
        var seeds: [[UInt8]] = []
        for name in seedNames {
            guard let seed = try call.inputs.optional(name, as: Value.self) else { continue }
            seeds.append(try bytes(of: seed, name))
        }
        let further = try call.inputs.optional("seeds", as: [Value].self) ?? []
        guard further.count <= ProgramAddress.seedsMax else {
            throw NodeFailure("an address has at most \(ProgramAddress.seedsMax) seeds")
        }
        for (index, seed) in further.enumerated() { seeds.append(try bytes(of: seed, "seeds[\(index)]")) }
        let found = try ProgramAddress(seeds: seeds, program: program)
        return ["pda": .b32(found.address), "bump": .u64(UInt64(found.bump))]
    }

    /// A text as UTF-8, bytes as they are, numbers with their lowest byte first: of 64 bits, or of 128 if they come so.
    /// What signs counts as its public key.
    private static func bytes(of seed: Value, _ name: String) throws(NodeFailure) -> [UInt8] {
        switch seed {
        case .string(let text):
            guard text.utf8.count <= ProgramAddress.seedBytesMax else {
                throw NodeFailure(
                    "\(name): the text has \(text.utf8.count) bytes, more than \(ProgramAddress.seedBytesMax); "
                        + "base58_decode makes a key of its text")
            }
            return Array(text.utf8)
        case .u64(let number): return number.bytesFromLowest
        case .i64(let number): return number.bytesFromLowest
        case .u128(let number): return number.bytesFromLowest
        case .i128(let number): return number.bytesFromLowest
        case .decimal(let number):
            if let whole = number.exactly(UInt64.self) { return whole.bytesFromLowest }
            if let whole = number.exactly(Int64.self) { return whole.bytesFromLowest }
            throw NodeFailure("\(name): a number that is a seed is whole and has at most 64 bits")
        case .secret, .map:
            if let key = try? seed.readPublicKey() { return key.bytes }
            throw seed.holdsSecret ? NodeFailure.secret : unsupported(name)
        default:
            guard let bytes = seed.rawBytes else { throw unsupported(name) }
            return bytes
        }
    }

    private static func unsupported(_ name: String) -> NodeFailure {
        NodeFailure("\(name): a seed is a text, a public key, bytes or a whole number")
    }

    private static func getBalance(_ outbound: any OutboundClient) -> NodeKind {
        .asking(
            name: "@spo/solana.get_balance.0.1", aliases: ["get_balance"],
            summary: "Asks the network how much an account has.",
            inputs: [InputPort("pubkey", types: ["pubkey"])],
            outputs: [OutputPort("balance", type: "u64", tooltip: "In lamports; 0 if there is no account.")],
            conduct: .reading
        ) { call in
            let key = try call.inputs.required("pubkey", as: Value.self).readPublicKey()
            RPCCall.balance(of: key).send(for: call, by: outbound) { reply in
                call.end {
                    guard let balance = try reply.get()["value"]?.number?.integer(UInt64.self) else {
                        throw NodeFailure("getBalance: the answer holds no balance")
                    }
                    return ["balance": .u64(balance)]
                }
            }
        }
    }
}

extension FixedWidthInteger {
    /// The bytes of the number, the lowest first.
    fileprivate var bytesFromLowest: [UInt8] {
        stride(from: 0, to: Self.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: self >> Self($0)) }
    }
}
