import Daemon
import Foundation
import Identity
import Primitives
import SecondDialect
import TestKit
import TestTraits
import Testing

/// A daemon that speaks the second dialect beside its own, and a key of its own for the owner.
private final class Bench {
    let place: DaemonPlace
    let daemon: Daemon
    let owner: DaemonClient
    let name: String
    private let secret = Secret.random(32)

    init() throws {
        var place = try DaemonPlace()
        place.dialects = DaemonPlace.furtherDialects + place.dialects
        self.place = place
        daemon = try place.start()
        owner = DaemonClient(port: daemon.port, key: try place.ownerKey)
        name = "owner-\(RunID(.random()))"
        let row = try place.rows("SELECT id, pub_key FROM users")[0].split(separator: "|").map(String.init)
        let caller = Caller.user(known(UserID(row[0])), known(PublicKey(row[1])))
        LineBook.shared.add(name, secret, of: caller)
    }

    /// The key as it stands in a header.
    var key: String { "\(name).\(Hexadecimal.encode(secret.bytes))" }

    /// A line with its signature.
    func signed(_ line: String) -> String {
        "\(line) #\(name).\(Hexadecimal.encode(Digest.hmacSHA256(Array(line.utf8), key: secret)))"
    }

    func http() throws -> TestHTTPClient { try TestHTTPClient(port: daemon.port) }

    func socket(_ path: String = "/ws?lines", offering subprotocols: String? = nil) throws -> TestWebSocket {
        guard let subprotocols else { return try TestWebSocket(on: http(), path: path) }
        return try TestWebSocket(on: http(), path: path, ["Sec-WebSocket-Protocol": subprotocols])
    }

    /// The lines of a run, from its first event to the end.
    func lines(of run: String) throws -> [String] {
        let socket = try socket()
        try socket.send(signed("watch \(run)"))
        var lines = [try socket.receiveText()]
        while lines.last != "> no more" { lines.append(try socket.receiveText()) }
        return lines
    }
}

extension TestHTTPResponse {
    /// Status, type and body.
    fileprivate var whole: [String] { ["\(status)", self["Content-Type"] ?? "", text] }
}

private func line(_ status: Int, _ text: String) -> [String] { ["\(status)", "text/plain", text + "\n"] }
private func object(_ status: Int, _ text: String) -> [String] {
    ["\(status)", "application/json", #"{"error":"\#(text)"}"#]
}

@Suite(.blocking) struct `Two dialects on one port` {
    @Test func `share a socket path, and the query says which is spoken`() throws {
        let bench = try Bench()
        defer { bench.daemon.stop() }
        for (path, answer) in [
            ("/ws", #"{"id":-1,"Err":"expected value at line 1 column 1"}"#),
            ("/ws?line=1", #"{"id":-1,"Err":"expected value at line 1 column 1"}"#),
            ("/ws?lines", "refused unsigned"), ("/ws?x=1&lines=2", "refused unsigned"),
        ] {
            let socket = try bench.socket(path)
            try socket.send("hello")
            #expect(try socket.receiveText() == answer, "\(path)")
        }
    }

    @Test func `each refuse in their own words and shape, also what only the web server has read`() throws {
        let bench = try Bench()
        defer { bench.daemon.stop() }
        func raw(_ text: String) throws -> TestHTTPResponse {
            let client = try bench.http()
            try client.connection.send(Array(text.utf8))
            return try client.receive()
        }
        let long = String(repeating: "x", count: 100_000)
        for (request, lines, others) in [
            (
                "GET PATH HTTP/1.1\r\nHost: h\r\n\r\n", line(404, "refused no-such-line"),
                object(404, "not found")
            ),
            (
                "GET PATH HTTP/1.1\r\nHost : h\r\n\r\n", line(400, "refused headerMalformed"),
                object(400, "malformed header line")
            ),
            (
                "GET PATH HTTP/1.1\r\nHost: h\r\nX: \(long)\r\n\r\n", line(431, "refused headTooLarge"),
                object(431, "request head too large")
            ),
            (
                "POST PATH HTTP/1.1\r\nHost: h\r\nExpect: x\r\n\r\n", line(417, "refused expectationUnknown"),
                object(417, "unsupported expectation")
            ),
            (
                "GET PATH HTTP/1.1\r\nHost: h\r\nOrigin: https://evil.example\r\n\r\n",
                line(400, "refused foreignOrigin"),
                object(400, "Origin is not allowed to make this request")
            ),
        ] {
            let place = "\(request.prefix(60))"
            #expect(try raw(request.replacing("PATH", with: "/lines/x")).whole == lines, "\(place)")
            #expect(try raw(request.replacing("PATH", with: "/x")).whole == others, "\(place)")
        }
        // What cannot be read at all is the first dialect's.
        #expect(try raw("GET\r\n\r\n").whole == object(400, "malformed request line"))
        let method = try raw("DELETE /lines/runs/1 HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(method.whole == line(405, "refused only-POST"))
        #expect(method["Allow"] == "POST")
        // A handshake for another version, where both dialects take sockets.
        let upgrade =
            "Host: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n\r\n"
        let old = try raw("GET /ws?lines HTTP/1.1\r\n" + upgrade)
        #expect(old.status == 426)
        #expect(old["Sec-WebSocket-Version"] == "13")
        #expect(old.text.hasPrefix("refused handshake"))
        let oldToo = try raw("GET /ws HTTP/1.1\r\n" + upgrade)
        #expect(oldToo.status == 426)
        #expect(oldToo["Sec-WebSocket-Version"] == "13")
        #expect(oldToo.text.isEmpty)
    }

    @Test func `each have credentials and refusals of their own on their routes`() throws {
        let bench = try Bench()
        defer { bench.daemon.stop() }
        func post(_ path: String, _ headers: KeyValuePairs<String, String>, bytes: Int = 0) throws -> [String]
        {
            let client = try bench.http()
            try client.send("POST", path, Array(headers), body: [UInt8](repeating: 0x20, count: bytes))
            return try client.receive().whole
        }
        let path = "/lines/runs/1"
        #expect(try post(path, [:]) == line(401, "refused key-missing"))
        #expect(try post(path, ["line-key": "x.00"]) == line(401, "refused key-unknown"))
        #expect(try post(path, ["x-api-key": bench.owner.key]) == line(401, "refused key-missing"))
        #expect(try post("/flow/start/1", ["line-key": bench.key]) == object(401, "unauthenticated"))
        let known: KeyValuePairs = ["line-key": bench.key]
        #expect(try post("/lines/runs/9999", known) == line(404, "refused no-such-thing"))
        #expect(try post(path, known, bytes: 300_000) == line(413, "refused bodyTooLarge"))
        let started = try post(path, known)
        #expect(started[0] == "200")
        let run = try #require(started[2].split(separator: " ").last.map { $0.dropLast() })
        #expect(try bench.owner.output(String(run)).contains("M"))
    }

    @Test func `let a key in that stands in a subprotocol, and answer one that was offered`() throws {
        let bench = try Bench()
        defer { bench.daemon.stop() }
        let run = try bench.owner.start(1)
        for (offer, answer) in [
            ("line-key.\(bench.key)", "line-key.\(bench.key)"),
            ("line-key.\(bench.key), lines.v1", "lines.v1"),
        ] {
            let socket = try bench.socket(offering: offer)
            #expect(socket.subprotocol == answer)
            #expect(try socket.receiveText() == "welcome")
            try socket.send("watch \(run)")
            #expect(try socket.receiveText() == "watching")
        }
        let known = try bench.socket(offering: "line-key.\(bench.key)")
        #expect(try known.receiveText() == "welcome")
        LineBook.shared.remove(bench.name)
        try known.send("watch \(run)")
        #expect(try known.receiveText() == "refused unsigned")
        #expect(try bench.socket(offering: "LINES.v1, other").subprotocol == "LINES.v1")
        #expect(try bench.socket("/ws", offering: "lines.v1").subprotocol == nil)
        do {
            _ = try bench.socket(offering: "line-key.\(bench.name).00, lines.v1")
            Issue.record("a wrong key opened a socket")
        } catch TestWebSocket.Failure.refused(let response) {
            #expect(response.whole == line(401, "refused key-unknown"))
        }
    }

    @Test func `verify a signature in each message, until the signer's key is gone`() throws {
        let bench = try Bench()
        defer { bench.daemon.stop() }
        let run = try bench.owner.start(103, inputs: #"{"ms":60000}"#)
        let socket = try bench.socket()
        try socket.send("watch \(run)")
        #expect(try socket.receiveText() == "refused unsigned")
        try socket.send(bench.signed("watch \(run)") + "0")
        #expect(try socket.receiveText() == "refused signature-wrong")
        try socket.send(bench.signed("watch \(RunID(.random()))"))
        #expect(try socket.receiveText() == "refused no-such-thing")
        try socket.send(bench.signed("watch \(run)"))
        #expect(try socket.receiveText() == "watching")
        LineBook.shared.remove(bench.name)
        // The key is asked about again before the next message, and the peer watches something.
        try socket.send("watch \(run)")
        var frame = try socket.receive()
        while frame.opcode == 1 || frame.opcode == 9 { frame = try socket.receive() }
        #expect(frame.opcode == 8)
        #expect(frame.payload == [0x03, 0xF0] + Array("identityEnded".utf8))
    }

    @Test func `spell one run each in their own way, the same live and replayed`() throws {
        let bench = try Bench()
        let run = try bench.owner.start(103, inputs: #"{"ms":300}"#)
        let live = try bench.lines(of: run)
        let numbered = try bench.owner.watch(run, .numbered)
        let replayed = try bench.lines(of: run)
        bench.daemon.stop()
        let next = try bench.place.start()
        defer { next.stop() }
        let socket = try TestWebSocket(port: next.port, path: "/ws?lines")
        try socket.send(bench.signed("watch \(run)"))
        let stored = try live.map { _ in try socket.receiveText() }
        #expect(live == replayed)
        #expect(live == stored)
        #expect(live.first == "watching")
        #expect(live.dropFirst().first?.hasPrefix("> 1 ") == true)
        // The same events, in the words of another.
        #expect(live.count == numbered.count + 2)
        for (text, event) in zip(live.dropFirst(), numbered) {
            #expect(text.contains(" \(event.time) "))
        }
    }
}
