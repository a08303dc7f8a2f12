// Keeps a run within its bounds: steps, time, memory.

internal import Primitives

extension Machine {
    /// Comes every 4,096 steps, and sooner if functions have done much.
    mutating func poll() throws(Fault) {
        // The step that is about to be taken has been counted down, too.
        operations += period - min(countdown + 1, 0)
        if session.host.isCancelled() {
            throw Fault(.terminated, "the run was stopped", name: "ErrorTerminated", isCatchable: false)
        }
        if let deadline, session.host.clock() > deadline {
            throw Fault(.terminated, "the script takes too long", name: "ErrorTerminated", isCatchable: false)
        }
        if session.madeBytes > Limits.scriptBytesPerMeasure { try measure() }
        period = min(Limits.scriptOperationsPerPoll, operationsMax - operations)
        guard period > 0 else {
            throw Fault(
                .tooManyOperations, "the script takes more than \(operationsMax) steps",
                name: "ErrorTooManyOperations", isCatchable: false)
        }
        countdown = period
    }

    /// What functions and operators do with many bytes or elements counts as steps.
    mutating func countWork() {
        guard session.work > 0 else { return }
        countdown -= session.work
        session.work = 0
    }

    /// Adds up what all values take.
    private mutating func measure() throws(Fault) {
        session.madeBytes = 0
        var seen: Set<ObjectIdentifier> = []
        var bytes = stack.count * 24
        func add(_ value: Dynamic) {
            switch value {
            case .array(let box):
                if seen.insert(ObjectIdentifier(box)).inserted { bytes += box.weight.byteCount }
            case .map(let box):
                if seen.insert(ObjectIdentifier(box)).inserted { bytes += box.weight.byteCount }
            case .string(let text): bytes += text.utf8.count
            case .blob(let box): if seen.insert(ObjectIdentifier(box)).inserted { bytes += box.bytes.count }
            case .function(let pointer): bytes += pointer.weight.byteCount
            default: break
            }
        }
        for value in stack { add(value) }
        for cell in cells { add(cell.value) }
        guard bytes <= Limits.scriptHeapBytesMax else {
            throw .tooLarge("the number of bytes of all values", Limits.scriptHeapBytesMax)
        }
    }

    // MARK: Shared variables

    /// A variable that closures share. All of them are kept in a list: they may hold each other in a circle, and in long
    /// rows that would be freed one inside the other.
    mutating func makeCell(_ value: Dynamic) throws(Fault) -> Cell {
        if cells.count >= cellsChecked {
            // From the end: a variable that only the list holds may have been the last to hold an older one.
            for index in cells.indices.reversed() where isKnownUniquelyReferenced(&cells[index]) {
                cells.swapAt(index, cells.count - 1)
                cells.removeLast()
            }
            cellsChecked = max(1_024, cells.count * 2)
            guard cells.count < Limits.scriptSharedMax else {
                throw .tooLarge("the number of variables that closures share", Limits.scriptSharedMax)
            }
        }
        session.madeBytes += 64
        let cell = Cell(value)
        cells.append(cell)
        return cell
    }

    /// Empties all shared variables, so that none keeps itself alive. What the result needs is taken out before.
    mutating func release() {
        stack.removeAll()
        for cell in cells { cell.value = .unit }
        cells.removeAll()
    }
}
