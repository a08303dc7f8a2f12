// Moments at which something is due, soonest first.

/// A heap of keys by the steady time at which they are due. Keys are not unique and cannot be taken back; whoever
/// gets one that no longer matters ignores it.
public struct Deadlines<Key: Sendable>: Sendable {
    private var heap: [(due: Int64, key: Key)] = []

    /// Nothing is due.
    public init() {}

    /// How many keys wait.
    public var count: Int { heap.count }

    /// When the soonest is due, in nanoseconds of the steady clock.
    public var soonest: Int64? { heap.first?.due }

    public mutating func add(_ key: Key, due: Int64) {
        heap.append((due, key))
        var child = heap.count - 1
        while child > 0, heap[child].due < heap[(child - 1) / 2].due {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the soonest key that is due by now, with the time it was due.
    public mutating func popDue(by now: Int64) -> (key: Key, due: Int64)? {
        guard let first = heap.first, first.due <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
            guard let child = children.min(by: { heap[$0].due < heap[$1].due }),
                heap[child].due < heap[parent].due
            else { break }
            heap.swapAt(child, parent)
            parent = child
        }
        return (first.key, first.due)
    }
}
