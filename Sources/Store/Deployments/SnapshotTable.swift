// The table of frozen flows.

internal import Engine
internal import Postgres
internal import Primitives

/// The columns of `flow_snapshots`.
enum SnapshotTable {
    static let snapshots = Table<FlowSnapshot, RecordReader<FlowSnapshot>>("flow_snapshots") { t in
        let hash = t.column("hash", .bytea) { $0.hash }
        let document = t.column("data", .json) { $0.document }
        return RecordReader { row throws(PostgresError) in
            FlowSnapshot(hash: try row[hash], document: try row[document])
        }
    }
}
