import Dispatch
import TestKit
import TestTraits
import Testing

/// Nodes and other servers, through the whole daemon.
@Suite(.blocking) struct `A request of a flow` {
    /// A flow that asks a server on this machine; what it ends with as an event's members.
    private func end(_ client: DaemonClient, asking url: String) throws -> (output: String, errors: [String])
    {
        let run = try client.start(110, inputs: #"{"url":{"S":"\#(url)"}}"#)
        let events = try client.watch(run, .numbered)
        let errors = events.filter { $0.kind == "NodeError" }.compactMap { $0.fields["error"]?.string }
        return (try client.output(run), errors)
    }

    @Test func `reaches a server on this machine only if the operator allows it`() throws {
        let server = try LocalServer { peer in
            let request = try peer.readRequest()
            guard request.hasPrefix("POST /path?q HTTP/1.1\r\n"), request.hasSuffix(#"{"asks":"flow"}"#)
            else {
                return try peer.send("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n")
            }
            try peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"sum\":[1,2]}")
        }
        let url = "http://127.0.0.1:\(server.port)/path?q"
        let place = try DaemonPlace(settings: ["FLOWD_OUTBOUND_ALLOW": "127.0.0.1"])
        let daemon = try place.start()
        defer { daemon.stop() }
        let allowed = try end(DaemonClient(port: daemon.port, key: place.ownerKey), asking: url)
        #expect(allowed.output == #"{"M":{"answer":{"M":{"sum":{"A":[{"U":"1"},{"U":"2"}]}}}}}"#)
        #expect(allowed.errors == [])
        let refused = try end(SharedDaemon.shared.get().client, asking: url)
        #expect(refused.errors.first == "IP address not allowed: 127.0.0.1")
    }

    @Test func `ends with its run, and does not keep the daemon from stopping`() throws {
        let place = try DaemonPlace(
            settings: ["FLOWD_OUTBOUND_ALLOW": "127.0.0.1", "FLOWD_DRAIN_SECONDS": "0"])
        let daemon = try place.start()
        let client = DaemonClient(port: daemon.port, key: try place.ownerKey)
        let (began, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let server = try LocalServer { peer in
            _ = try peer.readRequest()
            began.signal()
            try peer.waitForEnd()
            ended.signal()
        }
        func wait(for semaphore: DispatchSemaphore, _ what: String) throws {
            guard semaphore.wait(timeout: .now() + 60) == .success else {
                throw Surprise(expected: "the request to \(what) within a minute", nil)
            }
        }
        let inputs = #"{"url":{"S":"http://127.0.0.1:\#(server.port)/"}}"#
        let first = try client.start(110, inputs: inputs)
        try wait(for: began, "begin")
        #expect(try client.post("/flow/stop/\(first)").status == 200)
        try wait(for: ended, "end")
        let second = try client.start(110, inputs: inputs)
        try wait(for: began, "begin")
        daemon.stop()
        try wait(for: ended, "end")
        #expect(
            try place.rows("SELECT status FROM flow_run WHERE id IN ('\(first)', '\(second)')")
                == ["stopped", "stopped"])
    }
}
