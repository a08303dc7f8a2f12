// The engine's journal on Postgres: its face to the lanes.

internal import Engine
internal import Net
internal import Primitives

/// Encodes entries where they are appended and posts them to the storage loop. Any thread.
struct PostgresJournal: RunJournal {
    let mailbox: Mailbox<StorageMessage>
    let backlog: JournalBacklog
    let listeners: JournalListeners

    func append(_ entries: [JournalEntry]) {
        guard !entries.isEmpty else { return }
        let rows = entries.map { JournalRow($0) }
        backlog.add(rows.reduce(0) { $0 + $1.footprint })
        // Never refused: the backlog's pressure is the bound.
        mailbox.postReply(.append(rows))
    }

    var pressure: JournalPressure { backlog.pressure }

    func addListener(lane: Int, of laneCount: Int, _ listener: @escaping @Sendable ([JournalNotice]) -> Void)
    {
        listeners.add(lane: lane, of: laneCount, listener)
    }
}
