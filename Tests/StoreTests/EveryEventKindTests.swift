import Engine
import Primitives
import TestKit
import Testing
import Values
import Wire

@testable import Store

@Suite struct `Every kind of event` {
    private let run = RunID(.random())
    private let owner = UserID(.random())
    private let time = Timestamp(nanoseconds: 1_234_567_891)

    private func row(_ content: RunEvent.Content) -> JournalRow {
        JournalRow(
            run: run, owner: owner, event: RunEvent(sequence: 3, time: time, content: content))
    }

    private func eventRow(_ content: RunEvent.Content) -> EventRow? {
        if case .event(let row) = row(content).content { row } else { nil }
    }

    private func stored(_ row: EventRow, data: [UInt8]? = nil) -> RunEvent.Content? {
        StoredEvent(
            sequence: 3, time: row.time, name: row.name, execution: row.execution, data: data ?? row.data,
            status: .failed
        ).event()?.content
    }

    private func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `has a sample`() {
        let lacking = Set(RunEventKind.allCases).subtracting(EventSample.all.map(\.kind))
        #expect(lacking.isEmpty, "EventSample has none of \(lacking)")
    }

    @Test func `keeps its name in the journal`() {
        // Journals have rows of these names. A name that is changed makes them unreadable.
        let names: [RunEventKind: String?] = [
            .flowStarted: "FlowStart", .flowFailed: "FlowError", .flowLogged: nil,
            .flowFinished: "FlowFinish",
            .nodeStarted: "NodeStart", .nodeOutput: "NodeOutput", .nodeFailed: "NodeError", .nodeLogged: nil,
            .nodeFinished: "NodeFinish", .inputRequested: "ApiInput", .signatureRequested: "SignatureRequest",
            .flowPaused: "FlowPause", .flowResumed: "FlowResume",
        ]
        let declared = Dictionary(
            uniqueKeysWithValues: RunEventKind.allCases.map { ($0, $0.declaration.storedName) })
        #expect(declared == names)
        #expect(
            Set(declared.values.compactMap(\.self)).isDisjoint(with: RunLogLevel.allCases.map(\.rawValue)),
            "rows of log lines are named by their level")
        for kind in RunEventKind.allCases {
            #expect(kind.declaration.kind == kind, "\(kind) is declared as another kind")
        }
    }

    @Test func `keeps its text in the journal`() {
        let values = #"{"M":{"a":{"U":"1"},"b \"":{"A":[{"N":0},{"S":"x"}]}}}"#
        let partly = #"{"M":{"a":{"U":"1"},"b":{"S":"***"}}},"hidden":["b"]"#
        let texts = [
            "{}", #"{"error":"it \u0000 \"failed\""}"#,
            #"{"not_run":["\#(EventSample.node.text)"],"output":\#(values)}"#,
            #"{"not_run":[],"output":\#(partly)}"#,
            #"{"input":\#(values)}"#, #"{"input":{"M":{}}}"#, #"{"output":\#(values)}"#,
            #"{"output":\#(partly)}"#, #"{"error":"so"}"#, "{}",
            #"{"url":"http://a/b?c=é"}"#,
            #"{"id":5,"time":1700000000123,"pubkey":"\#(Base58.encode([UInt8](repeating: 9, count: 32)))","#
                + #""message":"AQL/","timeout":61500,"kind":"message"}"#,
            #"{"asked_of":"\#(EventSample.run.text)","reason":"a \u0000 \"look\""}"#,
            #"{"asked_of":"\#(EventSample.run.text)"}"#, #"{"asked_of":"\#(EventSample.run.text)"}"#,
            #"{"asked_of":"\#(EventSample.run.text)","reason":"on","still_paused":true}"#,
        ]
        #expect(EventSample.all.compactMap { eventRow($0).map { text($0.data) } } == texts)
    }

    @Test(arguments: EventSample.all) func `comes back as it was`(_ content: RunEvent.Content) throws {
        switch row(content).content {
        case .event(let row):
            #expect(stored(row).map { "\($0)" } == "\(content)")
        case .log(let row):
            let exact = try #require(row.line.exactJSON, "a sample of a log line has a NUL")
            let line = RunLogLine(level: row.line.level, exactJSON: exact)
            let back = line.map { line in
                row.execution.map { .nodeLogged($0, line) } ?? RunEvent.Content.flowLogged(line)
            }
            #expect(back.map { "\($0)" } == "\(content)")
        case .run: Issue.record("\(content) is stored as a run")
        }
    }

    @Test(arguments: EventSample.all) func `is read whatever the order of its members and what stands beside`(
        _ content: RunEvent.Content
    ) throws {
        guard let row = eventRow(content) else { return }
        let object = try #require(JSONValue.parse(row.data).object).entries
        let members = object.reversed().map { #""\#($0.key)":\#($0.value.text)"# } + [#""later":[{"a":1}]"#]
        let data = Array("{\(members.joined(separator: ","))}".utf8)
        #expect(stored(row, data: data).map { "\($0)" } == "\(content)")
        let optional = ["hidden", "reason", "still_paused"]
        for left in object.indices where !optional.contains(object[left].key) {
            let rest = object.indices.filter { $0 != left }
                .map { #""\#(object[$0].key)":\#(object[$0].value.text)"# }
            let found = stored(row, data: Array("{\(rest.joined(separator: ","))}".utf8))
            #expect(found == nil, "\(content) is read without its \(object[left].key)")
        }
    }

    @Test(arguments: EventSample.all) func `has its values in the effect`(_ content: RunEvent.Content) {
        guard let row = eventRow(content) else { return }
        let said = content.effect.values.map { text(ValueJSON.encode(.map($0))) }
        #expect(row.effect.values.map { text(row.data[$0.range]) } == said)
        #expect((said != nil) == text(row.data).contains(#"{"M":"#), "other values than those of the effect")
        if case .executionGave(_, let output) = row.effect {
            let ports = output.ports.map { "\(text(row.data[$0.name])):\(text(row.data[$0.value]))" }
            #expect(#"{"M":{\#(ports.joined(separator: ","))}}"# == said)
        }
    }

    @Test(arguments: EventSample.all) func `is told without what the database may refuse`(
        _ content: RunEvent.Content
    ) throws {
        guard let row = eventRow(content) else { return }
        let substitute = try #require(self.row(content).substitute)
        guard case .event(let emptied) = substitute.content else {
            Issue.record("\(content) is replaced by \(substitute.content)")
            return
        }
        #expect(emptied.name == row.name && emptied.execution == row.execution)
        let note = "the database refused to store this"
        let told = text(emptied.data)
        for said in ["failed\\\"", #""so""#, "***", #""U":"1""#] { #expect(!told.contains(said)) }
        if text(row.data).contains(#""error""#) { #expect(told == #"{"error":"\#(note)"}"#) }
        if let values = emptied.effect.values {
            #expect(text(emptied.data[values.range]) == #"{"M":{"not stored":{"S":"\#(note)"}}}"#)
        }
        let (before, after) = (try TestJSON(text(row.data)), try TestJSON(told))
        for kept in ["url", "id", "time", "pubkey", "message", "timeout", "kind", "not_run"] {
            #expect(after[kept] == before[kept], "\(kept) must stay")
        }
        if case .runEnded(_, _, let status) = emptied.effect { #expect(status == .failed) }
        guard case .log? = substitute.substitute?.content else {
            Issue.record("\(content) has no last substitute")
            return
        }
    }

    @Test func `of a request that cannot have been made is none`() throws {
        let row = try #require(eventRow(.signatureRequested(EventSample.execution, EventSample.request)))
        let wrong = [
            (#""id":5"#, #""id":0"#), (#""timeout":61500"#, #""timeout":-1"#),
            (#""timeout":61500"#, #""timeout":31536000001"#), (#""kind":"message""#, #""kind":"other""#),
            (#""message":"AQL/""#, #""message":"A""#), (#""pubkey":"c"#, #""pubkey":"0"#),
            (#""time":1700000000123"#, #""time":-1"#),
            (#""time":1700000000123"#, #""time":9223372036854775807"#),
            (#""time":1700000000123"#, #""time":9200000000000"#),
        ]
        for (right, other) in wrong {
            let data = text(row.data).replacing(right, with: other)
            #expect(data != text(row.data), "\(right) is not in \(text(row.data))")
            #expect(stored(row, data: Array(data.utf8)) == nil, "\(data)")
        }
    }
}
