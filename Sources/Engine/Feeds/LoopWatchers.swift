// Which web loops want to hear of something, and for how many subscribers. Part of the state of a feed.

/// The watchers of a feed by loop: one call for each loop, however many subscribers it has.
struct LoopWatchers<Subject> {
    /// Told that there is something new; must not block.
    typealias Watcher = @Sendable (Subject) -> Void

    /// A struct, since a bare closure in a collection is wrapped once more by each access.
    private struct Entry {
        let watch: Watcher
        var count: Int
    }

    private var entries: [Int: Entry] = [:]

    /// The caller calls these after it has released the lock around the feed's state.
    var all: [Watcher] { entries.values.map(\.watch) }

    /// Adds one more subscriber of a loop. All of a loop's subscribers share the first one's watcher.
    mutating func add(_ loop: Int, _ watcher: @escaping Watcher) {
        entries[loop, default: Entry(watch: watcher, count: 0)].count += 1
    }

    /// Takes one subscriber of a loop away, if there is one.
    mutating func remove(_ loop: Int) {
        guard let count = entries[loop]?.count else { return }
        if count > 1 { entries[loop]?.count = count - 1 } else { entries[loop] = nil }
    }
}
