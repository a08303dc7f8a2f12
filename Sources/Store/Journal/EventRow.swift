// An event as a row of the journal. Plain values.

internal import Engine
internal import Primitives

/// An event other than a log line.
struct EventRow: Sendable {
    let time: Timestamp
    /// The name of its kind in the journal.
    let name: String
    let execution: NodeExecution?
    /// What it changes in the projections.
    let effect: EventEffect<WrittenValues>
    /// The event's own fields as JSON, without node, times and time.
    let data: [UInt8]
}

/// Where the values of an event lie in its text.
struct WrittenValues: Sendable {
    /// One member: its name in quotes and its tagged value.
    struct Port: Sendable {
        let name: Range<Int>
        let value: Range<Int>
    }

    /// All of them, in tagged form.
    let range: Range<Int>
    /// Each of them, if they are marked values.
    let ports: [Port]
}
