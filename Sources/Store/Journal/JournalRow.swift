// Journal entries as rows: encoded once, on the thread that appends them, so that the storage loop only moves
// bytes and the backlog is counted in what will be sent.

internal import Engine
internal import Primitives
internal import Values

/// One entry of the journal, ready to be stored.
struct JournalRow: Sendable {
    /// What the entry becomes.
    enum Content: Sendable {
        /// A row of `flow_run`.
        case run(RunRow)
        /// A row of `flow_run_events`, and what it changes in the projections.
        case event(EventRow)
        /// A row of `flow_run_logs`.
        case log(LogRow)
    }

    let run: RunID
    /// The owner of the run.
    let owner: UserID
    /// 0 for the run itself, otherwise the sequence of the event.
    let sequence: UInt64
    let content: Content
    /// Whether this is a substitute for what was appended.
    let form: Form

    /// Bytes that the entry holds while it waits; the constant stands for its columns and its place in arrays.
    var footprint: Int {
        switch content {
        case .run(let row): 192 + row.byteCount
        case .event(let row): 192 + row.data.count
        case .log(let row): 192 + row.line.content.utf8.count
        }
    }
}

extension JournalRow {
    /// The row of an entry.
    init(_ entry: JournalEntry) {
        switch entry {
        case .created(let record): self.init(record)
        case .event(let run, let owner, let event): self.init(run: run, owner: owner, event: event)
        }
    }

    /// The row of a run.
    private init(_ record: RunRecord) {
        run = record.id
        owner = record.owner
        sequence = 0
        form = .original
        content = .run(RunRow(record))
    }
}

/// A log line.
struct LogRow: Sendable {
    let time: Timestamp
    let execution: NodeExecution?
    let line: RunLogLine
}
