// The table of node executions.

internal import Engine
internal import Postgres
internal import Primitives

/// The columns of `node_run`.
enum NodeTable {
    /// An execution that a batch begins or changes.
    static let changed = Table<ProjectedBatch.Node, Void>("node_run") { t in
        t.write("flow_run_id", .run) { $0.run }
        t.write("node_id", .node) { $0.execution.node }
        t.write("times", .integer) { $0.execution.times }
        t.write("user_id", .user) { $0.owner }
        t.write("start_time", .optional(.timestamptz)) { $0.startTime }
        t.write("end_time", .optional(.timestamptz)) { $0.endTime }
        t.write("input", .optional(.json), stored: { #"COALESCE(\#($0), '{"M":{}}')"# }) { $0.input }
        t.write("output", .optional(.json)) { $0.output }
        t.write("errors", .textsAsText, stored: { "\($0)::text[]" }) { $0.errors }
    }
}
