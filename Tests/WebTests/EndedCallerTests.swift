import Dialect
import Identity
import Primitives
import TestKit
import TestTraits
import Testing

@testable import Web

@Suite(.serialized, .blocking(within: .seconds(300))) struct `Callers on a socket` {
    @Test func `are nobody from the second on in which their token expires, and storage is not asked`() throws
    {
        let bench = try WaitingBench()
        defer { bench.server.stop() }
        let socket = try TestWebSocket(port: bench.server.port)
        try socket.send("token \(bench.token(seconds: 60))")
        #expect(try socket.receiveText() == "in")
        bench.time.advance(milliseconds: 59_999)
        try socket.send("who")
        #expect(try socket.receiveText() == "owner")
        let count = bench.users.count
        bench.time.advance(milliseconds: 1)
        try socket.send("who")
        #expect(try socket.receiveText() == "nobody")
        #expect(bench.users.count == count)
        // The next token makes him the owner again.
        try socket.send("token \(bench.token(seconds: 120))")
        #expect(try socket.receiveText() == "in")
        try socket.send("who")
        #expect(try socket.receiveText() == "owner")
    }

    @Test func `watch no longer than to the first ping behind the expiry of their token`() throws {
        let bench = try WaitingBench()
        defer { bench.server.stop() }
        let socket = try TestWebSocket(port: bench.server.port)
        try socket.send("token \(bench.token(seconds: 60))")
        #expect(try socket.receiveText() == "in")
        try socket.send("watch")
        #expect(try socket.receiveText() == "watching")
        func pingComes() throws {
            bench.time.advance(milliseconds: Int64(Limits.webSocketPingMilliseconds))
            // Lets the loop look at its clock; no message, so that nobody is asked about.
            try socket.send(.ping([1]))
            #expect(try [socket.receive().opcode, socket.receive().opcode].sorted() == [9, 10])
        }
        try pingComes()
        try socket.expectNothingMore()
        try pingComes()
        let goodbye = try socket.receiveClose()
        #expect(goodbye.code == 1008)
        #expect(goodbye.reason == "a key or session of this connection has ended")
    }

    @Test func `are not asked about before a message that no dialect takes for a request`() throws {
        let bench = try WaitingBench()
        defer { bench.server.stop() }
        let socket = try TestWebSocket(port: bench.server.port)
        try socket.send("token \(APIKey().text)")
        #expect(try socket.receiveText() == "in")
        let count = bench.users.count
        for _ in 0..<10 { try socket.send(.binary([1, 2, 3])) }
        try socket.send("who")
        #expect(try socket.receiveText() == "owner")
        #expect(bench.users.count == count + 1)
    }
}

@Suite(.serialized, .blocking(within: .seconds(300))) struct `Callers who wait for an answer` {
    /// What the answer is after so many milliseconds, when storage says this of the caller by then, and how often storage was
    /// asked about him.
    private func answer(
        _ credential: (WaitingBench) -> String, after milliseconds: Int64,
        _ users: CountingUsers.Answer = .owner
    ) async throws -> (status: Int, questions: Int) {
        let bench = try WaitingBench()
        defer { bench.server.stop() }
        let client = try TestHTTPClient(port: bench.server.port)
        try client.send("GET", "/wait", ["Authorization": "Bearer \(credential(bench))"])
        let visitor = try await bench.room.visitors.next()
        bench.users.answer(users)
        bench.time.advance(milliseconds: milliseconds)
        visitor.goOn()
        return (try client.receive().status, bench.users.count)
    }

    private static let soon = Int64(Limits.immediateAnswerMilliseconds)
    private let key = APIKey().text

    @Test func `are asked about once more, unless the answer is immediate`() async throws {
        let soon = Self.soon
        #expect(try await answer({ _ in key }, after: 0) == (200, 1))
        #expect(try await answer({ _ in key }, after: soon) == (200, 1))
        #expect(try await answer({ _ in key }, after: soon + 1) == (200, 2))
    }

    @Test func `get none when their key or session has ended`() async throws {
        for credential in [{ _ in key }, { (bench: WaitingBench) in bench.token(seconds: 60) }] {
            #expect(try await answer(credential, after: Self.soon + 1, .nobody) == (401, 2))
        }
    }

    @Test(arguments: [CountingUsers.Answer.owner, .nobody])
    func `go on to wait while storage cannot say`(later: CountingUsers.Answer) async throws {
        let bench = try WaitingBench()
        defer { bench.server.stop() }
        let other = try TestHTTPClient(port: bench.server.port)
        let client = try TestHTTPClient(port: bench.server.port)
        try client.send("GET", "/wait", ["x-api-key": key])
        let visitor = try await bench.room.visitors.next()
        try await bench.users.questions.next()
        bench.users.answer(.silence)
        bench.time.advance(milliseconds: Self.soon + 1)
        visitor.goOn()
        for _ in 0..<3 {
            try await bench.users.questions.next()
            // The one loop has taken the answer to its question in before it answers this.
            #expect(try other.get("/nothing").status == 404)
            bench.time.advance(milliseconds: Int64(Limits.confirmationPauseMilliseconds))
            #expect(try other.get("/nothing").status == 404)
        }
        try await bench.users.questions.next()
        #expect(try other.get("/nothing").status == 404)
        bench.users.answer(later)
        bench.time.advance(milliseconds: Int64(Limits.confirmationPauseMilliseconds))
        #expect(try other.get("/nothing").status == 404)
        #expect(try client.receive().status == (later == .owner ? 200 : 401))
    }

    @Test func `get none when their token has expired, and storage is not asked`() async throws {
        let token = { (bench: WaitingBench) in bench.token(seconds: 60) }
        #expect(try await answer(token, after: 59_999) == (200, 2))
        #expect(try await answer(token, after: 60_000) == (401, 1))
    }

    @Test func `are not asked about if they hold a run's token, which does not end`() async throws {
        let run = RunID(.random())
        #expect(try await answer({ $0.runToken(run) }, after: 3_600_000, .nobody) == (200, 0))
    }
}
