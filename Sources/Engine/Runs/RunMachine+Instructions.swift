// Instruction nodes: each on its own, or bundled into transactions (spec flow-engine 17, 24.34 to 24.42).

internal import Primitives
internal import Values

extension RunMachine {
    private static let readOnlyError = "read-only flow cannot execute instructions"

    /// An execution has given its instructions.
    mutating func receive(_ call: InstructionCall, from node: Int) {
        guard bundle.calls[node] == nil, bundle.sent[node] == nil else { return }
        guard graph.nodes[node].instructionInfo != nil else {
            return finish(
                node,
                .failed(
                    "this node should not have instructions, did you forget to define instruction_info?"))
        }
        guard phase == .running else { return cancel(node) }
        guard !settings.isReadOnly || call.instructions.isEmpty else {
            if !flowErrors.contains(RunMachine.readOnlyError) { fail(RunMachine.readOnlyError) }
            return finish(node, .failed("canceled " + RunMachine.readOnlyError))
        }
        if call.instructions.isEmpty {
            bundle.participateWithoutInstructions(node)
            give(call.early, from: node)
            resume(node, call, signature: nil)
        } else if bundle.groups == nil {
            bundle.wait(call, of: node)
            dispatch(bundle.takeParcels(of: [node]))
        } else {
            bundle.wait(call, of: node)
            give(call.early, from: node)
        }
    }

    /// Sends the groups that are complete, and gives up those that can never be. True if nodes may have become ready.
    ///
    /// A group is sent as soon as each of its nodes waits or will not run again. When nothing else can happen, a group
    /// is sent although nodes that were part of an earlier transaction might run again (spec flow-engine 24.40, nodes
    /// 6.41). When no group can be sent at all, the waiting nodes are given up. So what is given up does not depend on
    /// which of two nodes was faster.
    mutating func settleInstructions() -> Bool {
        guard let groups = bundle.groups, !bundle.calls.isEmpty else { return false }
        let isQuiet = runningCount == bundle.calls.count
        var hopeful: [[Int]] = []
        var hopeless: [[Int]] = []
        var hasSettled = false
        var mayBeReady = false
        for group in groups.groups {
            let waiting = group.filter { bundle.calls[$0] != nil }
            guard !waiting.isEmpty else { continue }
            let others = group.filter { bundle.calls[$0] == nil }
            let haveTakenPart = others.allSatisfy { bundle.participants.contains($0) && !nodes[$0].isRunning }
            if others.allSatisfy({ nodes[$0].isClosed }) {
                hasSettled = true
                mayBeReady = settle(waiting, isComplete: haveTakenPart) || mayBeReady
            } else if haveTakenPart {
                hopeful.append(waiting)
            } else {
                hopeless.append(waiting)
            }
        }
        guard isQuiet, !hasSettled else { return mayBeReady }
        for waiting in hopeful { mayBeReady = settle(waiting, isComplete: true) || mayBeReady }
        guard hopeful.isEmpty else { return mayBeReady }
        for waiting in hopeless { mayBeReady = settle(waiting, isComplete: false) || mayBeReady }
        return mayBeReady
    }

    /// Sends the instructions of these nodes of a group, or ends them. True if nodes may have become ready.
    private mutating func settle(_ waiting: [Int], isComplete: Bool) -> Bool {
        if isComplete {
            dispatch(bundle.takeParcels(of: waiting))
            return settings.collectsInstructions
        }
        for node in waiting { finish(node, .failed("some node failed to provide instructions")) }
        return true
    }

    private mutating func dispatch(_ parcels: [InstructionBundle.Parcel]) {
        if settings.collectsInstructions {
            for parcel in parcels {
                bundle.collect(parcel.draft)
                // These executions end without an error, because nothing is wrong with them (spec flow-engine 17.6).
                for (node, _) in parcel.parts { close(execution(node), of: node, ValueMap()) }
            }
        } else if let first = parcels.first {
            send(first, before: Array(parcels.dropFirst().reversed()))
        }
    }

    private mutating func send(_ parcel: InstructionBundle.Parcel, before waiting: [InstructionBundle.Parcel])
    {
        let number = bundle.launch(parcel, waiting: waiting)
        step.orders.append(.sendTransaction(number, parcel.draft))
    }

    mutating func transactionEnded(
        _ number: TransactionNumber, _ result: Result<String, TransactionFailure>
    ) {
        guard var flight = bundle.land(number) else { return }
        switch result {
        case .success(let signature):
            for (node, _) in flight.current.parts {
                guard let call = bundle.sent[node] else { continue }
                if bundle.groups == nil { give(call.early, from: node) }
                resume(node, call, signature: signature)
            }
            guard let next = flight.waiting.popLast() else { return }
            if phase == .running {
                send(next, before: flight.waiting)
            } else {
                for parcel in [next] + flight.waiting {
                    for (node, _) in parcel.parts where bundle.sent[node] != nil { cancel(node) }
                }
            }
        case .failure(let failure):
            fail(flight.current, with: failure)
            for parcel in flight.waiting.reversed() {
                for (node, _) in parcel.parts where bundle.sent[node] != nil {
                    finish(node, .failed(failure.description))
                }
            }
        }
    }

    /// Gives the error to the node whose instruction failed, or to all nodes of the parcel if that is not known (spec
    /// flow-engine 17.4.6).
    private mutating func fail(_ parcel: InstructionBundle.Parcel, with failure: TransactionFailure) {
        for (node, range) in parcel.parts where bundle.sent[node] != nil {
            let isCulprit = failure.instruction.map { range.contains($0) } ?? true
            finish(node, .failed(isCulprit ? failure.description : "transaction simulation failed"))
        }
    }

    private mutating func resume(_ node: Int, _ call: InstructionCall, signature: String?) {
        step.orders.append(
            .resumeNode(node: node, times: nodes[node].times, call, signature: signature))
    }

    /// Instructions that have not been sent when a stop comes are never sent (spec flow-engine 9.6, 24.14).
    mutating func cancelUnsentInstructions() {
        for node in bundle.calls.keys.sorted() { cancel(node) }
    }
}
