import Primitives
import TestKit
import TestTraits
import Testing
import Wire

@testable import Dialect
@testable import Web

private let megabytes = "2000000"

@Suite(.serialized, .blocking(within: .seconds(300))) struct `Requests with large content` {
    /// Nothing of the content is sent, so that only the head can have been answered.
    @Test(
        arguments: [
            ("POST", "/nothing", [], 404, "not found"), ("POST", "/hello", [], 405, "method not allowed"),
            ("POST", "/open", [("Origin", "https://evil.example")], 400, "Origin"),
            ("POST", "/mine", [], 401, "unauthenticated"),
            ("POST", "/mine", [("x-api-key", "b3-wrong")], 401, "unauthenticated"),
            ("POST", "/open", [], 413, "request body too large"), ("GET", "/hello", [], 200, "hello"),
            ("POST", "/open", [("Expect", "100-continue")], 413, "request body too large"),
            ("GET", "/ws", [], 400, "no content"),
        ] as [(String, String, [(String, String)], Int, String)])
    func `are refused at their heads, and the connection closes`(
        method: String, path: String, headers: [(String, String)], status: Int, text: String
    ) throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        let client = try bench.client()
        try client.send(method, path, headers + [("Content-Length", megabytes)])
        let response = try client.receive()
        #expect(response.status == status)
        #expect(response.text.contains(text))
        #expect(response["Connection"] == "close")
        // Who sends all the same gets to see the answer, and then the end.
        try client.connection.send([UInt8](repeating: 0x20, count: 300_000))
        client.connection.finishSending()
        #expect(try client.connection.readToEnd().isEmpty)
    }

    /// Portion after portion, as time goes on.
    @Test func `that are refused are read away, to the end`() throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        let (client, other) = (try bench.client(), try bench.client())
        try client.send("POST", "/mine", ["Content-Length": megabytes])
        #expect(try client.receive().status == 401)
        let piece = [UInt8](repeating: 0x20, count: Limits.lingerBytesMax / 2)
        for _ in 0..<8 {
            try client.connection.send(piece)
            try bench.pass(milliseconds: Limits.lingerPauseMilliseconds, other)
        }
        client.connection.finishSending()
        for _ in 0..<8 { try bench.pass(milliseconds: Limits.lingerPauseMilliseconds, other) }
        #expect(try client.connection.readToEnd().isEmpty)
    }

    @Test func `whose senders nobody knows are refused when storage has said so`() throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        bench.users.answer(.nobody)
        let client = try bench.client()
        try client.send("POST", "/mine", ["x-api-key": StrangerBench.key, "Content-Length": megabytes])
        #expect(try client.receive().status == 401)
        #expect(bench.users.count == 1)
        #expect(try client.connection.readToEnd().isEmpty)
    }

    @Test func `are taken from users, whole or in chunks, and the connection goes on`() throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        let client = try bench.client()
        let body = [UInt8](repeating: 0x20, count: Limits.requestBodyBytesMax)
        try client.send("POST", "/mine", [("x-api-key", StrangerBench.key)], body: body)
        try client.send(
            "POST", "/mine", ["x-api-key": StrangerBench.key, "Transfer-Encoding": "chunked"])
        for _ in 0..<4 {
            try client.connection.send("7D000\r\n")
            try client.connection.send(Array(body.prefix(0x7D000)))
            try client.connection.send("\r\n")
        }
        try client.connection.send("0\r\n\r\n")
        try client.send("GET", "/hello")
        #expect(try client.receive().text == "\(body.count)")
        #expect(try client.receive().text == "\(4 * 0x7D000)")
        #expect(try client.receive().text == "hello")
    }

    @Test func `in chunks are refused at the bound of their senders`() throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        for (path, isKnown) in [("/open", false), ("/mine", false), ("/mine", true)] {
            let client = try bench.client()
            let size = isKnown ? Limits.requestBodyBytesMax : Limits.strangerBodyBytesMax
            try client.send(
                "POST", path,
                [("Transfer-Encoding", "chunked")] + (isKnown ? [("x-api-key", StrangerBench.key)] : []))
            let piece = [UInt8](repeating: 0x20, count: 32_768)
            for _ in 0...(size / piece.count) {
                try? client.connection.send(Array("8000\r\n".utf8) + piece + Array("\r\n".utf8))
            }
            #expect(try client.receive().status == (path == "/mine" && !isKnown ? 401 : 413))
        }
    }

    @Test func `are invited only if they are taken, and small ones as well`() throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        for length in [5, 100_000] {
            let client = try bench.client()
            let headers = [("Content-Length", "\(length)"), ("Expect", "100-continue")]
            try client.send("POST", "/mine", headers + [("x-api-key", StrangerBench.key)])
            #expect(try client.receive().status == 100)
            try client.connection.send([UInt8](repeating: 0x20, count: length))
            #expect(try client.receive().text == "\(length)")
            try client.send("POST", "/mine", headers)
            #expect(try client.receive().status == 401)
            #expect(try client.connection.readToEnd().isEmpty)
        }
    }

    @Test(arguments: ["/slow", "/asks"]) func `are read by workers, while the loop serves others`(
        path: String
    )
        throws
    {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        let large = try bench.client()
        let length = Limits.immediateBodyBytesMax + 1
        try large.send(
            "POST", path, [("x-api-key", StrangerBench.key)], body: [UInt8](repeating: 0x20, count: length))
        let other = try bench.client()
        for _ in 0..<3 { #expect(try other.get("/hello").text == "hello") }
        bench.gate.open()
        #expect(try large.receive().text == "\(length)")
        #expect(try large.get("/hello").text == "hello")
    }

    @Test func `whose sender goes while they are read leave nothing behind`() throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        let large = try bench.client()
        try large.send(
            "POST", "/slow", [("x-api-key", StrangerBench.key)],
            body: [UInt8](repeating: 0x20, count: Limits.requestBodyBytesMax))
        let other = try bench.client()
        _ = try other.get("/hello")
        large.connection.reset()
        _ = try other.get("/hello")
        bench.gate.open()
        // As many as there is room for at once, one after the other.
        for _ in 0..<(2 * Limits.bodyBytesInProgressMax / Limits.requestBodyBytesMax) {
            let next = try bench.client()
            try next.send(
                "POST", "/mine",
                ["x-api-key": StrangerBench.key, "Content-Length": "\(Limits.requestBodyBytesMax)"])
            next.connection.reset()
        }
        // The loop may hear of the last ones that have gone after this one has come.
        let body = [UInt8](repeating: 0x20, count: Limits.requestBodyBytesMax)
        let deadline = ContinuousClock.now + .seconds(60)
        var status = 0
        while status != 200, ContinuousClock.now < deadline {
            let last = try bench.client()
            try last.send("POST", "/mine", [("x-api-key", StrangerBench.key)], body: body)
            status = try last.receive().status
        }
        #expect(status == 200)
    }

    @Test func `have a time for all of their content, however its bytes come`() throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        let (slow, other) = (try bench.client(), try bench.client())
        try slow.send("POST", "/open", ["Content-Length": "1000"])
        let pause = Limits.requestBodyStallMillisecondsMax - 1
        for _ in 0...(Limits.requestBodyMillisecondsMax / pause) {
            try bench.pass(milliseconds: pause, other)
            try? slow.connection.send("x")
        }
        #expect(try slow.receive().status == 408)
        #expect(try slow.connection.readToEnd().isEmpty)
    }

    @Test func `of strangers have a bound for all together, those of users go on`() throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        func send(_ path: String, _ length: Int, isKnown: Bool = false) throws -> TestHTTPClient {
            let client = try bench.client()
            let key = isKnown ? [("x-api-key", StrangerBench.key)] : []
            try client.send(
                "POST", path, key + [("Content-Length", "\(length)"), ("Expect", "100-continue")])
            return client
        }
        let count = Limits.strangerBodyBytesInProgressMax / Limits.strangerBodyBytesMax
        let senders = try (0..<count).map { _ in
            let client = try send("/open", Limits.strangerBodyBytesMax)
            #expect(try client.receive().status == 100)
            return client
        }
        let refused = try send("/open", Limits.strangerBodyBytesMax).receive()
        #expect(refused.status == 503)
        #expect(refused["Retry-After"] == "1")
        #expect(refused["Connection"] == "close")
        #expect(try send("/mine", Limits.requestBodyBytesMax, isKnown: true).receive().status == 100)
        // Small content that does not come at once needs room, too; a user is asked for it all the same.
        let small = try bench.client()
        try small.send("POST", "/mine", ["x-api-key": StrangerBench.key, "Content-Length": "4"])
        _ = try bench.client().get("/hello")
        try small.connection.send("1234")
        #expect(try small.receive().text == "4")
        // What goes makes room.
        senders[0].connection.reset()
        _ = try bench.client().get("/hello")
        #expect(try send("/open", Limits.strangerBodyBytesMax).receive().status == 100)
    }
}

@Suite struct `The budget for bodies` {
    @Test func `has a bound for all and one for strangers`() {
        var budget = BodyBudget()
        let mebibyte = 1 << 20
        let strangers = Limits.strangerBodyBytesInProgressMax / mebibyte
        var shares = (0..<strangers).compactMap { _ in budget.take(mebibyte, for: .stranger) }
        #expect(shares.count == strangers)
        expectFull(&budget, for: .stranger)
        let known = Limits.bodyBytesInProgressMax / mebibyte - strangers
        #expect((0..<known).compactMap { _ in budget.take(mebibyte, for: .known) }.count == known)
        expectFull(&budget, for: .known)
        budget.giveBack(shares.removeLast())
        let tooMuch = budget.take(mebibyte + 1, for: .known)
        #expect(tooMuch == nil)
        let fitting = budget.take(mebibyte, for: .stranger)
        #expect(fitting != nil)
    }

    private func expectFull(_ budget: inout BodyBudget, for sender: BodyAllowance) {
        let share = budget.take(1, for: sender)
        #expect(share == nil)
    }
}
