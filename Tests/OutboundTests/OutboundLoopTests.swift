import Dispatch
import Engine
import Net
import Primitives
import Synchronization
import TestKit
import Testing

@testable import Outbound

private func answer(_ body: String) -> String {
    "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

@Suite(.timeLimit(.minutes(5))) struct `Requests over sockets` {
    @Test func `carry large content both ways`() async throws {
        let bench = try OutboundBench(responseBytesMax: 20 << 20)
        let server = try LocalServer { peer in
            let request = try peer.readRequest()
            let body = request.utf8.split(separator: 10, omittingEmptySubsequences: false).last?.count ?? 0
            try peer.send(answer(String(repeating: "x", count: body)))
        }
        let body = [UInt8](repeating: 0x79, count: 9 << 20)
        let response = try await bench.ask(
            "http://127.0.0.1:\(server.port)/", method: "POST", headers: [("a", "b")], body: body
        ).get()
        #expect(response.status == 200)
        #expect(response.headers.map(\.name) == ["content-length"])
        #expect(response.body.count == body.count)
    }

    @Test func `go side by side, more than may be under way at once`() async throws {
        let bench = try OutboundBench()
        let server = try LocalServer { peer in
            let path = try peer.readRequest().split(separator: " ")[1]
            try peer.send(answer(String(path)))
        }
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<300 {
                group.addTask {
                    await bench.text("http://127.0.0.1:\(server.port)/\(number)") == "200 /\(number)"
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func `keep their places until their answers have been taken`() async throws {
        let bench = try OutboundBench()
        let taking = DispatchSemaphore(value: 0)
        let (answers, results) = AsyncStream.makeStream(of: String.self)
        let last = NodeCancellation()
        // The second request tells that the loop has seen everything which was sent before the first was answered.
        let server = try LocalServer { peer in
            guard try peer.readRequest().hasPrefix("GET /first ") else {
                last.cancel()
                for _ in 0..<Limits.outboundExchangesMax { taking.signal() }
                try peer.send(answer("second"))
                return
            }
            for _ in 1..<Limits.outboundExchangesMax {
                bench.loop.send(OutboundRequest(method: "GET", url: "x"), cancellation: NodeCancellation()) {
                    _ in
                    taking.wait()
                }
            }
            bench.loop.send(OutboundRequest(method: "GET", url: "x"), cancellation: last) { result in
                results.yield("\(result)")
            }
            try peer.send("HTTP/1.1 302 Found\r\nLocation: /second\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(await bench.text("http://127.0.0.1:\(server.port)/first") == "200 second")
        for await text in answers {
            #expect(text.contains("cancelled"))
            break
        }
    }

    @Test func `to a name are refused if it leads to this machine, and work if that is allowed`() async throws
    {
        let server = try LocalServer(answering: answer("here"))
        let refused = await (try OutboundBench(allowed: [])).text("http://localhost:\(server.port)/")
        #expect(
            ["failed: IP address not allowed: 127.0.0.1", "failed: IP address not allowed: ::1"]
                .contains(refused))
        // If the name leads to IPv6 first, that address cannot be reached and the next one is tried.
        #expect(await (try OutboundBench()).text("http://localhost:\(server.port)/") == "200 here")
        #expect(
            await (try OutboundBench()).text("http://no-such-name.invalid/")
                == "failed: the host's name cannot be resolved")
    }

    @Test func `to a public address of this machine are refused, too, unless it is allowed`() async throws {
        let bench = try OutboundBench(allowed: [], ownAddresses: ["8.8.8.8", "2606:4700::1111"])
        for host in ["8.8.8.8", "[2606:4700::1111]", "[64:ff9b::808:808]"] {
            #expect(
                await bench.text("http://\(host)/").hasPrefix("failed: IP address not allowed: "), "\(host)")
        }
        let server = try LocalServer(answering: answer("here"))
        let open = try OutboundBench(allowed: ["127.0.0.1"], ownAddresses: ["127.0.0.1"])
        #expect(await open.text("http://127.0.0.1:\(server.port)/") == "200 here")
    }

    @Test func `follow redirects, but not for ever and not to where they may not go`() async throws {
        let bench = try OutboundBench(allowed: ["127.0.0.1"])
        let target = try LocalServer(answering: answer("found"))
        let port = target.port
        let server = try LocalServer { peer in
            let path = try peer.readRequest().split(separator: " ")[1]
            let location =
                switch path {
                case "/there": "http://127.0.0.1:\(port)/"
                case "/inner": "http://127.0.0.2:\(port)/"
                default: "/loop"
                }
            try peer.send("HTTP/1.1 302 Found\r\nLocation: \(location)\r\n\r\n")
        }
        let base = "http://127.0.0.1:\(server.port)"
        #expect(await bench.text("\(base)/there") == "200 found")
        #expect(await bench.text("\(base)/inner") == "failed: IP address not allowed: 127.0.0.2")
        #expect(await bench.text("\(base)/loop") == "failed: more than 5 redirects")
    }

    @Test func `end when the server resets, ends early, sends too much or nonsense`() async throws {
        let bench = try OutboundBench(responseBytesMax: 1000)
        let server = try LocalServer { peer in
            switch try peer.readRequest().split(separator: " ")[1] {
            case "/reset": peer.reset()
            case "/end": try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
            case "/huge":
                try peer.send("HTTP/1.1 200 OK\r\n\r\n")
                while true { try peer.send([UInt8](repeating: 0, count: 1000)) }
            default: try peer.send("220 smtp.example ready\r\n")
            }
        }
        let base = "http://127.0.0.1:\(server.port)"
        #expect(await bench.text("\(base)/reset").hasPrefix("failed: the connection was lost: "))
        #expect(await bench.text("\(base)/end") == "failed: the connection ended before the response did")
        #expect(await bench.text("\(base)/huge") == "failed: the response is too large")
        #expect(await bench.text("\(base)/smtp") == "failed: the response has a malformed status line")
    }

    @Test func `get an answer that comes before all was sent`() async throws {
        let bench = try OutboundBench()
        let server = try LocalServer { peer in
            _ = try peer.receive()
            try peer.send("HTTP/1.1 413 Too much\r\nContent-Length: 2\r\n\r\nno")
            try peer.waitForEnd()
        }
        let body = [UInt8](repeating: 0, count: 30 << 20)
        #expect(
            await bench.text("http://127.0.0.1:\(server.port)/", method: "POST", body: body) == "413 no")
    }

    @Test func `end when nobody listens`() async throws {
        let bench = try OutboundBench()
        var server: LocalServer? = try LocalServer(answering: "")
        let port = try #require(server?.port)
        server = nil
        #expect(
            await bench.text("http://127.0.0.1:\(port)/")
                == "failed: cannot connect: connect: Connection refused")
    }

    @Test func `end when their time is over`() async throws {
        let bench = try OutboundBench(secondsMax: 1)
        let server = try LocalServer { peer in try peer.waitForEnd() }
        #expect(
            await bench.text("http://127.0.0.1:\(server.port)/")
                == "failed: the request took longer than 1 s")
    }

    @Test func `end at once when they are cancelled, and their connection with them`() async throws {
        let bench = try OutboundBench()
        let cancellation = NodeCancellation()
        let (ends, sawEnd) = AsyncStream.makeStream(of: Bool.self)
        let server = try LocalServer { peer in
            _ = try peer.readRequest()
            cancellation.cancel()
            try peer.waitForEnd()
            sawEnd.yield(true)
        }
        let url = "http://127.0.0.1:\(server.port)/"
        let result = await bench.ask(url, cancellation: cancellation)
        #expect(throws: OutboundError.self) { try result.get() }
        for await end in ends {
            #expect(end)
            break
        }
        await #expect(throws: OutboundError.self) {
            try await bench.ask(url, cancellation: cancellation).get()
        }
    }

    @Test func `are all answered when the client stops, also those that come later`() async throws {
        let bench = try OutboundBench()
        let (requests, sawRequest) = AsyncStream.makeStream(of: Bool.self)
        let server = try LocalServer { peer in
            _ = try peer.readRequest()
            sawRequest.yield(true)
            try peer.waitForEnd()
        }
        let url = "http://127.0.0.1:\(server.port)/"
        async let first = bench.text(url)
        for await _ in requests { break }
        bench.loop.stop()
        #expect(await first == "failed: the server is stopping")
        #expect(await bench.text(url) == "failed: the server is stopping")
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Requests over TLS` {
    private let authority: TestAuthority

    init() throws { authority = try TestAuthority() }

    private func server(
        _ names: String, days: Int = 10, _ serve: @escaping @Sendable (inout TLSPeer) throws -> Void
    ) throws -> LocalServer {
        let certificate = try authority.certificate(for: names, days: days)
        let context = try TLSContext(server: [certificate.identity], tickets: TLSTicketKeys())
        return try LocalServer { peer in
            var session = try TLSPeer(peer, context)
            try serve(&session)
        }
    }

    private func greet(_ peer: inout TLSPeer) throws {
        _ = try peer.readRequest()
        try peer.send(answer("sealed"))
        try peer.close()
    }

    @Test func `reach servers whose certificate is theirs and good`() async throws {
        let bench = try OutboundBench(trust: .file(authority.trustFile))
        let server = try server("DNS:localhost, IP:127.0.0.1") { try greet(&$0) }
        #expect(await bench.text("https://localhost:\(server.port)/") == "200 sealed")
        #expect(await bench.text("https://127.0.0.1:\(server.port)/") == "200 sealed")
    }

    @Test func `do not reach others`() async throws {
        let bench = try OutboundBench(trust: .file(authority.trustFile))
        let refusal = "failed: the server's certificate is not trusted: "
        let stranger = try server("DNS:other.example") { try greet(&$0) }
        #expect(await bench.text("https://localhost:\(stranger.port)/") == refusal + "hostname mismatch")
        let old = try server("DNS:localhost", days: -1) { try greet(&$0) }
        #expect(await bench.text("https://localhost:\(old.port)/") == refusal + "certificate has expired")
        let unknown = try server("DNS:localhost") { try greet(&$0) }
        let cautious = try OutboundBench()
        #expect(await cautious.text("https://localhost:\(unknown.port)/").hasPrefix(refusal))
        let plain = try LocalServer { peer in
            _ = try peer.receive()
            try peer.send(answer("plain"))
        }
        #expect(await bench.text("https://localhost:\(plain.port)/").hasPrefix("failed: "))
    }

    @Test func `end when a server asks for more than it listens to`() async throws {
        let bench = try OutboundBench(trust: .file(authority.trustFile))
        let certificate = try authority.certificate(for: "DNS:localhost")
        let server = try LocalServer { peer in
            try HandshakeFlood(peer, certificate).answer(asking: 300_000)
        }
        #expect(
            await bench.text("https://localhost:\(server.port)/") == "failed: the TLS connection failed")
    }

    @Test func `take an answer without a length only if its end is said`() async throws {
        let bench = try OutboundBench(trust: .file(authority.trustFile))
        let whole = try server("DNS:localhost") { peer in
            _ = try peer.readRequest()
            try peer.send("HTTP/1.1 200 OK\r\n\r\nall of it")
            try peer.close()
        }
        #expect(await bench.text("https://localhost:\(whole.port)/") == "200 all of it")
        let cut = try server("DNS:localhost") { peer in
            _ = try peer.readRequest()
            try peer.send("HTTP/1.1 200 OK\r\n\r\nsome of")
        }
        #expect(
            await bench.text("https://localhost:\(cut.port)/") == "failed: the TLS connection was cut off")
    }
}
