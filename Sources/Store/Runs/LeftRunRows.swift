// What several statements have found of runs that are to be taken up again, as runs. Stored rows are not trusted.

internal import Engine
internal import Postgres
internal import Primitives

/// The rows of all statements about some runs.
struct LeftRunRows: Sendable {
    var heads = StoredRows<LeftRunStatements.Head>.none
    var events = StoredRows<LeftRunStatements.Part<RunEvent?>>.none
    var children = StoredRows<LeftRunStatements.Part<(LeftChild, isCut: Bool)>>.none
    var inputs = StoredRows<LeftRunStatements.Part<StoredInputRequest?>>.none
    var signatures = StoredRows<LeftRunStatements.Part<StoredSignature>>.none
    var controls = StoredRows<LeftRunStatements.Part<RunControl>>.none

    /// The runs. One that cannot be read harms no other.
    func read(_ lookup: LeftRunLookup) -> FoundRuns {
        var parts = LeftRunParts()
        parts.add(events) { part, event throws(PostgresError) in try part.add(event) }
        parts.add(children) { part, child in
            part.isCut = part.isCut || child.isCut
            part.children.append(child.0)
        }
        parts.add(inputs) { part, input in
            if let input { part.inputs.append(input) } else { part.isCut = true }
        }
        parts.add(signatures) { part, signature in part.signatures.append(signature) }
        parts.add(controls) { part, control in part.controls.append(control) }
        var found = FoundRuns()
        var texts = RepeatedTexts()
        for index in 0..<heads.count {
            guard let head = try? heads[index] else { continue }
            do throws(PostgresError) {
                found.runs.append(try run(head, parts.take(head.id), &texts, lookup))
            } catch {
                found.unreadable.append(head.id)
            }
        }
        return found
    }

    private func run(
        _ head: LeftRunStatements.Head, _ part: LeftRunParts.Part, _ texts: inout RepeatedTexts,
        _ lookup: LeftRunLookup
    ) throws(PostgresError) -> LeftRun {
        if let error = part.error { throw error }
        let run = try RunTable.created.reader.read(head.columns, head.sharedWith, &texts)
        let isCut =
            part.isCut || run.isCut || head.hasTerms && !run.hasTerms
            || part.children.count > lookup.rowsMax || part.inputs.count > lookup.rowsMax
            || part.signatures.count > lookup.rowsMax
        return LeftRun(
            record: run.record, hasWholeInputs: run.hasWholeInputs,
            events: Array(part.events.prefix(lookup.eventsMax)),
            hasAllEvents: part.events.count <= lookup.eventsMax && !part.hasFurtherEvents,
            children: part.children, inputs: part.inputs, signatures: part.signatures,
            controls: part.controls, isCut: isCut)
    }
}

/// What belongs to each run, gathered from the rows of several statements.
private struct LeftRunParts {
    struct Part {
        var events: [RunEvent] = []
        /// Events follow that were too large to be read with the others.
        var hasFurtherEvents = false
        var children: [LeftChild] = []
        var inputs: [StoredInputRequest] = []
        var signatures: [StoredSignature] = []
        var controls: [RunControl] = []
        /// A cell was left out.
        var isCut = false
        /// Something of the run cannot be read.
        var error: PostgresError?

        /// Adds the next event, nil for one whose data was left out.
        mutating func add(_ event: RunEvent?) throws(PostgresError) {
            guard !hasFurtherEvents else { return }
            guard let event else {
                hasFurtherEvents = true
                return
            }
            if let last = events.last, last.sequence >= event.sequence {
                throw .unreadable("order of events")
            }
            events.append(event)
        }
    }

    private var parts: [RunID: Part] = [:]

    mutating func take(_ run: RunID) -> Part { parts.removeValue(forKey: run) ?? Part() }

    mutating func add<Value>(
        _ rows: StoredRows<LeftRunStatements.Part<Value>>,
        _ add: (inout Part, Value) throws(PostgresError) -> Void
    ) {
        for index in 0..<rows.count {
            guard let (run, value) = try? rows[index] else { continue }
            // Taken out while it changes, so that its arrays are changed in place.
            var part = parts.removeValue(forKey: run) ?? Part()
            do throws(PostgresError) {
                try add(&part, value.get())
            } catch {
                part.error = error
            }
            parts[run] = part
        }
    }
}
