// Acting nodes: each on its own, or together with others (spec flow-engine 17, 24.34 to 24.42).

internal import Primitives
internal import Values

extension RunMachine {
    /// An execution has given its act.
    mutating func receive(_ call: ActCall, from node: Int) {
        guard bundle.calls[node] == nil, bundle.sent[node] == nil else { return }
        guard graph.nodes[node].actInfo != nil else {
            return finish(node, .failed(call.act.words.hasNoInfo))
        }
        guard phase == .running else { return cancel(node) }
        guard !settings.isReadOnly || call.act.isEmpty else {
            let error = call.act.words.isReadOnly
            if !flowErrors.contains(error) { fail(error) }
            return finish(node, .failed("canceled " + error))
        }
        if call.act.isEmpty {
            bundle.participateWithoutAct(node)
            give(call.early, from: node)
            resume(node, call, receipt: nil)
        } else if bundle.groups == nil {
            bundle.wait(call, of: node)
            dispatch(bundle.takeParcels(of: [node]))
        } else {
            bundle.wait(call, of: node)
            give(call.early, from: node)
        }
    }

    /// Lets the groups be done that are complete, and gives up those that can never be. True if nodes may have become
    /// ready.
    ///
    /// A group is done as soon as each of its nodes waits or will not run again. When nothing else can happen, a group
    /// is done although nodes that were part of an earlier parcel might run again (spec flow-engine 24.40, nodes 6.41).
    /// When no group can be done at all, the waiting nodes are given up. So what is given up does not depend on which of
    /// two nodes was faster.
    mutating func settleActs() -> Bool {
        guard let groups = bundle.groups, !bundle.calls.isEmpty else { return false }
        let isQuiet = mayStart && runningCount == bundle.calls.count
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

    /// Lets the acts of these nodes of a group be done, or ends the nodes. True if nodes may have become ready.
    private mutating func settle(_ waiting: [Int], isComplete: Bool) -> Bool {
        if isComplete {
            dispatch(bundle.takeParcels(of: waiting))
            return settings.collectsActs
        }
        for node in waiting {
            guard let call = bundle.calls[node] else { continue }
            finish(node, .failed(call.act.words.isIncomplete))
        }
        return true
    }

    private mutating func dispatch(_ parcels: [ActBundle.Parcel]) {
        if settings.collectsActs {
            for parcel in parcels {
                bundle.collect(parcel.acts)
                // These executions end without an error, because nothing is wrong with them (spec flow-engine 17.6).
                for node in parcel.nodes { close(execution(node), of: node, ValueMap()) }
            }
        } else if let first = parcels.first {
            send(first, before: Array(parcels.dropFirst().reversed()))
        }
    }

    private mutating func send(_ parcel: ActBundle.Parcel, before waiting: [ActBundle.Parcel]) {
        let number = bundle.launch(parcel, waiting: waiting)
        step.orders.append(.carryOutParcel(number, parcel.acts))
    }

    mutating func parcelEnded(_ number: ParcelNumber, _ result: Result<String, ActFailure>) {
        guard var flight = bundle.land(number) else { return }
        switch result {
        case .success(let receipt):
            for node in flight.current.nodes {
                guard let call = bundle.sent[node] else { continue }
                if bundle.groups == nil { give(call.early, from: node) }
                resume(node, call, receipt: receipt)
            }
            guard let next = flight.waiting.popLast() else { return }
            if phase == .running {
                send(next, before: flight.waiting)
            } else {
                for parcel in [next] + flight.waiting {
                    for node in parcel.nodes where bundle.sent[node] != nil { cancel(node) }
                }
            }
        case .failure(let failure):
            fail(flight.current, with: failure)
            for parcel in flight.waiting.reversed() {
                for node in parcel.nodes where bundle.sent[node] != nil {
                    finish(node, .failed(failure.description))
                }
            }
        }
    }

    /// Gives the error to the node whose act failed, or to all nodes of the parcel if that is not known (spec
    /// flow-engine 17.4.6).
    private mutating func fail(_ parcel: ActBundle.Parcel, with failure: ActFailure) {
        for (index, node) in parcel.nodes.enumerated() where bundle.sent[node] != nil {
            let isCulprit = failure.act.map { $0 == index } ?? true
            let words = parcel.acts[index].words
            finish(node, .failed(isCulprit ? failure.description : words.hasFailedWithOthers))
        }
    }

    private mutating func resume(_ node: Int, _ call: ActCall, receipt: String?) {
        step.orders.append(.resumeNode(node: node, times: nodes[node].times, call, receipt: receipt))
    }

    /// Acts that nobody does yet when a stop comes are never done (spec flow-engine 9.6, 24.14).
    mutating func cancelUnsentActs() {
        for node in bundle.calls.keys.sorted() { cancel(node) }
    }
}
