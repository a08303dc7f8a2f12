import Testing

@testable import flowd_bench

@Suite struct `The figures of a measurement` {
    private let cost = Cost(flowdSeconds: 1, postgresSeconds: nil, benchSeconds: 2, flowdPeakBytes: 3 << 20)

    @Test func `are what so many of a hundred did not exceed`() {
        let figure = LatencyFigure((1...200).shuffled(), over: 2_000_000_000, cost: cost)
        #expect(figure.median == 100)
        #expect(figure.percentile99 == 198)
        #expect(figure.perSecond == 100)
        #expect(LatencyFigure.percentile(99, of: [7]) == 7)
        #expect(LatencyFigure.percentile(50, of: []) == 0)
    }

    @Test func `tell what one of many cost`() {
        let known = Cost(flowdSeconds: 4.78, postgresSeconds: 3.73, benchSeconds: 2, flowdPeakBytes: 0)
        #expect(known.eachCells(of: 3_965) == ["1.21", "0.94"])
        #expect(cost.eachCells(of: 10) == ["100.00", "–"])
        #expect(cost.eachCells(of: 0) == ["–", "–"])
        #expect(cost.eachCells(of: 1).count == Cost.eachHeader.count)
    }

    @Test func `compare two ways to ask by their medians`() {
        let question = TableLoad.Question(
            column: "t.c", byNumber: [], byUUID: [], numberTimes: [9_000_000, 2_000_000, 1_000_000],
            uuidTimes: [3_000_000])
        #expect(question.cells == ["t.c", "2.00", "3.00", "1.50"])
    }

    @Test func `are written as people read them`() {
        #expect(Text.grouped(1_234_567) == "1,234,567")
        #expect(Text.grouped(-999) == "-999")
        #expect(Text.fixed(1234.5678, digits: 2) == "1,234.57")
        #expect(Text.fixed(0.0049, digits: 3) == "0.005")
        #expect(Text.fixed(.nan, digits: 3) == "–")
        var table = Table("Title", ["a", "long"])
        table.add(["1,000", "2"])
        #expect(table.text == "Title\n\n|     a | long |\n|------:|-----:|\n| 1,000 |    2 |\n")
    }

    @Test func `tell messages apart by bytes, borders and order`() {
        func fingerprint(_ messages: [String]) -> Fingerprint {
            var fingerprint = Fingerprint()
            for message in messages { fingerprint.add(Array(message.utf8)[...]) }
            return fingerprint
        }
        let messages = ["one message of some length", "another", ""]
        #expect(fingerprint(messages) == fingerprint(messages))
        let others = [
            ["another", "one message of some length", ""], ["one message of some length", "another"],
            ["one message of some lengthanother", "", ""], ["one message of some lengti", "another", ""],
            ["One message of some length", "another", ""],
        ]
        #expect(Set(others.map(fingerprint) + [fingerprint(messages)]).count == others.count + 1)
    }
}

@Suite struct `The load generator` {
    @Test func `knows events from answers and the last event from others`() throws {
        func event(_ text: String) -> String? {
            Requests.event(in: Array(text.utf8)[...]).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(event(#"{"id":2,"Ok":{"stream_id":7}}"#) == nil)
        #expect(
            event(#"{"stream_id":7,"event":"NodeStart","data":{}}"#) == #""event":"NodeStart","data":{}}"#)
        #expect(Requests.isFinish(Array(#""event":"FlowFinish","data":{}}"#.utf8)[...]))
        #expect(!Requests.isFinish(Array(#""event":"FlowError","data":{}}"#.utf8)[...]))
        #expect(throws: BenchError.self) {
            try Requests.checkSuccess(Array(#"{"id":2,"Err":"no"}"#.utf8)[...])
        }
        #expect(try Requests.run(in: Array(#"{"flow_run_id":"r"}"#.utf8)) == "r")
        #expect(throws: BenchError.self) { try Requests.run(in: Array(#"{"error":"busy"}"#.utf8)) }
    }

    @Test func `wants to know where the daemon is`() throws {
        #expect(throws: BenchError.self) { try Arguments([]) }
        #expect(throws: BenchError.self) { try Arguments(["--port"]) }
        let words = ["--port", "80", "--data", "d", "--flow", "9", "--flowd-pid", "1", "--note", "n"]
        #expect(try Arguments(words).notes == ["n"])
        #expect(throws: BenchError.self) { try Arguments(words + ["--surprise", "x"]) }
        #expect(throws: BenchError.self) { try Arguments(["--port", "65536"] + words.dropFirst(2)) }
    }
}
