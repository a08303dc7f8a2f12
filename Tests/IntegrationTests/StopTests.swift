import Daemon
import TestKit
import TestTraits
import Testing

/// Ends that come before their time: asked for by a user, or because the daemon stops.
@Suite(.blocking) struct `A stop` {
    private let shared: SharedDaemon
    private var client: DaemonClient { shared.client }

    init() throws { shared = try SharedDaemon.shared.get() }

    /// The node of flow 103 that waits, and those behind it.
    private static let pause = "00000000-0000-4000-8000-006700030000"
    private static let rest = [
        "00000000-0000-4000-8000-006700040000", "00000000-0000-4000-8000-006700050000",
    ]

    /// Starts flow 103 and watches it up to its pause.
    private func pausedRun(milliseconds: Int, of client: DaemonClient) throws -> (
        run: String, RunWatcher, Int
    ) {
        let run = try client.start(103, inputs: #"{"ms":\#(milliseconds)}"#)
        let watcher = try client.watcher(.numbered)
        let number = try watcher.subscribe(to: run)
        _ = try watcher.receive(of: number) { $0.kind == "NodeStart" && $0.node == `A stop`.pause }
        return (run, watcher, number)
    }

    private func status(_ run: String) throws -> [String] {
        try shared.place.rows("SELECT status FROM flow_run WHERE id = '\(run)'")
    }

    @Test func `with a grace lets running nodes finish and starts no others`() throws {
        let (run, watcher, number) = try pausedRun(milliseconds: 4_000, of: client)
        #expect(
            try client.post("/flow/stop/\(run)", json: #"{"timeout_millies":60000}"#).text
                == #"{"success":true}"#)
        let events = try watcher.receiveToEnd(of: number)
        #expect(events.map(\.kind) == ["NodeOutput", "NodeFinish", "FlowFinish"])
        #expect(events.last?.fields["not_run"] == .array(`A stop`.rest.map { .string($0) }))
        #expect(try status(run) == ["stopped"])
    }

    @Test func `cuts off what its grace was too short for, and only the first one counts`() throws {
        let (run, watcher, number) = try pausedRun(milliseconds: 60_000, of: client)
        for body in [#"{"timeout_millies":200,"reason":"first"}"#, #"{"reason":"second"}"#] {
            #expect(try client.post("/flow/stop/\(run)", json: body).text == #"{"success":true}"#)
        }
        let events = try watcher.receiveToEnd(of: number)
        #expect(events.map(\.kind) == ["NodeError", "NodeFinish", "FlowError", "FlowFinish"])
        #expect(events.first?.fields["error"]?.string == "canceled by user first")
        #expect(events[2].fields["error"]?.string == "1 nodes failed")
        #expect(try client.post("/flow/stop/\(run)").status == 404)
        #expect(try status(run) == ["stopped"])
    }

    @Test func `cuts off all running nodes and lets who waits for the output have what there is`() throws {
        let run = try client.start(102, inputs: #"{"ms":60000}"#)
        let waiting = try TestHTTPClient(port: client.port)
        try waiting.send("GET", "/flow/output/\(run)", ["x-api-key": client.key])
        let watcher = try client.watcher(.numbered)
        let number = try watcher.subscribe(to: run)
        // Seven nodes wait, and the first branch, which does not, has come to its end.
        var missing = Set(
            ["06", "09", "0c", "0f", "12", "15", "18"].map {
                "NodeStart 00000000-0000-4000-8000-006600\($0)0000"
            } + ["NodeFinish 00000000-0000-4000-8000-006600040000"])
        let before = try watcher.receive(of: number) { event in
            missing.remove("\(event.kind) \(event.node ?? "")")
            return missing.isEmpty
        }
        let running = Set(before.filter { $0.kind == "NodeStart" }.compactMap(\.node))
            .subtracting(before.filter { $0.kind == "NodeFinish" }.compactMap(\.node))
        #expect(try client.post("/flow/stop/\(run)", json: #"{"reason":null}"#).status == 200)
        let events = try watcher.receiveToEnd(of: number)
        let errors = events.filter { $0.kind == "NodeError" }
        #expect(running.isSuperset(of: errors.compactMap(\.node)))
        #expect(errors.count == 7)
        #expect(errors.allSatisfy { $0.fields["error"]?.string == "canceled by user " })
        #expect(events.dropLast().last?.fields["error"]?.string == "\(errors.count) nodes failed")
        checkOrder(before + events, of: run, .numbered)
        #expect(try TestJSON(waiting.receive().text) == events.last?.fields["output"])
    }

    @Test func `of the daemon ends what cannot go on later with an event that says so, and says goodbye`()
        throws
    {
        let place = try DaemonPlace(
            settings: ["FLOWD_DRAIN_SECONDS": "1", "FLOWD_OUTBOUND_ALLOW": "127.0.0.0/8"])
        let first = try place.start()
        let client = DaemonClient(port: first.port, key: try place.ownerKey)
        // Nobody knows what a request has done that is cut off.
        let server = try LocalServer { peer in try peer.waitForEnd() }
        defer { withExtendedLifetime(server) {} }
        let run = try client.start(110, inputs: #"{"url":"http://127.0.0.1:\#(server.port)/"}"#)
        let watcher = try client.watcher(.numbered)
        let number = try watcher.subscribe(to: run)
        _ = try watcher.receive(of: number) {
            $0.kind == "NodeStart" && $0.node == "00000000-0000-4000-8000-006e00020000"
        }
        let (paused, left, _) = try pausedRun(milliseconds: 60_000, of: client)
        let idle = try TestHTTPClient(port: client.port)
        #expect(try idle.get("/healthcheck").status == 200)
        let waiting = try TestHTTPClient(port: client.port)
        try waiting.send("GET", "/flow/output/\(run)", ["x-api-key": client.key])
        first.stop()
        let events = try watcher.receiveToEnd(of: number)
        #expect(events.map(\.kind) == ["NodeError", "NodeFinish", "FlowError", "FlowFinish"])
        #expect(events.first?.fields["error"]?.string == "canceled by user restarting server")
        let goodbye = try watcher.socket.receiveClose()
        #expect(goodbye.code == 1001)
        #expect(try left.socket.receiveClose().code == 1001, "its run goes on later")
        #expect(try idle.connection.readToEnd().isEmpty)
        #expect(try waiting.receive().text == #"{"M":{}}"#)
        #expect(throws: TestConnection.Failure.self) { try TestConnection(port: client.port) }

        let second = try place.start()
        defer { second.stop() }
        let replayed = try DaemonClient(port: second.port, key: client.key).watch(run, .numbered)
        #expect(replayed.suffix(4).map(\.text) == events.map(\.text))
        #expect(
            try place.rows("SELECT status, end_time IS NOT NULL FROM flow_run WHERE id = '\(run)'")
                == ["stopped|t"])
        // What only waits is the next server's.
        #expect(
            try DaemonClient(port: second.port, key: client.key).post("/flow/stop/\(paused)").status == 200)
    }
}
