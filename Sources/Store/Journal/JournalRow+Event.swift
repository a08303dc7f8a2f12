// Events to rows of the journal.

internal import Engine
internal import Primitives
internal import Values

extension JournalRow {
    /// The row of an event.
    init(run: RunID, owner: UserID, event: RunEvent, form: Form = .original) {
        self.run = run
        self.owner = owner
        self.form = form
        sequence = event.sequence
        var visitor = RowContent(time: event.time)
        content = event.content.accept(&visitor)
    }
}

/// Makes the row of an event of any kind.
private struct RowContent: EventVisitor {
    let time: Timestamp

    func visit<Event: DeclaredEvent>(_ event: Event) -> JournalRow.Content {
        let effect = event.effect
        guard let name = Event.storedName else {
            guard case .line(let line) = effect else {
                preconditionFailure("an event without a stored name must be a log line")
            }
            return .log(LogRow(time: time, execution: event.subject, line: line))
        }
        var text = EventText()
        var event = event
        event.walk(&text)
        return .event(
            EventRow(
                time: time, name: name, execution: event.subject,
                effect: effect.with(text.values ?? WrittenValues(range: 0..<0, ports: [])),
                data: text.finished()))
    }
}
