import TestKit
import TestTraits
import Testing

/// Nodes that keep something for the owner of their flow, with the database behind them.
@Suite(.blocking) struct `What a flow keeps` {
    @Test func `is there for the next node, and belongs to the flow's owner`() throws {
        let place = try DaemonPlace()
        let daemon = try place.start()
        defer { daemon.stop() }
        let client = DaemonClient(port: daemon.port, key: try place.ownerKey)
        #expect(
            try TestJSON(client.output(client.start(111, inputs: #"{"value":"h\u0000é"}"#)))
                == TestJSON(#"{"M":{"content":{"S":"h\u0000é"},"type":{"S":"text/markdown"}}}"#))
        let owner = try #require(place.rows("SELECT user_id FROM flows WHERE id = 111").first)
        #expect(
            try place.rows("SELECT user_id, store_name, key, value FROM kvstore")
                == [#"\#(owner)|kept|k|{"S":"h\u0000é"}"#])
        #expect(
            try place.rows("SELECT user_id, bucket, path, encode(content, 'hex') FROM files")
                == ["\(owner)|user-storages|\(owner)/notes/a.md|6800c3a9"])

        let run = try client.start(111)
        let failures = try client.watch(run, .numbered).filter { $0.kind == "NodeError" }
        #expect(failures.first?.fields["error"]?.string == "database already exists")
    }

    @Test func `cannot be a secret that is not there`() throws {
        let shared = try SharedDaemon.shared.get()
        let response = try shared.client.post("/flow/start/112")
        #expect(response.status == 400)
        #expect(response.text.contains("references missing vault secret p/l"), "\(response.text)")
    }
}
