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
        case .run(let row): 512 + row.inputs.count + row.environment.count
        case .event(let row): 192 + row.data.count
        case .log(let row): 192 + row.line.content.utf8.count
        }
    }
}

/// A run as it is created. JSON columns are encoded.
struct RunRow: Sendable {
    let startedBy: UserID?
    let startedKey: String?
    let flow: Int32?
    let deployment: DeploymentID?
    let snapshot: FlowSnapshot
    let createdAt: Timestamp
    let inputs: [UInt8]
    /// Something in the inputs was hidden.
    let hasHiddenInputs: Bool
    let environment: [UInt8]
    let network: [UInt8]
    let bundling: [UInt8]
    let origin: [UInt8]
    let parent: RunID?
    let depth: Int32
    let collectsInstructions: Bool
    /// What the run needs to go on elsewhere and no other column holds; nil if there is nothing.
    let terms: [UInt8]?
    let partial: [UInt8]?
    let resumesOnCrash: Bool
    let sharedWith: [UserID]
}

/// A log line.
struct LogRow: Sendable {
    let time: Timestamp
    let execution: NodeExecution?
    let line: RunLogLine
}
