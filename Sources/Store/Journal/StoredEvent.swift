// Rows of the journal back to events, as these declare their fields. Stored rows are not trusted: one that this project
// cannot have written is no event.

internal import Engine
internal import Primitives

/// The columns of a stored event, as they come from the database.
struct StoredEvent {
    let sequence: UInt64
    let time: Timestamp
    let name: String
    let execution: NodeExecution?
    let data: [UInt8]
    /// The status of the run, which a FlowFinish needs.
    let status: RunStatus

    private static let kinds = RunEventKind.allCases.compactMap { kind in
        kind.declaration.storedName.map { (name: $0, declaration: kind.declaration) }
    }

    /// The event of the row; nil if this project cannot have written it.
    func event() -> RunEvent? {
        guard let kind = StoredEvent.kinds.first(where: { $0.name == name }),
            let content = content(kind.declaration)
        else { return nil }
        return RunEvent(sequence: sequence, time: time, content: content)
    }

    private func content(_ kind: (some DeclaredEvent).Type) -> RunEvent.Content? {
        StoredEvent.read(kind, from: data, in: EventFrame(execution: execution, status: status))?.content
    }

    /// An event of this kind with the fields that stand in a text; nil if this project cannot have written it.
    static func read<Event: DeclaredEvent>(
        _ kind: Event.Type, from data: [UInt8], in frame: EventFrame
    ) -> Event? {
        guard var event = Event(emptyIn: frame) else { return nil }
        var reader = EventTextReader(data)
        return reader.fill(&event) ? event : nil
    }
}
