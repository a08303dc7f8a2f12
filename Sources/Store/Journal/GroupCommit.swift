// Which journal entries go into which transaction, and what becomes of them. Pure: the storage loop sends the
// pieces it gets from here and reports how they ended.

internal import Primitives

/// One piece is in flight while the next one gathers; there is no timer. Idle, an entry is committed after one
/// transaction; loaded, pieces grow by themselves up to their bounds (decision 0001).
///
/// A refused piece is halved until the entry at fault is alone. Entries leave in the order in which they came,
/// and none leaves unless it was committed or its owner dropped it.
struct GroupCommit<Entry> {
    /// What goes into one transaction.
    struct Piece {
        let entries: ArraySlice<Entry>
        /// It was sent before on a connection that was lost, so that it may be committed already.
        let isRepeated: Bool
    }

    /// What a refusal of the piece in flight means.
    enum Refusal {
        /// Its halves come next.
        case halved
        /// This entry alone is at fault. It is still in flight: `replaceAlone` or `dropAlone` comes next.
        case alone(Entry)
    }

    private let rowsMax: Int
    private let bytesMax: Int
    private let footprint: (Entry) -> Int
    private var gathering: [Entry] = []
    /// Entries of `gathering` before this position are taken.
    private var head = 0
    /// Halves of a refused piece, the next one last.
    private var halves: [ArraySlice<Entry>] = []
    /// What was sent, or must be sent again.
    private var current: ArraySlice<Entry>?
    private var isInFlight = false
    private var isRepeated = false

    /// - Parameters:
    ///   - rowsMax: entries of one piece.
    ///   - bytesMax: bytes of one piece, unless its first entry alone has more.
    ///   - footprint: bytes of an entry.
    init(rowsMax: Int, bytesMax: Int, footprint: @escaping (Entry) -> Int) {
        self.rowsMax = rowsMax
        self.bytesMax = bytesMax
        self.footprint = footprint
    }

    /// True if nothing is in flight and nothing waits.
    var isEmpty: Bool { current == nil && halves.isEmpty && head == gathering.count }

    /// Takes further entries.
    mutating func append(_ entries: [Entry]) { gathering.append(contentsOf: entries) }

    /// The next piece to send; nil while one is in flight or when nothing waits.
    mutating func next() -> Piece? {
        guard !isInFlight else { return nil }
        if current == nil {
            current = halves.popLast() ?? gather()
            isRepeated = false
        }
        guard let current else { return nil }
        isInFlight = true
        return Piece(entries: current, isRepeated: isRepeated)
    }

    /// The piece in flight is durable. Gives its entries.
    mutating func committed() -> ArraySlice<Entry> { leave() }

    /// The piece in flight was refused because of what is in it, and nothing of it was stored.
    mutating func refused() -> Refusal {
        guard let piece = current, isInFlight, let first = piece.first else {
            preconditionFailure("a piece was refused while none was in flight")
        }
        guard piece.count > 1 else { return .alone(first) }
        let middle = piece.startIndex + piece.count / 2
        halves.append(piece[middle...])
        halves.append(piece[..<middle])
        _ = leave()
        return .halved
    }

    /// Another entry goes in place of the one that is alone at fault.
    mutating func replaceAlone(with entry: Entry) {
        precondition(current?.count == 1 && isInFlight, "only an entry that is alone can be replaced")
        current = [entry]
        isInFlight = false
        isRepeated = false
    }

    /// The entry that is alone at fault goes nowhere. Gives it.
    mutating func dropAlone() -> ArraySlice<Entry> {
        precondition(current?.count == 1 && isInFlight, "only an entry that is alone can be dropped")
        return leave()
    }

    /// The piece in flight had no effect for a reason that will pass: it comes again, unchanged.
    mutating func postponed() {
        precondition(isInFlight, "a piece was postponed while none was in flight")
        isInFlight = false
    }

    /// The connection was lost: whether the piece in flight is stored is not known, so it comes again, unchanged.
    mutating func lost() {
        guard isInFlight else { return }
        isInFlight = false
        isRepeated = true
    }

    /// Removes waiting entries, those in flight excepted; gives them.
    mutating func remove(where isUnwanted: (Entry) -> Bool) -> [Entry] {
        var removed: [Entry] = []
        func keep(_ entries: ArraySlice<Entry>) -> ArraySlice<Entry> {
            var kept: ArraySlice<Entry> = []
            for entry in entries {
                if isUnwanted(entry) { removed.append(entry) } else { kept.append(entry) }
            }
            return kept
        }
        halves = halves.reversed().map(keep).reversed().filter { !$0.isEmpty }
        gathering = Array(keep(gathering[head...]))
        head = 0
        return removed
    }

    private mutating func gather() -> ArraySlice<Entry>? {
        guard head < gathering.count else { return nil }
        var end = head
        var bytes = 0
        while end < gathering.count, end - head < rowsMax {
            bytes += footprint(gathering[end])
            if bytes > bytesMax, end > head { break }
            end += 1
        }
        let piece = Array(gathering[head..<end])[...]
        head = end
        if head == gathering.count {
            gathering.removeAll(keepingCapacity: gathering.capacity < 4 * rowsMax)
            head = 0
        } else if head > gathering.count / 2 {
            gathering.removeFirst(head)
            head = 0
        }
        return piece
    }

    private mutating func leave() -> ArraySlice<Entry> {
        guard let piece = current, isInFlight else {
            preconditionFailure("a piece ended while none was in flight")
        }
        current = nil
        isInFlight = false
        isRepeated = false
        return piece
    }
}
