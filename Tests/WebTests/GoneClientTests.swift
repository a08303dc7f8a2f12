import Primitives
import TestKit
import TestTraits
import Testing

@testable import Web

@Suite(.serialized, .blocking(within: .seconds(300))) struct `Clients who go while they wait` {
    private func wait(_ bench: WaitingBench, at path: String = "/wait") throws -> TestHTTPClient {
        let client = try TestHTTPClient(port: bench.server.port)
        try client.send("GET", path, ["x-api-key": "b3-ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM"])
        return client
    }

    @Test func `leave their place, however they go`() async throws {
        let bench = try WaitingBench()
        defer { bench.server.stop() }
        let departures: [(TestConnection) -> Void] = [
            { $0.close() }, { $0.reset() },
            {
                $0.finishSending()
                $0.close()
            },
            {
                $0.finishSending()
                $0.reset()
            },
        ]
        for leave in departures {
            let client = try wait(bench)
            let visitor = try await bench.room.visitors.next()
            leave(client.connection)
            try await bench.room.leavers.next()
            // An answer that comes after all is for nobody.
            visitor.goOn()
        }
        let next = try wait(bench)
        try await bench.room.visitors.next().goOn()
        #expect(try next.receive().text == "waited")
        #expect(bench.room.leavers.isEmpty)
    }

    @Test func `are not those who have said all that they will say`() async throws {
        let bench = try WaitingBench()
        defer { bench.server.stop() }
        let client = try wait(bench)
        let visitor = try await bench.room.visitors.next()
        client.connection.finishSending()
        // By this the server finds out that somebody is there.
        #expect(try client.receive().status == 100)
        visitor.goOn()
        #expect(try client.receive().text == "waited")
        #expect(try client.connection.readToEnd().isEmpty)
        #expect(bench.room.leavers.isEmpty)
    }

    @Test func `leave room for the next, however many they are`() async throws {
        let bench = try WaitingBench()
        defer { bench.server.stop() }
        let run = try await bench.startHeldRun()
        let path = "/output/\(run.text)"
        let crowd = 100
        for _ in 0..<(5_000 / crowd) {
            let clients = try (0..<crowd).map { _ in try wait(bench, at: path) }
            for _ in clients { _ = try await bench.room.visitors.next() }
            for client in clients { client.connection.close() }
            for _ in clients { try await bench.room.leavers.next() }
        }
        let next = try wait(bench, at: path)
        _ = try await bench.room.visitors.next()
        bench.storage.setPressure(.low)
        #expect(try next.receive().text == "output")
    }
}
