import Daemon
import Foundation
import TestKit
import TestTraits
import Testing

/// Clients that go away in the middle cost nothing but their sockets, and those are given back.
@Suite(.blocking) struct `Clients that vanish` {
    @Test func `leave runs, other clients and no descriptor behind`() throws {
        let place = try DaemonPlace()
        let daemon = try place.start()
        defer { daemon.stop() }
        let client = DaemonClient(port: daemon.port, key: try place.ownerKey)
        let run = try client.start(103, inputs: #"{"ms":1500}"#)
        let witness = try client.watcher(.documented)
        let number = try witness.subscribe(to: run)
        let steady = try TestHTTPClient(port: client.port)

        for round in 0..<3 {
            for leave in Departure.all(client, run) {
                let connection = try leave()
                // In turns: with a reset, with a goodbye that the kernel says, with half a goodbye.
                switch round {
                case 0: connection.reset()
                case 1: connection.close()
                default:
                    connection.finishSending()
                    connection.close()
                }
            }
            #expect(try steady.get("/healthcheck").status == 200)
        }
        let events = try witness.receiveToEnd(of: number)
        checkOrder(events, of: run, .documented)
        #expect(try client.output(run) == #"{"M":{"message":{"S":"hello"}}}"#)
        // The witness and the steady one are left, and who asks how many there are.
        let deadline = ContinuousClock.now + .seconds(60)
        while try connectionCount(client.port) > 2, ContinuousClock.now < deadline {
            #expect(try steady.get("/healthcheck").status == 200)
        }
        #expect(try connectionCount(client.port) == 2)
        try witness.socket.expectNothingMore()
    }

    /// The server's ends of connections that are open or that only the client has closed.
    private func connectionCount(_ port: UInt16) throws -> Int {
        let suffix = ":" + String(format: "%04X", Int(port))
        // Such a file has no size, so it must be read to its end.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/net/tcp"))
        return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self).split(separator: "\n")
            .dropFirst()
            .count { line in
                let fields = line.split(separator: " ")
                // 01 is established, 08 waits for the server to close.
                return fields[1].hasSuffix(suffix) && ["01", "08"].contains(fields[3])
            }
    }
}

/// Ways to be in the middle of something.
private enum Departure {
    static func all(_ client: DaemonClient, _ run: String) -> [() throws -> TestConnection] {
        func plain(_ text: String) -> () throws -> TestConnection {
            {
                let connection = try TestConnection(port: client.port)
                try connection.send(text)
                return connection
            }
        }
        func socket(_ bytes: [UInt8]) -> () throws -> TestConnection {
            {
                let socket = try TestWebSocket(port: client.port)
                try socket.connection.send(bytes)
                return socket.connection
            }
        }
        return [
            plain(""), plain("GET /health"), plain("GET /healthcheck HTTP/1.1\r\nHo"),
            plain("POST /flow/start/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{\"inputs\""),
            plain("POST /flow/start/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"),
            plain("GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"),
            // A flow is started for somebody who does not wait to hear of it.
            plain(
                "POST /flow/start/1 HTTP/1.1\r\nHost: x\r\nx-api-key: \(client.key)\r\nContent-Length: 0\r\n\r\n"
            ),
            socket([]), socket([0x81]), socket(Array(ClientFrame.text("hello").bytes.dropLast(2))),
            socket([0x81, 0xFE, 0xFF]), socket(ClientFrame.text("{", isFinal: false).bytes),
            // Asked for a key, and did not wait for the answer.
            socket(ClientFrame.text(#"{"Authenticate":{"token":"\#(client.key)"}}"#).bytes),
            {
                let watcher = try client.watcher(.documented)
                _ = try watcher.subscribe(to: run)
                return watcher.socket.connection
            },
            {
                let watcher = try client.watcher(.numbered)
                _ = try watcher.receive(of: watcher.subscribe(to: run))
                return watcher.socket.connection
            },
        ]
    }
}
