import Daemon
import Foundation
import TestKit
import TestTraits
import Testing

/// Two servers on one database. Runs are on the first one, and what comes for them goes to the second one.
private final class TwoDaemons {
    /// The signature of the protocol's worked examples, which is right for the flow that asks for one.
    private static let signature =
        "3s4gU5JFjuR3DCanrRC1kkRRzdJozoB4SAVYRhem8hJsrdgrMc5fSer3GwzxYzPiUkQBdCVcuNbTtY48gCXtoKEj"

    let place: DaemonPlace
    let here: DaemonClient
    let there: DaemonClient
    private let daemons: [Daemon]

    init() throws {
        place = try DaemonPlace(
            flows: [DaemonPlace.exampleFlows, DaemonPlace.testFlows, GoldenCast.flowsFolder])
        let first = try place.start()
        let second = try DaemonPlace(beside: place).start()
        daemons = [first, second]
        there = DaemonClient(port: first.port, key: try place.ownerKey)
        here = DaemonClient(port: second.port, key: try place.ownerKey)
        try place.rows(
            "INSERT INTO wallets (user_id, public_key) SELECT id, '\(GoldenCast.starterKey)' FROM users")
    }

    deinit { for daemon in daemons { daemon.stop() } }

    /// The path under which a run on the first server takes the value that it waits for.
    func question(of run: String) throws -> String {
        let watcher = try there.watcher(.numbered)
        let event = try watcher.receive(of: watcher.subscribe(to: run)) { $0.kind == "ApiInput" }.last
        return "/flow/submit/\(try #require(event?.fields["url"]?.string).suffix(64))"
    }

    func answer(_ path: String) throws {
        #expect(try here.post(path, json: #"{"value":{"S":"yes"}}"#).text == "null")
    }

    func sign(_ request: Int) throws -> Int {
        try here.post(
            "/signature/submit", json: #"{"id":\#(request),"signature":"\#(TwoDaemons.signature)"}"#
        ).status
    }

    /// The request that a run waits for, as the second server tells it.
    func request(of run: String) throws -> Int {
        let response = try here.get("/flow/signature_request/\(run)")
        return try #require(TestJSON(response.text)["id"]?.integer, "\(response.text)")
    }

    /// The first server hears nothing for a while: its listening connection is cut, as often as it comes back, until
    /// the closure is done.
    func cuttingOff(_ body: () throws -> Void) throws {
        let statement = """
            SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
            WHERE application_name = 'flowd listening' AND datname = current_database()
            """
        try place.rows(statement)
        try body()
        try place.rows(statement)
    }
}

@Suite(.blocking) struct `Two servers on one database` {
    @Test(arguments: [false, true]) func `take answers for each other's runs`(isCut: Bool) throws {
        let servers = try TwoDaemons()
        let (asking, signing) = (try servers.there.start(105), try servers.there.start(4600))
        let path = try servers.question(of: asking)
        let request = try servers.request(of: signing)
        func answer() throws {
            try servers.answer(path)
            #expect(try servers.sign(request) == 200)
        }
        if isCut { try servers.cuttingOff(answer) } else { try answer() }
        #expect(try servers.there.output(asking) == #"{"M":{"c":{"S":"yes"}}}"#)
        #expect(try servers.there.output(signing) == #"{"M":{"valid":{"B":true}}}"#)
        #expect(try servers.sign(request) == 404)
        #expect(try servers.here.post(path, json: #"{"value":{"S":"again"}}"#).status == 404)
        for run in [asking, signing] {
            let events = try servers.there.watch(run, .documented)
            checkOrder(events, of: run, .documented)
            #expect(try servers.here.watch(run, .documented).map(\.text) == events.map(\.text))
        }
    }

    @Test(arguments: [false, true]) func `take stops for each other's runs`(isCut: Bool) throws {
        let servers = try TwoDaemons()
        let run = try servers.there.start(105)
        let path = try servers.question(of: run)
        let stranger = try TestHTTPClient(port: servers.here.port).post("/flow/stop/\(run)", [:], json: "{}")
        #expect(stranger.status == 401)
        func stop() throws {
            let response = try servers.here.post("/flow/stop/\(run)", json: #"{"reason":"it's enough"}"#)
            #expect(response.status == 200 && response.text == #"{"success":true}"#)
        }
        if isCut { try servers.cuttingOff(stop) } else { try stop() }
        #expect(try servers.there.output(run) == #"{"M":{}}"#)
        let errors = try servers.there.watch(run, .numbered).filter { $0.kind == "NodeError" }
        #expect(errors.first?.fields["error"]?.string == "canceled by user it's enough")
        #expect(try servers.place.rows("SELECT status FROM flow_run WHERE id = '\(run)'") == ["stopped"])
        #expect(try servers.here.post("/flow/stop/\(run)", json: "{}").status == 404)
        // The request takes nothing any more, at neither server, whichever is stored first: its end or that of the run.
        for server in [servers.here, servers.there] {
            #expect(try server.post(path, json: #"{"value":{"S":"late"}}"#).status == 404)
        }
    }

    @Test(arguments: [false, true]) func `pause and resume each other's runs`(isCut: Bool) throws {
        let servers = try TwoDaemons()
        let run = try servers.there.start(105)
        let path = try servers.question(of: run)
        let watcher = try servers.there.watcher(.numbered)
        let number = try watcher.subscribe(to: run)
        func ask(_ what: String) throws {
            let response = try servers.here.post("/flow/\(what)/\(run)", json: #"{"reason":"from afar"}"#)
            #expect(response.status == 200 && response.text == #"{"success":true}"#)
        }
        if isCut { try servers.cuttingOff { try ask("pause") } } else { try ask("pause") }
        _ = try watcher.receive(of: number) { $0.kind == "FlowPause" }
        #expect(try servers.place.rows("SELECT status FROM flow_run WHERE id = '\(run)'") == ["paused"])
        try servers.answer(path)
        _ = try watcher.receive(of: number) { $0.kind == "NodeFinish" }
        if isCut { try servers.cuttingOff { try ask("resume") } } else { try ask("resume") }
        let next = try watcher.receive(of: number) { $0.kind == "NodeStart" }
        #expect(next.map(\.kind) == ["FlowResume", "NodeStart"])
        #expect(next.first?.fields["reason"]?.string == "from afar")
        #expect(try servers.there.output(run) == #"{"M":{"c":{"S":"yes"}}}"#)
        #expect(try servers.here.post("/flow/resume/\(run)").status == 404)
    }

    @Test func `tell of each other's requests for signatures`() throws {
        let servers = try TwoDaemons()
        let watcher = try servers.here.watcher(.documented)
        try watcher.socket.send(#"{"SubscribeSignatureRequests":{}}"#)
        #expect(try watcher.socket.receiveText().hasPrefix(#"{"id":1,"Ok":"#))
        for _ in 0..<3 {
            let run = try servers.there.start(4600)
            let told = try TestJSON(watcher.socket.receiveText())["event"]
            #expect(told?["flow_run_id"]?.string == run)
            #expect(told?["req_id"]?.integer == (try servers.request(of: run)))
            try watcher.socket.expectNothingMore()
            #expect(try servers.sign(servers.request(of: run)) == 200)
            #expect(try servers.there.output(run) == #"{"M":{"valid":{"B":true}}}"#)
            #expect(try servers.here.get("/flow/signature_request/\(run)").status == 404)
        }
    }

    @Test func `tell who waits for a signature that a run ends without one`() throws {
        let servers = try TwoDaemons()
        let run = try servers.there.start(105)
        let path = try servers.question(of: run)
        let waiting = try TestHTTPClient(port: servers.here.port)
        try waiting.send("GET", "/flow/signature_request/\(run)", ["x-api-key": servers.here.key])
        try servers.answer(path)
        #expect(try waiting.receive().status == 404)
    }
}
