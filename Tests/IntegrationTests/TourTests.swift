import TestKit
import TestTraits
import Testing

/// The steps that a newcomer is shown, one test for each flow.
@Suite(.blocking) struct `The tour` {
    private let shared: SharedDaemon
    private var client: DaemonClient { shared.client }

    init() throws { shared = try SharedDaemon.shared.get() }

    /// Starts a flow, watches it in both spellings, asks for its output.
    private func walk(_ flow: Int, _ inputs: String, _ output: String) throws -> [WatchSpelling:
        [WatchedEvent]]
    {
        let run = try client.start(flow, inputs: inputs)
        var seen: [WatchSpelling: [WatchedEvent]] = [:]
        for spelling in WatchSpelling.allCases {
            let events = try client.watch(run, spelling)
            checkOrder(events, of: run, spelling)
            #expect(events.last?.fields["output"] == (try TestJSON(output)))
            #expect(events.last?.fields["not_run"]?.array?.isEmpty == (flow != 3))
            seen[spelling] = events
        }
        #expect(try TestJSON(client.output(run)) == TestJSON(output))
        #expect(
            Set(seen[.documented]?.map { $0.subject + $0.time } ?? [])
                == Set(seen[.numbered]?.map { $0.subject + $0.time } ?? []))
        return seen
    }

    @Test func `begins with a healthy daemon`() throws {
        let response = try TestHTTPClient(port: client.port).get("/healthcheck")
        #expect(response.status == 200)
        #expect(response.text == #"{"success":true}"#)
    }

    @Test(arguments: [
        ("{}", #"{"M":{"c":{"D":"3"}}}"#), (#"{"a":{"U":"20"},"b":{"U":"22"}}"#, #"{"M":{"c":{"D":"42"}}}"#),
        (#"{"a":1,"b":2.5}"#, #"{"M":{"c":{"D":"3.5"}}}"#),
    ])
    func `adds two inputs, tagged or plain or none`(inputs: String, output: String) throws {
        let seen = try walk(1, inputs, output)
        #expect(seen[.numbered]?.count == 14)
    }

    @Test func `takes a list apart and puts it together again`() throws {
        let seen = try walk(
            2, #"{"list":[4,5,6]}"#, #"{"M":{"list":{"A":[{"D":"40"},{"D":"50"},{"D":"60"}]}}}"#)
        let times = seen[.numbered]?.filter {
            $0.kind == "NodeStart" && $0.node?.hasSuffix("000200030000") == true
        }
        #expect(times?.map(\.times) == [0, 1, 2])
    }

    @Test(arguments: [
        ("{}", #"{"M":{"small":{"U":"7"}}}"#), (#"{"n":{"U":"11"}}"#, #"{"M":{"big":{"S":"11"}}}"#),
    ])
    func `goes one way and names what it did not run`(inputs: String, output: String) throws {
        let seen = try walk(3, inputs, output)
        let isSmall = inputs == "{}"
        #expect(
            seen[.numbered]?.last?.fields["not_run"]
                == .array(
                    (isSmall ? ["000300030000", "000300040000"] : ["000300050000"]).map {
                        .string("00000000-0000-4000-8000-\($0)")
                    }))
    }

    /// Ten seconds, all of them watched.
    @Test func `lets one watch a slow flow step by step`() throws {
        let run = try client.start(4, inputs: #"{"message":"look"}"#)
        let documented = try client.watcher(.documented)
        let numbered = try client.watcher(.numbered)
        let first = try documented.subscribe(to: run)
        let second = try numbered.subscribe(to: run)
        let steps = (2...6).map { "00000000-0000-4000-8000-0004000\($0)0000" }
        var early: [WatchedEvent] = []
        for step in steps {
            early += try documented.receive(of: first) { $0.kind == "NodeStart" && $0.node == step }
            #expect(
                try shared.place.rows("SELECT status, end_time IS NULL FROM flow_run WHERE id = '\(run)'")
                    == ["running|t"])
        }
        let events = early + (try documented.receiveToEnd(of: first))
        checkOrder(events, of: run, .documented)
        let others = try numbered.receiveToEnd(of: second)
        checkOrder(others, of: run, .numbered)
        #expect(events.count == others.count)
        #expect(events.last?.fields["output"] == (try TestJSON(#"{"M":{"message":{"S":"look"}}}"#)))
        #expect(try client.output(run) == #"{"M":{"message":{"S":"look"}}}"#)
    }

    @Test(arguments: [
        ("true", #"{"M":{"paid":{"U":"250"}}}"#), (#"{"B":false}"#, #"{"M":{"refused":{"U":"250"}}}"#),
    ])
    func `asks for an approval and goes the way of the answer`(answer: String, output: String) throws {
        let run = try client.start(5, inputs: #"{"amount":{"U":"250"}}"#)
        let watcher = try client.watcher(.documented)
        let number = try watcher.subscribe(to: run)
        let question = try watcher.receive(of: number) { $0.kind == "ApiInput" }.last
        let path = "/flow/submit/\(question?.fields["url"]?.string?.suffix(64) ?? "")"
        #expect(try client.post(path, json: #"{"value":\#(answer)}"#).text == "null")
        #expect(try TestJSON(client.output(run)) == TestJSON(output))
    }
}
