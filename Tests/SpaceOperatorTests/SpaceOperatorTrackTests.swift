import Engine
import Primitives
import TestKit
import Testing
import Values
import Wire

@testable import SpaceOperator

private let run = known(RunID("3e67d149-5840-4fe0-a00f-3de78e8e8633"))
private let node = NodeExecution(node: known(NodeID("67aab188-97ee-43c1-88a1-2291e01b0f1f")), times: 0)

private func event(_ sequence: UInt64, _ time: String, _ content: RunEvent.Content) -> RunEvent {
    RunEvent(sequence: sequence, time: known(Timestamp(time)), content: content)
}

private let events = [
    event(1, "2026-04-01T12:00:00.104882190Z", .flowStarted),
    event(2, "2026-04-01T12:00:00.105090221Z", .nodeStarted(node, input: ["": .u64(21)])),
    event(
        3, "2026-04-01T12:00:00.105377402Z",
        .nodeLogged(node, RunLogLine(level: .info, content: "doubling 21"))),
    event(4, "2026-04-01T12:00:00.105420Z", .nodeOutput(node, output: ["value": .u64(42)])),
    event(5, "2026-04-01T12:00:00.105420Z", .nodeFinished(node)),
    event(6, "2026-04-01T12:00:00.105520331Z", .flowFailed(error: "1 nodes failed")),
    event(
        7, "2026-04-01T12:00:00.106Z",
        .flowFinished(notRun: [node.node], output: ["result": .u64(42)], status: .failed)),
]

private func bodies(_ spelling: Spelling) -> [String] {
    SpaceOperatorTrack(spelling: spelling).encode(events[...], of: run).map {
        String(decoding: $0.body, as: UTF8.self)
    }
}

@Suite struct `Run events on the Space Operator socket` {
    @Test func `in the documented spelling a node finishes before its output is shown`() {
        let start =
            #""event":{"flow_run_id":"3e67d149-5840-4fe0-a00f-3de78e8e8633","time":"2026-04-01T12:00:00."#
        let id = #""node_id":"67aab188-97ee-43c1-88a1-2291e01b0f1f","times":0"#
        #expect(
            bodies(.documented) == [
                start + #"104882190Z","content":{"FlowStart":{}}}}"#,
                start + #"105090221Z","content":{"NodeStart":{\#(id),"input":{"M":{"":{"U":"21"}}}}}}}"#,
                start
                    + #"105377402Z","content":{"NodeLog":{\#(id),"level":"Info","module":null,"content":"doubling 21"}}}}"#,
                start + #"105420Z","content":{"NodeFinish":{\#(id)}}}}"#,
                start + #"105420Z","content":{"NodeOutput":{\#(id),"output":{"M":{"value":{"U":"42"}}}}}}}"#,
                start + #"105520331Z","content":{"FlowError":{"error":"1 nodes failed"}}}}"#,
                start
                    + #"106Z","content":{"FlowFinish":{"not_run":["67aab188-97ee-43c1-88a1-2291e01b0f1f"],"output":{"M":{"result":{"U":"42"}}}}}}}"#,
            ])
        #expect(SpaceOperatorTrack(spelling: .documented).tail == Array(#""event":"Done"}"#.utf8))
    }

    @Test func `in the numbered spelling the output comes first and nothing follows the end`() {
        let run = #","flow_run_id":"3e67d149-5840-4fe0-a00f-3de78e8e8633"}}"#
        let id = #""node_id":"67aab188-97ee-43c1-88a1-2291e01b0f1f","times":0"#
        let all = bodies(.numbered)
        #expect(all[0] == #""event":"FlowStart","data":{"time":"2026-04-01T12:00:00.104882190Z""# + run)
        #expect(
            all[3] == #""event":"NodeOutput","data":{"time":"2026-04-01T12:00:00.105420Z",\#(id),"#
                + #""output":{"M":{"value":{"U":"42"}}}"# + run)
        #expect(all[4] == #""event":"NodeFinish","data":{"time":"2026-04-01T12:00:00.105420Z",\#(id)"# + run)
        #expect(SpaceOperatorTrack(spelling: .numbered).tail == nil)
    }

    @Test(arguments: [Spelling.documented, .numbered])
    func `every body behind its prefix is one JSON document`(spelling: Spelling) throws {
        let messages = SpaceOperatorTrack(spelling: spelling).encode(events[...], of: run)
        #expect(messages.count == events.count)
        for message in messages {
            let document = try JSONValue.parse(spelling.prefix(3) + message.body)
            guard case .object = document else { throw Surprise(expected: "object", document) }
        }
    }
    @Test func `each kind of event has a word of its own`() {
        let names = RunEventKind.allCases.map(\.name)
        #expect(Set(names).count == names.count, "\(names)")
    }

    @Test(arguments: EventSample.all) func `each kind of event is an object in both spellings`(
        _ content: RunEvent.Content
    ) throws {
        let one = [event(1, "2026-04-01T12:00:00.104882190Z", content)]
        for spelling in [Spelling.documented, .numbered] {
            let messages = SpaceOperatorTrack(spelling: spelling).encode(one[...], of: run)
            #expect(messages.map(\.kind) == [content.kind])
            for message in messages {
                let body = String(decoding: message.body, as: UTF8.self)
                #expect(body.contains("\"\(content.kind.name)\""), "\(body)")
                _ = try JSONValue.parse(spelling.prefix(3) + message.body)
            }
        }
    }
}
