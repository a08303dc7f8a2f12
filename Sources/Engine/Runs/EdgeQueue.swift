// What waits on one edge of a running graph: values in order, each with its loop tag.

internal import Primitives
internal import Values

/// The loop elements that a value stems from: a position for each loop of the edge's or node's scope, in the scope's
/// order (outermost first). Empty outside loops.
typealias LoopTag = [UInt32]

/// One delivery on an edge. No value means "absent": the source ended without producing one.
struct EdgeEntry: Equatable {
    let value: Value?
    let tag: LoopTag
}

/// The deliveries that a target has not used yet.
struct EdgeQueue: Equatable {
    var entries = FIFO<EdgeEntry>()
    /// The source will deliver nothing more.
    var isClosed = false

    var isEmpty: Bool { entries.isEmpty }
    var head: EdgeEntry? { entries.head }

    /// How many of the waiting entries hold a value.
    var valueCount: Int { entries.waiting.count { $0.value != nil } }
}

extension Value {
    /// The public key that the value can be read as; nil if it is none (spec flow-engine 6.4).
    var narrowedToPublicKey: Value? { (try? readPublicKey()).map { .b32($0) } }
}

extension GraphEdge {
    /// The value as it arrives at the input.
    func narrowed(_ value: Value) -> Value {
        if case .string = value, keepsTexts { return value }
        return narrowsToPublicKey ? value.narrowedToPublicKey ?? value : value
    }
}
