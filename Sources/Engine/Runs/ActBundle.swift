// The acts of a run that are not done yet: which nodes wait, and which acts go together.

internal import Primitives
internal import Values

/// Bookkeeping of acting nodes within one run. Owned by the machine.
struct ActBundle {
    /// Acts that are done as one, with the nodes that want them, in the same order.
    struct Parcel {
        var acts: [any Act] = []
        var nodes: [Int] = []
    }

    /// Several parcels of one group, one after the other.
    struct Flight {
        var current: Parcel
        /// The parcels that follow, in reverse order: the next one is the last element.
        var waiting: [Parcel]
    }

    /// Nil if each node's act is done by itself.
    let groups: ActGroups?
    /// Acts that nodes have given and that nobody does yet.
    private(set) var calls: [Int: ActCall] = [:]
    /// Acts that nodes have given and that are being done.
    private(set) var sent: [Int: ActCall] = [:]
    /// Nodes that have acted at least once.
    private(set) var participants: Set<Int> = []
    private(set) var flights: [ParcelNumber: Flight] = [:]
    private var lastNumber: ParcelNumber = 0
    /// The first parcel that is given out in place of being done. Empty if there was none.
    private(set) var collected: [any Act] = []
    private(set) var collectedCount = 0

    init(_ graph: FlowGraph, isOn: Bool) {
        let hasActs = graph.nodes.contains { $0.actInfo != nil }
        groups = isOn && hasActs ? ActGroups(graph) : nil
    }

    /// Waits for others of the node's group.
    mutating func wait(_ call: ActCall, of node: Int) {
        calls[node] = call
        participants.insert(node)
    }

    /// A node has nothing to do.
    mutating func participateWithoutAct(_ node: Int) { participants.insert(node) }

    /// The execution of a node is over.
    mutating func forget(_ node: Int) {
        guard !participants.isEmpty else { return }
        calls[node] = nil
        sent[node] = nil
    }

    /// Joins the waiting acts of nodes, in this order, as long as they fit each other (spec flow-engine 17.4.2). These
    /// nodes then no longer wait.
    mutating func takeParcels(of nodes: [Int]) -> [Parcel] {
        var parcels: [Parcel] = []
        for node in nodes {
            guard let call = calls.removeValue(forKey: node) else { continue }
            sent[node] = call
            if parcels.last?.acts.last?.fits(call.act) != true { parcels.append(Parcel()) }
            parcels[parcels.count - 1].acts.append(call.act)
            parcels[parcels.count - 1].nodes.append(node)
        }
        return parcels
    }

    /// A parcel goes on its way.
    mutating func launch(_ parcel: Parcel, waiting: [Parcel]) -> ParcelNumber {
        lastNumber += 1
        flights[lastNumber] = Flight(current: parcel, waiting: waiting)
        return lastNumber
    }

    mutating func land(_ number: ParcelNumber) -> Flight? { flights.removeValue(forKey: number) }

    mutating func collect(_ acts: [any Act]) {
        collectedCount += 1
        if collectedCount == 1 { collected = acts }
    }
}
