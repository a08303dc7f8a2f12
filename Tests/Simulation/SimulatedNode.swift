// A node of a simulated flow: its ports, and what its work comes to. Pure: the same inputs give the same outcome.

import Chain
import Engine
import Primitives
import Values

struct SimulatedNode {
    enum Kind: Hashable {
        case ordinary, foreach, collect
        case flowInput(String)
        case flowOutput(String)
        /// Waits for a value from outside.
        case asking
        /// Runs one of the flow's nested flows.
        case nested(Int)
        /// Sends a transaction; nodes with the same payer may share one.
        case instructions(payer: UInt8)
    }

    let name: String
    var kind = Kind.ordinary
    var inputs: [InputPort] = []
    var outputs: [OutputPort] = []
    var defaults = ValueMap()
    /// Makes this node's outputs differ from those of others.
    var salt: UInt64 = 0
    /// How many of 16 executions fail.
    var failing: UInt64 = 0
    /// How many of 16 optional outputs are left out.
    var omitting: UInt64 = 0
    /// How many of 16 required outputs are left out, which is an error.
    var missing: UInt64 = 0
    /// A flow output that gives an array however many values came.
    var isAlwaysArray = false
    /// How deep the arrays are that it puts out; 0 for plain numbers.
    var arrayDepth = 0

    /// What its work comes to at once. For nodes that run flows or send transactions, what comes before that fails.
    func outcome(_ inputs: ValueMap, times: Int32) -> NodeOutcome {
        var mixer = self.mixer(inputs, times)
        mixer.add("outcome")
        if mixer.number % 16 < failing { return .failed("told to fail") }
        switch kind {
        case .foreach: return foreach(inputs, mixer.number)
        case .collect: return .outputs(["array": inputs["element"] ?? .array([])])
        case .flowInput(let label): return .outputs([label: inputs[label] ?? .null])
        case .flowOutput: return .outputs(inputs)
        case .ordinary, .asking, .nested, .instructions: return .outputs(made(outputs, mixer))
        }
    }

    /// What a flow output makes of all that it has put out; nil for nothing (spec flow-engine 5.10).
    func gathered(_ values: [Value]) -> Value? {
        isAlwaysArray || values.count > 1 ? .array(values) : values.first
    }

    /// What it asks to be sent, nil if it fails before.
    func call(_ inputs: ValueMap, times: Int32) -> ActCall? {
        guard case .instructions(let payer) = kind,
            case .outputs(let all) = outcome(inputs, times: times),
            let key = Bytes32(Array(repeating: payer, count: 32))
        else { return nil }
        var mixer = self.mixer(inputs, times)
        mixer.add("instructions")
        let isEmpty = mixer.number % 8 == 0
        let data = (0..<8).map { UInt8(truncatingIfNeeded: mixer.number >> (8 * UInt64($0))) }
        var early = ValueMap()
        early["early"] = all["early"]
        var late = all
        late["early"] = nil
        return ActCall(
            InstructionAct(
                feePayer: key, signers: [],
                instructions: isEmpty ? [] : [Instruction(program: key, accounts: [], data: data)]),
            early: early
        ) { [late] signature in
            var outputs = late
            outputs["signature"] = .string(signature ?? "")
            return .outputs(outputs)
        }
    }

    private func mixer(_ inputs: ValueMap, _ times: Int32) -> Mixer {
        var mixer = Mixer(salt)
        mixer.add(inputs)
        mixer.add(UInt64(UInt32(bitPattern: times)))
        return mixer
    }

    private func foreach(_ inputs: ValueMap, _ number: UInt64) -> NodeOutcome {
        guard let value = inputs["array"] else { return .failed("no array") }
        let count: Int = if case .array(let elements) = value { elements.count } else { 1 }
        var outputs: ValueMap = ["element": value]
        // An output that is left out is a loop without elements on its edges.
        if number / 16 % 16 >= missing {
            outputs["index"] = .array((0..<count).map { .u64(UInt64($0)) })
        }
        return .outputs(outputs)
    }

    private func made(_ ports: [OutputPort], _ mixer: Mixer) -> ValueMap {
        var outputs = ValueMap()
        for port in ports {
            var mixer = mixer
            mixer.add(port.name)
            let omitted = port.isOptional ? omitting : missing
            guard mixer.number / 64 % 16 >= omitted else { continue }
            outputs[port.name] = port.type == "keypair" ? pair(mixer.number) : array(mixer, arrayDepth)
        }
        if mixer.number / 1024 % 16 == 0 { outputs["undeclared"] = .u64(mixer.number) }
        return outputs
    }

    private func array(_ mixer: Mixer, _ depth: Int) -> Value {
        guard depth > 0 else { return mixer.number % 13 == 0 ? .null : .u64(mixer.number) }
        let count = mixer.number / 7 % (depth > 1 ? 4 : 6)
        return .array(
            (0..<count).map { position in
                var element = mixer
                element.add(position)
                return array(element, depth - 1)
            })
    }

    private func pair(_ number: UInt64) -> Value {
        Bytes64(Array(repeating: UInt8(truncatingIfNeeded: number), count: 64)).map { .b64($0) } ?? .null
    }
}

/// The chain of a simulation: what comes of a transaction depends on its instructions alone.
enum SimulatedChain {
    static func result(_ acts: [any Act]) -> Result<String, ActFailure> {
        guard let draft = TransactionDraft(acts) else { return .failure(ActFailure("no transaction")) }
        var mixer = Mixer(0)
        for (position, data) in draft.instructions.map(\.data).enumerated() {
            for byte in data { mixer.add(UInt64(byte)) }
            guard data[0] % 8 != 0 else {
                return .failure(
                    ActFailure(
                        "refused", act: data[1] % 2 == 0 ? draft.act(ofInstruction: position) : nil))
            }
        }
        return .success("s\(mixer.number % 1_000_000)")
    }

    /// What a run gives out in place of sending the transaction.
    static func built(_ acts: [any Act]) -> Result<ValueMap, ActFailure> {
        result(acts).map { TransactionDraft(acts)?.outputs($0) ?? ValueMap() }
    }
}
