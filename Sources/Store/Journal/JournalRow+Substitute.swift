// What is stored in place of an event that the database refuses.

internal import Engine
internal import Primitives
internal import Values

extension JournalRow {
    /// How far the row is from what was appended.
    enum Form: Sendable {
        case original
        /// The same kind of event with a note in place of its values.
        case withoutValues
        /// A log line that says that there was an event.
        case note
    }

    /// What to try next in place of this row, which the database refuses; nil if nothing is left. A refused run
    /// has no substitute.
    var substitute: JournalRow? {
        switch (form, content) {
        case (_, .run), (.note, _): nil
        case (.original, .event(let row)): withoutValues(row) ?? note(row)
        case (.withoutValues, .event(let row)): note(row)
        case (_, .log(let row)): note(at: row.time, "log line")
        }
    }

    private func withoutValues(_ row: EventRow) -> JournalRow? {
        guard var content = row.contentWithoutValues else { return nil }
        var visitor = Replacement()
        content = content.accept(&visitor)
        return substitute(content, at: row.time, form: .withoutValues)
    }

    private func note(_ row: EventRow) -> JournalRow { note(at: row.time, "\(row.name) event") }

    private func note(at time: Timestamp, _ what: String) -> JournalRow {
        let line = RunLogLine(level: .error, module: "journal", content: "\(Note.text) \(what)")
        return substitute(.flowLogged(line), at: time, form: .note)
    }

    private func substitute(_ content: RunEvent.Content, at time: Timestamp, form: Form) -> JournalRow {
        JournalRow(
            run: run, owner: owner, event: RunEvent(sequence: sequence, time: time, content: content),
            form: form)
    }
}

extension EventRow {
    /// The event without its values. They are cut out of the text and not read, because they may be large.
    fileprivate var contentWithoutValues: RunEvent.Content? {
        var text = data
        if let range = effect.values?.range { text.replaceSubrange(range, with: #"{"M":{}}"#.utf8) }
        var status = RunStatus.running
        if case .runEnded(_, _, let end) = effect { status = end }
        return StoredEvent(
            sequence: 0, time: time, name: name, execution: execution, data: text, status: status
        ).event()?.content
    }
}

/// Puts notes in place of all that nodes and people have said.
private struct Replacement: EventVisitor {
    func visit(_ event: some DeclaredEvent) -> RunEvent.Content {
        var event = event
        var note = Note()
        event.walk(&note)
        return event.content
    }
}

/// A note in place of each field that storage may have refused; the others stay.
private struct Note: EventFields {
    static let text = "the database refused to store this"
    private static let name = "not stored"

    func freeText(_ name: String, _ value: inout String) { value = Note.text }
    func optionalFreeText(_ name: String, _ value: inout String?) { value = nil }
    func flag(_ name: String, _ value: inout Bool) { value = false }
    func values(_ name: String, _ value: inout ValueMap) { value = [Note.name: .string(Note.text)] }
    func markedValues(_ name: String, _ value: inout ValueMap) {
        value = [Note.name: .secret(SecretValue(.null, shownAs: .string(Note.text)))]
    }

    func text(_ name: String, _ value: inout String) {}
    func number(_ name: String, _ value: inout some NumberedName) {}
    func word(_ name: String, _ value: inout some RawRepresentable<String>) {}
    func run(_ name: String, _ value: inout RunID) {}
    func publicKey(_ name: String, _ value: inout Bytes32) {}
    func bytes(_ name: String, _ value: inout [UInt8]) {}
    func time(_ name: String, _ value: inout Timestamp) {}
    func duration(_ name: String, _ value: inout Duration) {}
    func nodes(_ name: String, _ value: inout [NodeID]) {}
}
