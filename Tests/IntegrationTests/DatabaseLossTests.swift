import TestKit
import TestTraits
import Testing

/// The database is killed while runs go on, and comes back.
@Suite(.blocking) struct `A lost database` {
    @Test func `stops no run, loses no event and holds ends back until they are written down`() throws {
        let cluster = try ScratchCluster(settings: ["fsync=off"])
        let place = try DaemonPlace(on: cluster)
        let daemon = try place.start()
        defer { daemon.stop() }
        let client = DaemonClient(port: daemon.port, key: try place.ownerKey)
        let finished = try client.start(2)
        let finishedEvents = try client.watch(finished, .numbered)
        let runs = try (0..<6).map { try client.start(103, inputs: #"{"ms":8000,"message":\#($0)}"#) }
        let watchers = try runs.map { run in
            let watcher = try client.watcher(.numbered)
            return (watcher, try watcher.subscribe(to: run))
        }
        let waiting = try TestHTTPClient(port: client.port)
        try waiting.send("GET", "/flow/output/\(runs[0])", ["x-api-key": client.key])
        let early = try watchers.map { watcher, number in
            try watcher.receive(of: number) {
                $0.kind == "NodeStart" && $0.node == "00000000-0000-4000-8000-006700030000"
            }
        }

        try cluster.kill()
        // The pauses are over while it is away: everything is seen live but the end.
        let late = try watchers.map { watcher, number in
            try watcher.receive(of: number) {
                $0.kind == "NodeFinish" && $0.node == "00000000-0000-4000-8000-006700050000"
            }
        }
        for (watcher, _) in watchers { try watcher.socket.expectNothingMore() }
        let refused = try client.post("/flow/start/1")
        #expect(refused.status == 503)
        #expect(refused["Retry-After"].flatMap { Int($0) } != nil)
        #expect(try TestJSON(refused.text)["error"]?.string != nil)
        #expect(try client.get("/healthcheck").status == 503)
        // What only the database knows cannot be said, not even that there is no such run.
        #expect(try client.get("/flow/output/00000000-0000-7000-8000-000000000000").status == 503)

        try cluster.start()
        try client.waitForHealth()
        for (index, run) in runs.enumerated() {
            let (watcher, number) = watchers[index]
            let events = early[index] + late[index] + (try watcher.receiveToEnd(of: number))
            checkOrder(events, of: run, .numbered)
            #expect(events.last?.fields["output"] == (try TestJSON(#"{"M":{"message":{"S":"\#(index)"}}}"#)))
            #expect(try client.watch(run, .numbered).map(\.text) == events.map(\.text))
            #expect(try client.output(run) == #"{"M":{"message":{"S":"\#(index)"}}}"#)
            #expect(
                try place.rows(
                    """
                    SELECT count(*), max(seq), (SELECT status FROM flow_run WHERE id = '\(run)') FROM flow_run_events
                    WHERE flow_run_id = '\(run)'
                    """) == ["\(events.count)|\(events.count)|finished"])
        }
        #expect(try waiting.receive().text == #"{"M":{"message":{"S":"0"}}}"#)
        #expect(try client.watch(finished, .numbered).map(\.text) == finishedEvents.map(\.text))
        #expect(try client.output(client.start(1)) == #"{"M":{"c":{"D":"3"}}}"#)
    }
}
