import Dialect
import Net
import Primitives
import TestKit
import TestTraits
import Testing

@testable import Web

@Suite(.serialized, .blocking(within: .seconds(300))) struct `Strangers` {
    private func socket(_ bench: StrangerBench, isKnown: Bool) throws -> TestWebSocket {
        let socket = try TestWebSocket(port: bench.server.port)
        guard isKnown else { return socket }
        try socket.send("token \(StrangerBench.key)")
        #expect(try socket.receiveText() == "in")
        return socket
    }

    // MARK: Time

    @Test func `who say nothing are closed after a while, those who have asked something stay`() throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        let (silent, asker, other) = (try bench.client(), try bench.client(), try bench.client())
        let slow = try bench.client()
        try slow.connection.send("GET /hello HTT")
        _ = try asker.get("/hello")
        try bench.pass(milliseconds: Limits.strangerMillisecondsMax - 1, other)
        try slow.connection.send("P/1.1\r\n")
        try bench.pass(milliseconds: 1, other)
        #expect(try silent.connection.readToEnd().isEmpty)
        #expect(try slow.receive().status == 408)
        #expect(try asker.get("/hello").text == "hello")
        try bench.pass(milliseconds: Limits.keepAliveMillisecondsMax - 1, other)
        #expect(try asker.get("/hello").text == "hello")
    }

    @Test func `on a socket are told to prove who they are, and users may be silent`() throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        let (stranger, user) = (try socket(bench, isKnown: false), try socket(bench, isKnown: true))
        let other = try bench.client()
        try stranger.send("hello")
        #expect(try stranger.receiveText() == "1: 5")
        try bench.pass(milliseconds: Limits.strangerMillisecondsMax, other)
        let goodbye = try stranger.receiveClose()
        #expect(goodbye.code == 1008)
        #expect(goodbye.reason == "nobody has authenticated in time")
        try user.expectNothingMore()
    }

    @Test func `are not closed while storage looks at what they have shown`() throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        let user = try socket(bench, isKnown: false)
        let other = try bench.client()
        bench.users.answer(.nothing)
        try user.send("token \(StrangerBench.key)")
        try bench.pass(milliseconds: Limits.strangerMillisecondsMax, other)
        bench.users.answerNow()
        #expect(try user.receiveText() == "in")
    }

    @Test(arguments: [true, false]) func `and users have to answer pings, or to say something`(answers: Bool)
        throws
    {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        let user = try socket(bench, isKnown: true)
        let other = try bench.client()
        // What has been sent may still be on its way to him at the first pings.
        for _ in 0..<4 {
            try bench.pass(milliseconds: Limits.webSocketPingMilliseconds, other)
            guard answers else { continue }
            #expect(try user.receive().opcode == 9)
            try user.send(ClientFrame(10, []))
        }
        guard !answers else { return try user.expectNothingMore() }
        // Pings, and then no more.
        #expect(try user.connection.readToEnd().count < 8)
    }

    // MARK: Size

    @Test func `may not send large messages, users may, and a worker reads them`() throws {
        let bench = try StrangerBench()
        defer { bench.server.stop() }
        let size = Limits.immediateBodyBytesMax + 1
        let stranger = try socket(bench, isKnown: false)
        try stranger.send(.text(String(repeating: "x", count: size)))
        #expect(try stranger.receiveClose().code == 1009)
        let user = try socket(bench, isKnown: true)
        try user.send("slow" + String(repeating: "x", count: size - 4))
        try user.send("next")
        #expect(try bench.client().get("/hello").text == "hello")
        bench.gate.open()
        #expect(try user.receiveText() == "1: \(size)")
        #expect(try user.receiveText() == "2: 4")
    }

    // MARK: Number

    @Test func `make room when there are too many, the oldest first, and users keep their places`() throws {
        let bench = try StrangerBench(connectionsMax: 12)
        defer { bench.server.stop() }
        let users = try (0..<8).map { _ in try socket(bench, isKnown: true) }
        let asker = try bench.client()
        #expect(try asker.get("/hello").text == "hello")
        var silent: [TestHTTPClient] = []
        for _ in 0..<40 { silent.append(try bench.client()) }
        #expect(try bench.client().get("/hello").text == "hello")
        #expect(try asker.connection.readToEnd().isEmpty)
        for client in silent.prefix(37) { #expect(try client.connection.readToEnd().isEmpty) }
        for client in silent.suffix(3) { #expect(try client.get("/hello").text == "hello") }
        for user in users { try user.expectNothingMore() }
    }

    @Test func `from one address have a share of the places`() throws {
        let bench = try StrangerBench(connectionsMax: 8)
        defer { bench.server.stop() }
        let first = try bench.client()
        let others = try (0..<3).map { _ in try bench.client() }
        #expect(try others[2].get("/hello").text == "hello")
        #expect(try first.get("/hello").text == "hello")
        // Half of the places are taken.
        #expect(try bench.client().get("/me", ["x-api-key": StrangerBench.key]).text == "you")
        #expect(try first.connection.readToEnd().isEmpty)
        #expect(try others[0].get("/hello").text == "hello")
    }

    @Test func `who are being served keep their places`() async throws {
        let bench = try StrangerBench(connectionsMax: 2)
        defer { bench.server.stop() }
        bench.users.answer(.nothing)
        let asker = try bench.client()
        try asker.send("GET", "/me", ["x-api-key": StrangerBench.key])
        try await bench.users.questions.next()
        // The one place for strangers from here is taken by somebody who waits for us.
        #expect(throws: (any Error).self) { try bench.client().get("/hello") }
        bench.users.answerNow()
        #expect(try asker.receive().text == "you")
        #expect(try bench.client().get("/hello").text == "hello")
    }
}

@Suite struct `The table of strangers` {
    private func id(_ number: UInt64) -> ClientID { ClientID(token: number) }

    private func oldest(
        _ table: inout StrangerTable, _ address: IPAddress?, _ mayGo: (ClientID) -> Bool
    ) -> ClientID? { table.takeOldest(from: address, where: mayGo) }

    @Test func `gives the oldest out, of all or of an address, unless he may not go`() {
        var table = StrangerTable()
        let (here, there) = (IPAddress.v4(1), IPAddress.v4(2))
        for number in 1...6 { table.add(id(UInt64(number)), from: number % 2 == 0 ? here : there) }
        #expect(table.count(from: here) == 3)
        table.remove(id(1))
        #expect(oldest(&table, nil, { _ in true }) == id(2))
        #expect(oldest(&table, there, { $0 != id(3) }) == id(5))
        #expect(oldest(&table, nil, { _ in false }) == nil)
        #expect(table.count == 3)
        #expect(oldest(&table, here, { _ in true }) == id(4))
        #expect(oldest(&table, here, { _ in true }) == id(6))
        #expect(oldest(&table, here, { _ in true }) == nil)
        #expect(table.count(from: here) == 0)
        #expect(oldest(&table, nil, { _ in true }) == id(3))
    }

    @Test func `counts what one subscriber has as one address`() throws {
        var table = StrangerTable()
        let addresses = ["2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1", "10.0.0.1", "::ffff:10.0.0.1"]
        for (number, text) in addresses.enumerated() {
            table.add(id(UInt64(number)), from: try #require(IPAddress(text)))
        }
        #expect(try addresses.map { table.count(from: try #require(IPAddress($0))) } == [2, 2, 1, 2, 2])
    }

    @Test func `stays in order however many come and go`() {
        var table = StrangerTable()
        for number in UInt64(0)..<10_000 {
            table.add(id(number), from: .v4(0))
            if number >= 10 { table.remove(id(number - 10)) }
        }
        #expect(oldest(&table, nil, { _ in true }) == id(9_990))
        #expect(oldest(&table, .v4(0), { _ in true }) == id(9_991))
        #expect(table.count == 8)
    }
}
