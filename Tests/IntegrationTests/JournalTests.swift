import Foundation
import TestKit
import TestTraits
import Testing

/// What psql shows is what subscribers saw.
@Suite(.blocking) struct `The tables` {
    private let shared: SharedDaemon

    init() throws { shared = try SharedDaemon.shared.get() }

    @Test(arguments: [
        (1, "{}", "finished"), (1, #"{"a":"no number"}"#, "failed"), (2, "{}", "finished"),
        (104, "{}", "finished"),
    ])
    func `hold the same events, nodes and runs`(flow: Int, inputs: String, status: String) throws {
        let run = try shared.client.start(flow, inputs: inputs)
        let events = try shared.client.watch(run, .numbered)
        try checkEvents(events, of: run)
        try checkNodes(events, of: run)

        let rows = try query(
            """
            SELECT r.status, r.flow_id, r.output, r.not_run, r.errors, r.inputs, r.start_time <= r.end_time AS ordered,
                r.server_id IS NULL AS released, u.role
            FROM flow_run r JOIN users u ON u.id = r.user_id WHERE r.id = '\(run)'
            """)
        let row = try #require(rows.first)
        let finish = try #require(events.last)
        #expect(row["status"]?.string == status)
        #expect(row["flow_id"]?.integer == flow)
        #expect(row["output"] == finish.fields["output"])
        #expect(row["not_run"] == finish.fields["not_run"])
        let errors = events.filter { $0.kind == "FlowError" }.compactMap { $0.fields["error"] }
        #expect(row["errors"] == .array(errors))
        #expect(row["ordered"] == .bool(true))
        #expect(row["released"] == .bool(true))
        #expect(row["role"]?.string == "admin")
        #expect(row["inputs"]?["M"] != nil)
    }

    /// Rows of events and of log lines together are the stream, in its order.
    private func checkEvents(_ events: [WatchedEvent], of run: String) throws {
        let rows = try query(
            """
            SELECT seq, event, node_id, times, data, \(time) AS time FROM flow_run_events WHERE flow_run_id = '\(run)'
            UNION ALL
            SELECT seq, CASE WHEN node_id IS NULL THEN 'FlowLog' ELSE 'NodeLog' END, node_id, times,
                json_build_object('level', log_level, 'module', module, 'content', content), \(time)
            FROM flow_run_logs WHERE flow_run_id = '\(run)' ORDER BY seq
            """)
        #expect(rows.map { $0["seq"]?.integer } == Array(1...events.count))
        for (row, event) in zip(rows, events) {
            #expect(row["event"]?.string == event.kind)
            #expect(row["node_id"]?.string == event.node)
            #expect(row["times"]?.integer == event.times)
            #expect(row["time"]?.string == nineDigits(event.time))
            var fields = event.fields
            fields["node_id"] = nil
            fields["times"] = nil
            #expect(row["data"]?.object == fields)
        }
    }

    /// One row for each execution.
    private func checkNodes(_ events: [WatchedEvent], of run: String) throws {
        let rows = try query(
            """
            SELECT node_id, times, input, output, errors, start_time <= end_time AS ordered
            FROM node_run WHERE flow_run_id = '\(run)'
            """)
        let starts = events.filter { $0.kind == "NodeStart" }
        #expect(rows.count == starts.count)
        for start in starts {
            let row = try #require(
                rows.first { $0["node_id"]?.string == start.node && $0["times"]?.integer == start.times })
            func of(_ kind: String) -> [WatchedEvent] {
                events.filter { $0.kind == kind && $0.node == start.node && $0.times == start.times }
            }
            #expect(row["input"] == start.fields["input"])
            #expect(row["output"] ?? .null == of("NodeOutput").last?.fields["output"] ?? .null)
            #expect(row["errors"] == .array(of("NodeError").compactMap { $0.fields["error"] }))
            #expect(row["ordered"] == .bool(true))
        }
    }

    private let time =
        "to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || lpad(time_nanos::text, 3, '0') || 'Z'"

    private func nineDigits(_ time: String) -> String {
        let parts = time.dropLast().split(separator: ".")
        return parts[0] + "."
            + (parts.count > 1 ? String(parts[1]) : "").padding(toLength: 9, withPad: "0", startingAt: 0)
            + "Z"
    }

    private func query(_ sql: String) throws -> [TestJSON] {
        try shared.place.rows("SELECT row_to_json(q) FROM (\(sql)) q").map { try TestJSON($0) }
    }
}
