import Foundation
import TestKit
import TestTraits
import Testing

/// The executable as an operator has it: its files, its commands, its death and its return.
@Suite(.blocking) struct `The program` {
    private let folder: ProgramFolder

    init() throws { folder = try ProgramFolder() }

    private func rows(_ sql: String) throws -> [String] {
        try ScratchCluster.shared.get().psql(sql, on: folder.database).split(separator: "\n").map(String.init)
    }

    /// The number of a test flow, imported now.
    private func imported(_ name: String) throws -> Int {
        let file = DaemonPlace.testFlows.appending(path: name).path
        let output = try folder.run("flow", "import", file).output
        return try #require(Int(output.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    @Test func `finds what it has begun after being killed, and says how it ended`() throws {
        let first = try FlowdProgram(in: folder)
        let before = try folder.client(of: first)
        try checkFiles()
        try checkCommands(before)
        let finished = try before.start(2)
        let finishedEvents = try watchBoth(finished, before)

        // Nobody knows what a request has done that is cut off, so its run cannot go on.
        let asked = DispatchSemaphore(value: 0)
        let server = try LocalServer { peer in
            _ = try peer.readRequest()
            asked.signal()
            try peer.waitForEnd()
        }
        defer { withExtendedLifetime(server) {} }
        let flow = try imported("110-ask.json")
        let run = try before.start(flow, inputs: #"{"url":"http://127.0.0.1:\#(server.port)/"}"#)
        #expect(asked.wait(timeout: .now() + 60) == .success)
        let watchers = try WatchSpelling.allCases.map { try before.watcher($0) }
        let numbers = try watchers.map { try $0.subscribe(to: run) }
        let live = try zip(watchers, numbers).map { watcher, number in
            try watcher.receive(of: number) {
                $0.kind == "NodeStart" && $0.node?.hasSuffix("006e00020000") == true
            }
        }
        let waiting = try TestHTTPClient(port: before.port)
        try waiting.send("GET", "/flow/output/\(run)", ["x-api-key": before.key])
        var acknowledged: [String] = []
        let starting = try startMany(before, &acknowledged)
        first.crash()
        // What was on its way to us when it died was promised, too.
        for http in starting {
            if let answer = try? http.receive() { acknowledged.append(try runID(answer)) }
        }
        #expect(try folder.run("healthcheck", port: before.port).status == 1)
        #expect(throws: TestConnection.Failure.self) { try waiting.receive() }
        #expect(throws: TestConnection.Failure.self) { try watchers[0].receive(of: numbers[0]) }
        // The private Postgres has survived it.
        #expect(try rows("SELECT status FROM flow_run WHERE id = '\(run)'") == ["running"])

        let second = try FlowdProgram(in: folder)
        #expect(second.logText.contains("taking over a running server"))
        let after = try folder.client(of: second)
        let ended = try watchBoth(run, after)
        for (spelling, seen) in zip(WatchSpelling.allCases, live) {
            try checkEnd(try #require(ended[spelling]), after: seen)
        }
        #expect(try after.output(run) == #"{"M":{}}"#)
        #expect(try after.post("/flow/stop/\(run)").status == 404)
        #expect(
            try rows("SELECT status, end_time IS NOT NULL, errors FROM flow_run WHERE id = '\(run)'")
                == ["crashed|t|{\"the server stopped while this run was in progress\"}"])
        #expect(
            try rows("SELECT count(*) FROM node_run WHERE flow_run_id = '\(run)' AND end_time IS NULL") == [
                "0"
            ])
        expectSame(try watchBoth(finished, after), finishedEvents)
        try checkPromises(acknowledged, after)
        #expect(try after.output(after.start(1)) == #"{"M":{"c":{"D":"3"}}}"#)

        #expect(second.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.dataFolder + "/postgres/postmaster.pid"))

        let third = try FlowdProgram(in: folder)
        let last = try folder.client(of: third)
        expectSame(try watchBoth(run, last), ended)
        expectSame(try watchBoth(finished, last), finishedEvents)
        #expect(third.stop() == 0)
    }

    @Test func `keeps runs that wait for a value over its death and over a stop`() throws {
        let first = try FlowdProgram(in: folder)
        let flows = try ["105-question.json", "106-question-within.json"].map(imported)
        let before = try folder.client(of: first)
        let runs = try [flows[0], flows[1], flows[1]].map { try before.start($0) }
        let waiting = [runs[0]] + (try runs.dropFirst().map { try child(of: $0, before) })
        let questions = try waiting.map { try question(of: $0, before) }
        first.crash()

        let second = try FlowdProgram(in: folder)
        let between = try folder.client(of: second)
        try answer(questions[0], "killed", between)
        #expect(try between.output(runs[0]) == #"{"M":{"c":{"S":"killed"}}}"#)
        try answer(questions[1], "killed within", between)
        #expect(try between.output(runs[1]) == #"{"M":{"answer":{"S":"killed within"}}}"#)
        // A call about a run waits until the run is taken up.
        _ = try between.watcher(.numbered).subscribe(to: waiting[2])
        // Nothing but waiting is going on, so the stop takes no time and ends nothing.
        #expect(second.stop() == 0)
        #expect(second.logText.contains(#/runs taken up" resumed=5 ended=0/#))

        let third = try FlowdProgram(in: folder)
        let after = try folder.client(of: third)
        let watcher = try after.watcher(.numbered)
        let number = try watcher.subscribe(to: runs[2])
        try answer(questions[2], "stopped", after)
        #expect(try after.output(runs[2]) == #"{"M":{"answer":{"S":"stopped"}}}"#)
        let events = try watcher.receiveToEnd(of: number)
        checkOrder(events, of: runs[2], .numbered)
        #expect(try after.watch(runs[2], .numbered).map(\.text) == events.map(\.text))
        #expect(
            try rows("SELECT status, count(*) FROM flow_run GROUP BY status") == ["finished|5"])
        #expect(try rows("SELECT DISTINCT status FROM api_input_requests") == ["submitted"])
        #expect(third.stop() == 0)
    }

    @Test func `keeps runs paused over its death, once it has said that it pauses them`() throws {
        let first = try FlowdProgram(in: folder)
        let flows = try ["105-question.json", "106-question-within.json"].map(imported)
        let before = try folder.client(of: first)
        let runs = try flows.map { try before.start($0) }
        let waiting = try [runs[0], child(of: runs[1], before)]
        let questions = try waiting.map { try question(of: $0, before) }
        for run in runs {
            #expect(try before.post("/flow/pause/\(run)", json: #"{"reason":"a look"}"#).status == 200)
        }
        first.crash()

        let second = try FlowdProgram(in: folder)
        let between = try folder.client(of: second)
        for (run, question) in zip(waiting, questions) {
            let watcher = try between.watcher(.numbered)
            let number = try watcher.subscribe(to: run)
            try answer(question, "while paused", between)
            _ = try watcher.receive(of: number) { $0.kind == "NodeFinish" }
        }
        second.crash()

        let third = try FlowdProgram(in: folder)
        let after = try folder.client(of: third)
        #expect(try rows("SELECT DISTINCT status FROM flow_run") == ["paused"])
        for run in runs { #expect(try after.post("/flow/resume/\(run)").status == 200) }
        #expect(try after.output(runs[0]) == #"{"M":{"c":{"S":"while paused"}}}"#)
        #expect(try after.output(runs[1]) == #"{"M":{"answer":{"S":"while paused"}}}"#)
        for run in waiting {
            let events = try after.watch(run, .numbered)
            checkOrder(events, of: run, .numbered)
            #expect(
                events.map(\.kind).prefix(8) == [
                    "FlowStart", "NodeStart", "ApiInput", "FlowPause", "NodeOutput", "NodeFinish",
                    "FlowResume",
                    "NodeStart",
                ])
        }
        #expect(third.stop() == 0)
    }

    @Test func `keeps runs that wait for a signature over its death and over a stop, and asks nobody twice`()
        throws
    {
        let first = try FlowdProgram(in: folder)
        let file = GoldenCast.flowsFolder.appending(path: "signature.json").path
        let flow = try #require(
            Int(try folder.run("flow", "import", file).output.trimmingCharacters(in: .whitespacesAndNewlines))
        )
        _ = try rows(
            "INSERT INTO wallets (user_id, public_key) SELECT id, '\(GoldenCast.starterKey)' FROM users")
        let before = try folder.client(of: first)
        let runs = try (0..<2).map { _ in try before.start(flow) }
        let requests = try runs.map { try request(of: $0, before) }
        first.crash()

        let second = try FlowdProgram(in: folder)
        let between = try folder.client(of: second)
        #expect(try runs.map { try request(of: $0, between) } == requests)
        #expect(try sign(requests[0], between) == 200)
        #expect(try between.output(runs[0]) == #"{"M":{"valid":{"B":true}}}"#)
        // Nothing but waiting is going on, so the stop takes no time and ends nothing.
        #expect(second.stop() == 0)

        let third = try FlowdProgram(in: folder)
        let after = try folder.client(of: third)
        #expect(try sign(requests[0], after) == 404)
        #expect(try sign(requests[1], after) == 200)
        for run in runs {
            #expect(try after.output(run) == #"{"M":{"valid":{"B":true}}}"#)
            let events = try after.watch(run, .documented)
            #expect(events.count { $0.kind == "SignatureRequest" } == 1)
            #expect(try sign(request(of: run, after, status: 404), after) == 404)
        }
        #expect(try rows("SELECT status, count(*) FROM signature_requests GROUP BY status") == ["signed|2"])
        #expect(third.stop() == 0)
    }

    /// The number of the request that a run waits for; 0 if it waits for none.
    private func request(of run: String, _ client: DaemonClient, status: Int = 200) throws -> Int {
        let response = try client.get("/flow/signature_request/\(run)")
        #expect(response.status == status)
        return try TestJSON(response.text)["id"]?.integer ?? 0
    }

    /// Sends the right signature, of the protocol's worked examples, and gives the status of the answer.
    private func sign(_ request: Int, _ client: DaemonClient) throws -> Int {
        let signature =
            "3s4gU5JFjuR3DCanrRC1kkRRzdJozoB4SAVYRhem8hJsrdgrMc5fSer3GwzxYzPiUkQBdCVcuNbTtY48gCXtoKEj"
        return try client.post("/signature/submit", json: #"{"id":\#(request),"signature":"\#(signature)"}"#)
            .status
    }

    /// The run that a run's node has started.
    private func child(of run: String, _ client: DaemonClient) throws -> String {
        let watcher = try client.watcher(.numbered)
        let number = try watcher.subscribe(to: run)
        let event = try #require(try watcher.receive(of: number) { $0.kind == "NodeLog" }.last)
        let words = try #require(event.fields["content"]?.string).split(separator: " ")
        #expect(words.dropLast() == ["nested", "run"])
        return String(words.last ?? "")
    }

    /// The path under which a run takes the value that it waits for.
    private func question(of run: String, _ client: DaemonClient) throws -> String {
        let watcher = try client.watcher(.numbered)
        let number = try watcher.subscribe(to: run)
        let event = try #require(try watcher.receive(of: number) { $0.kind == "ApiInput" }.last)
        let url = try #require(event.fields["url"]?.string)
        #expect(url.hasPrefix("http://127.0.0.1:\(client.port)/flow/submit/"))
        return "/flow/submit/" + url.suffix(64)
    }

    private func answer(_ path: String, _ text: String, _ client: DaemonClient) throws {
        #expect(try client.post(path, json: #"{"value":{"S":"\#(text)"}}"#).text == "null")
    }

    /// Starts flow 1 many times on several connections. When this returns, one start is under way on each.
    private func startMany(_ client: DaemonClient, _ acknowledged: inout [String]) throws -> [TestHTTPClient]
    {
        let connections = try (0..<8).map { _ in try TestHTTPClient(port: client.port) }
        for round in 0...20 {
            for http in connections {
                if round > 0 { acknowledged.append(try runID(http.receive())) }
                try http.send("POST", "/flow/start/1", [("x-api-key", client.key)], body: [])
            }
        }
        return connections
    }

    private func runID(_ response: TestHTTPResponse) throws -> String {
        try #require(TestJSON(response.text)["flow_run_id"]?.string, "\(response.text)")
    }

    /// Every run whose start was answered is there and has an end.
    private func checkPromises(_ runs: [String], _ client: DaemonClient) throws {
        #expect(runs.count >= 160)
        let list = runs.map { "'\($0)'" }.joined(separator: ",")
        #expect(
            try rows(
                "SELECT count(*) FROM flow_run WHERE id IN (\(list)) AND status IN ('finished', 'crashed')")
                == ["\(runs.count)"])
        #expect(try rows("SELECT count(*) FROM flow_run WHERE end_time IS NULL") == ["0"])
        for run in runs.suffix(16) {
            let events = try client.watch(run, .numbered)
            // A run that was cut off may have begun nodes that never finished.
            let isCutOff = events.contains { $0.kind == "FlowError" }
            if isCutOff {
                #expect(events.suffix(2).map(\.kind) == ["FlowError", "FlowFinish"])
            } else {
                checkOrder(events, of: run, .numbered)
            }
            #expect(try TestJSON(client.output(run)) == events.last?.fields["output"])
        }
    }

    /// What was written down before the crash, then the end that the next start put behind it.
    private func checkEnd(_ events: [WatchedEvent], after live: [WatchedEvent]) throws {
        let end = events.suffix(2)
        #expect(end.map(\.kind) == ["FlowError", "FlowFinish"])
        #expect(end.first?.fields["error"]?.string == "the server stopped while this run was in progress")
        #expect(end.last?.fields["output"] == (try TestJSON(#"{"M":{}}"#)))
        // Steps that began, as far as that was written down, are not among those that never ran.
        let kept = events.dropLast(2).map(\.text)
        #expect(live.map(\.text).starts(with: kept), "nothing else, nothing in between")
        let started = Set(events.filter { $0.kind == "NodeStart" }.compactMap(\.node))
        #expect(end.last?.fields["not_run"]?.array?.count == 3 - started.count)
        // Its request was on its way: so it is written down that it had begun.
        #expect(events.contains { $0.kind == "NodeStart" && $0.node?.hasSuffix("006e00020000") == true })
        #expect(events.map(\.time).max() == events.last?.time)
    }

    private func watchBoth(_ run: String, _ client: DaemonClient) throws -> [WatchSpelling: [WatchedEvent]] {
        var seen: [WatchSpelling: [WatchedEvent]] = [:]
        for spelling in WatchSpelling.allCases { seen[spelling] = try client.watch(run, spelling) }
        return seen
    }

    private func expectSame(
        _ left: [WatchSpelling: [WatchedEvent]], _ right: [WatchSpelling: [WatchedEvent]]
    ) {
        for spelling in WatchSpelling.allCases {
            #expect(left[spelling]?.map(\.text) == right[spelling]?.map(\.text))
        }
    }

    /// Keys are for their owner's eyes, and the key pair is in the form that other tools read.
    private func checkFiles() throws {
        for name in ["owner-api-key", "owner-keypair.json"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.dataFolder + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        let pair = try TestJSON(
            String(contentsOfFile: folder.dataFolder + "/owner-keypair.json", encoding: .utf8))
        let numbers = try #require(pair.array?.map { $0.integer ?? -1 })
        #expect(numbers.count == 64)
        #expect(numbers.allSatisfy { (0...255).contains($0) })
    }

    /// Commands beside the daemon that runs.
    private func checkCommands(_ client: DaemonClient) throws {
        #expect(try folder.run("healthcheck", port: client.port).status == 0)
        let another = try folder.run("serve")
        #expect(another.status == 1)
        #expect(another.complaint.contains("in use by another flowd"))

        let file = DaemonPlace.testFlows.appending(path: "103-pause.json").path
        let imported = try folder.run("flow", "import", file)
        #expect(imported.status == 0, "\(imported.complaint)")
        let flow = try #require(Int(imported.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(flow > 5)
        #expect(try client.output(client.start(flow)) == #"{"M":{"message":{"S":"hello"}}}"#)

        // What another server can run is kept, and told.
        let foreign = folder.path + "/foreign.json"
        try String(contentsOfFile: file, encoding: .utf8).replacing("@spo/std.wait.0.1", with: "mint_a_star")
            .write(toFile: foreign, atomically: false, encoding: .utf8)
        let kept = try folder.run("flow", "import", foreign)
        #expect(kept.status == 0 && kept.complaint.contains("not found: mint_a_star"), "\(kept.complaint)")
        let lacking = try #require(Int(kept.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        let started = try client.post("/flow/start/\(lacking)", json: "{}")
        #expect(started.status == 400 && started.text.contains("not found: mint_a_star"))

        let cycle = folder.path + "/cycle.json"
        try DaemonPlace.cyclicDocument.write(toFile: cycle, atomically: false, encoding: .utf8)
        let refused = try folder.run("flow", "import", cycle)
        #expect(refused.status == 1)
        #expect(refused.output.isEmpty)
        #expect(refused.complaint.contains("cycle"))
        #expect(try folder.run("flow", "import", folder.path + "/nothing.json").status == 1)

        let user = try folder.run("user", "create").output
        let key = try #require(user.firstMatch(of: /public_key (\S+)/)).1
        let created = try folder.run("key", "create", "laptop", "--user", String(key))
        #expect(created.status == 0, "\(created.complaint)")
        let stranger = DaemonClient(
            port: client.port, key: created.output.trimmingCharacters(in: .whitespacesAndNewlines))
        let id = try TestJSON(stranger.get("/apikey/info").text)["user_id"]?.string
        #expect(user.contains("user \(id ?? "?")"))
        #expect(try stranger.post("/flow/start/1").status == 404)
        #expect(try folder.run("key", "create", "laptop", "--user", String(key)).status == 1)
        try checkSecrets(of: String(key), client)
    }

    /// Secrets come in on standard input only, and nothing shows them again.
    private func checkSecrets(of user: String, _ client: DaemonClient) throws {
        let set = try folder.run("secret", "set", "p/l", input: "hush hush\n")
        #expect(set.status == 0, "\(set.complaint)")
        #expect(set.output.isEmpty && set.complaint.isEmpty)
        #expect(try folder.run("secret", "set", "p/a/b", "--user", user, input: "x").status == 0)
        #expect(try folder.run("secret", "list").output == "p/l\n")
        #expect(try folder.run("secret", "list", "--user", user).output == "p/a/b\n")
        #expect(
            try rows("SELECT count(*), bool_or(position('hush'::bytea IN sealed) > 0) FROM vault_secrets")
                == ["2|f"])
        try checkUse(of: "hush", client)
        for input in ["", "\n", String(repeating: "x", count: 65_537)] {
            #expect(try folder.run("secret", "set", "p/l", input: input).status == 1)
        }
        let key = folder.path + "/secret-key"
        try "too short\n".write(toFile: key, atomically: false, encoding: .utf8)
        #expect(
            try folder.run("secret", "set", "p/l", "--secret-key-file", key, input: "x").complaint
                .contains("openssl rand"))
        #expect(try folder.run("secret", "delete", "p/l").status == 0)
        #expect(try folder.run("secret", "delete", "p/l").status == 1)
        #expect(try folder.run("secret", "list").output.isEmpty)
    }

    /// A flow may use the secret, but nothing of it is shown or stored.
    private func checkUse(of text: String, _ client: DaemonClient) throws {
        let file = DaemonPlace.testFlows.appending(path: "112-hidden.json").path
        let imported = try folder.run("flow", "import", file)
        #expect(imported.status == 0, "\(imported.complaint)")
        let flow = try #require(Int(imported.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        let run = try client.start(flow)
        let events = try client.watch(run, .numbered)
        #expect(
            events.compactMap { $0.kind == "NodeError" ? $0.fields["error"]?.string : nil }
                == ["the value is or holds a secret, which this node must not use"])
        #expect(events.contains { $0.text.contains("<vault:p/l>") })
        #expect(!events.contains { $0.text.contains(text) })
        for table in ["flow_run", "flow_run_events", "flow_snapshots", "node_run", "kvstore"] {
            #expect(
                try rows("SELECT count(*) FROM \(table) t WHERE t::text LIKE '%\(text)%'") == ["0"],
                "\(table)")
        }
    }
}
