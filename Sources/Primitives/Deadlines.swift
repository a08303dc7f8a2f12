// Moments at which something is due, soonest first.

/// A heap of keys by the steady time at which they are due. Keys are not unique. The owner ignores keys that no longer
/// matter, and may remove all of them now and then.
public struct Deadlines<Key: Sendable>: Sendable {
    private var heap: [(due: Int64, key: Key)] = []

    /// Nothing is due.
    public init() {}

    /// How many keys wait.
    public var count: Int { heap.count }

    /// When the soonest is due, in nanoseconds of the steady clock.
    public var soonest: Int64? { heap.first?.due }

    /// Adds a key that is due at this steady time, in nanoseconds. Takes logarithmic time.
    public mutating func add(_ key: Key, due: Int64) {
        heap.append((due, key))
        rise(from: heap.count - 1)
    }

    /// Takes the soonest key that is due by now, with the time it was due.
    public mutating func popDue(by now: Int64) -> (key: Key, due: Int64)? {
        guard let first = heap.first, first.due <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink(from: 0)
        return (first.key, first.due)
    }

    /// Removes keys; takes time in proportion to all that wait.
    public mutating func removeAll(where isUnwanted: (Key) -> Bool) {
        heap.removeAll { isUnwanted($0.key) }
        for parent in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(from: parent) }
    }

    private mutating func rise(from place: Int) {
        var child = place
        while child > 0, heap[child].due < heap[(child - 1) / 2].due {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func sink(from place: Int) {
        var parent = place
        while true {
            var soonest = parent
            for child in 2 * parent + 1...2 * parent + 2
            where child < heap.count && heap[child].due < heap[soonest].due {
                soonest = child
            }
            guard soonest != parent else { return }
            heap.swapAt(soonest, parent)
            parent = soonest
        }
    }
}
