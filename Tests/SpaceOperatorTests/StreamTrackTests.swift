import Engine
import Primitives
import Testing
import Values
import Wire

@testable import SpaceOperator

@Suite struct `Events in streams` {
    private let run = RunID(.zero)

    private func body(_ form: StreamForm, _ event: RunEvent) -> String {
        let messages = StreamTrack(form: form).encode([event], of: run)
        return String(decoding: messages.flatMap(\.body), as: UTF8.self)
    }

    @Test func `are a kind and one line of data, behind their place`() throws {
        let event = RunEvent(sequence: 3, time: Timestamp(nanoseconds: 0), content: .flowStarted)
        let data =
            #"{"time":"1970-01-01T00:00:00Z","flow_run_id":"00000000-0000-0000-0000-000000000000"}"#
        #expect(body(.serverSent, event) == "event: FlowStart\ndata: \(data)\n\n")
        #expect(body(.lines, event) == #""event":"FlowStart","data":\#(data)}"# + "\n")
        let words = StreamForm.allCases.map { form in
            let place = StreamTrack.placing(form)
            return String(decoding: place.before + Array("3".utf8) + place.after, as: UTF8.self)
        }
        #expect(words == ["id: 3\n", #"{"seq":3,"#])
    }

    /// What one reader takes for the end of a line must not be in one, and no reader may see another text.
    @Test(arguments: [
        ("a", "a"), ("é\u{2027}\u{202A}\u{84}\u{86}", "é\u{2027}\u{202A}\u{84}\u{86}"),
        ("\u{85}", #"\u0085"#),
        ("x\u{2028}\u{2029}y", #"x\u2028\u2029y"#), ("\u{2028}", #"\u2028"#), ("\n\r", #"\n\r"#),
    ])
    func `have no character that ends a line`(text: String, written: String) throws {
        let line = StreamTrack.oneLine(JSONWriter.encode(.string(text)))
        #expect(String(decoding: line, as: UTF8.self) == "\"\(written)\"")
        #expect(try JSONValue.parse(line).string == text)
    }

    @Test(
        arguments: [
            (nil, .serverSent), ("*/*", .serverSent), ("text/event-stream", .serverSent),
            ("application/x-ndjson", .lines), ("Application/X-NDJSON; q=0.5, */*", .lines),
            ("application/x-ndjson, text/event-stream", .serverSent), ("application/json", .serverSent),
        ] as [(String?, StreamForm)])
    func `come in the form that is accepted`(accept: String?, form: StreamForm) throws {
        let headers = HTTPHeaders(accept.map { [(name: "Accept", value: $0)] } ?? [])
        #expect(
            StreamForm(HTTPRequest(method: .get, target: try #require(HTTPTarget("/")), headers: headers))
                == form)
    }
}
