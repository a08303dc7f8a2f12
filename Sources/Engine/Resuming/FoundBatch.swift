// Runs that were read together.

internal import Primitives

/// What storage has of runs that were read together, on the way to them.
struct FoundBatch: Sendable {
    /// By id; one that is missing has ended.
    let runs: [RunID: LeftRun]
    private let batch: [RunID]
    private var nextIndex = 0

    init(_ batch: [RunID], _ found: FoundRuns) {
        self.batch = batch
        runs = Dictionary(found.runs.map { ($0.record.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The one run was asked for apart from others.
    var isAlone: Bool { batch.count == 1 }
    var isEmpty: Bool { nextIndex == batch.count }

    /// Those that come next.
    mutating func next(_ count: Int) -> ArraySlice<RunID> {
        let first = nextIndex
        nextIndex = min(batch.count, first + count)
        return batch[first..<nextIndex]
    }
}
