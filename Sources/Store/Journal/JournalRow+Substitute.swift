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

    private static let note = "the database refused to store this"

    /// What to try next in place of this row, which the database refuses; nil if nothing is left. A refused run
    /// has no substitute.
    var substitute: JournalRow? {
        switch (form, content) {
        case (_, .run), (.note, _): nil
        case (.original, .event(let row)): withoutValues(row)
        case (.withoutValues, .event(let row)): note(at: row.time, "\(row.detail.name.rawValue) event")
        case (_, .log(let row)): note(at: row.time, "log line")
        }
    }

    private func withoutValues(_ row: EventRow) -> JournalRow {
        let value: ValueMap = ["not stored": .string(JournalRow.note)]
        let hidden: ValueMap = ["not stored": .secret(SecretValue(.null, shownAs: .string(JournalRow.note)))]
        let content: RunEvent.Content =
            switch row.detail {
            case .flowStarted: .flowStarted
            case .flowFailed: .flowFailed(error: JournalRow.note)
            case .flowFinished(let notRun, _, let status):
                .flowFinished(notRun: notRun, output: hidden, status: status)
            case .nodeStarted(let execution, _): .nodeStarted(execution, input: value)
            case .nodeOutput(let execution, _): .nodeOutput(execution, output: hidden)
            case .nodeFailed(let execution, _):
                .nodeFailed(execution, error: JournalRow.note, isDerived: false)
            case .nodeFinished(let execution): .nodeFinished(execution)
            case .inputRequested(let execution, let url): .inputRequested(execution, url: url)
            case .signatureRequested(let execution, let request): .signatureRequested(execution, request)
            }
        return substitute(content, at: row.time, form: .withoutValues)
    }

    private func note(at time: Timestamp, _ what: String) -> JournalRow {
        let line = RunLogLine(
            level: .error, module: "journal", content: "\(JournalRow.note) \(what)")
        return substitute(.flowLogged(line), at: time, form: .note)
    }

    private func substitute(_ content: RunEvent.Content, at time: Timestamp, form: Form) -> JournalRow {
        JournalRow(
            run: run, owner: owner, event: RunEvent(sequence: sequence, time: time, content: content),
            form: form)
    }
}
