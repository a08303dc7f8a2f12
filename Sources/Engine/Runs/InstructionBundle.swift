// The instructions of a run that are not on the chain yet: which nodes wait, and which instructions go together.

internal import Primitives
internal import Values

/// Bookkeeping of instruction nodes within one run. Owned by the machine.
struct InstructionBundle {
    /// A transaction with the nodes whose instructions it holds.
    struct Parcel {
        var draft: TransactionDraft
        /// Node indices with the positions of their instructions in the draft.
        var parts: [(node: Int, range: Range<Int>)]
    }

    /// Several transactions of one group, one after the other.
    struct Flight {
        var current: Parcel
        /// The parcels that follow, in reverse order: the next one is the last element.
        var waiting: [Parcel]
    }

    /// Nil if each node sends its own transaction.
    let groups: InstructionGroups?
    /// Instructions that nodes have given and that have not been sent.
    private(set) var calls: [Int: InstructionCall] = [:]
    /// Instructions that nodes have given and that are being sent.
    private(set) var sent: [Int: InstructionCall] = [:]
    /// Nodes that have given their instructions at least once.
    private(set) var participants: Set<Int> = []
    private(set) var flights: [TransactionNumber: Flight] = [:]
    private var lastNumber: TransactionNumber = 0
    /// The one transaction that is given out in place of being sent. `nil` if there was none or more than one.
    private(set) var collectedDraft: TransactionDraft?
    private(set) var collectedCount = 0

    init(_ graph: FlowGraph, isOn: Bool) {
        let hasInstructions = graph.nodes.contains { $0.instructionInfo != nil }
        groups = isOn && hasInstructions ? InstructionGroups(graph) : nil
    }

    /// Waits for others of the node's group.
    mutating func wait(_ call: InstructionCall, of node: Int) {
        calls[node] = call
        participants.insert(node)
    }

    /// A node has nothing to send.
    mutating func participateWithoutInstructions(_ node: Int) { participants.insert(node) }

    /// The execution of a node is over.
    mutating func forget(_ node: Int) {
        guard !participants.isEmpty else { return }
        calls[node] = nil
        sent[node] = nil
    }

    /// Joins the waiting instructions of nodes, in this order, as long as the fee payer is the same (spec flow-engine
    /// 17.4.2). These nodes then no longer wait.
    mutating func takeParcels(of nodes: [Int]) -> [Parcel] {
        var parcels: [Parcel] = []
        for node in nodes {
            guard let call = calls.removeValue(forKey: node) else { continue }
            sent[node] = call
            if parcels.last?.draft.feePayer != call.feePayer {
                parcels.append(
                    Parcel(
                        draft: TransactionDraft(feePayer: call.feePayer, signers: [], instructions: []),
                        parts: []))
            }
            let last = parcels.count - 1
            let start = parcels[last].draft.instructions.count
            parcels[last].draft.instructions += call.instructions
            parcels[last].draft.unite(call.signers)
            parcels[last].parts.append((node, start..<parcels[last].draft.instructions.count))
        }
        return parcels
    }

    /// A parcel goes on its way.
    mutating func launch(_ parcel: Parcel, waiting: [Parcel]) -> TransactionNumber {
        lastNumber += 1
        flights[lastNumber] = Flight(current: parcel, waiting: waiting)
        return lastNumber
    }

    mutating func land(_ number: TransactionNumber) -> Flight? { flights.removeValue(forKey: number) }

    mutating func collect(_ draft: TransactionDraft) {
        collectedCount += 1
        collectedDraft = collectedCount == 1 ? draft : nil
    }
}

extension TransactionDraft {
    /// Adds signers that are not there yet; a key pair takes the place of a wallet that signs elsewhere.
    fileprivate mutating func unite(_ others: [Value]) {
        for signer in others {
            let key = try? signer.readPublicKey()
            if let place = signers.firstIndex(where: { (try? $0.readPublicKey()) == key }) {
                if case .secret = signer { signers[place] = signer }
            } else {
                signers.append(signer)
            }
        }
    }
}
