import Primitives
import TestKit
import TestTraits
import Testing
import Wire

@testable import Dialect

/// What is known before large content is taken, on the routes of the daemon: only heads are sent.
@Suite(.blocking) struct `Heads of requests with large content` {
    private let shared: SharedDaemon
    private static let claimed = "Bearer 11111111111111111111111111111111"

    init() throws { shared = try SharedDaemon.shared.get() }

    private func answer(
        _ path: String, _ length: Int, _ headers: [(String, String)], method: String = "POST"
    ) throws -> (status: Int, error: String?) {
        let client = try TestHTTPClient(port: shared.client.port)
        try client.send(method, path, headers + [("Content-Length", "\(length)")])
        let response = try client.receive()
        #expect(response["Connection"] == "close")
        client.connection.finishSending()
        #expect(try client.connection.readToEnd().isEmpty)
        return (response.status, try TestJSON(response.text)["error"]?.string)
    }

    @Test(
        arguments: [
            ("/flow/start/1", [], 401, "unauthenticated"),
            (
                "/flow/start/1", [("x-api-key", "b3-ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM")], 401,
                "unauthenticated"
            ),
            ("/flow/submit/00", [], 404, "not found"),
            ("/flow/submit/\(String(repeating: "0", count: 64))", [], 404, "not found"),
            ("/flow/start_unverified/1", [("Authorization", claimed)], 404, "not found"),
            ("/flow/read_unverified/1", [("Authorization", claimed)], 404, "not found"),
            ("/deployment/start?flow=1", [("Authorization", claimed)], 404, "not found"),
            ("/auth/init", [], 400, "missing apikey"), ("/kv/write_item", [], 401, "unauthenticated"),
            ("/signature/submit", [], 413, "request body too large"),
        ] as [(String, [(String, String)], Int, String)])
    func `are answered with what is known without it`(
        path: String, headers: [(String, String)], status: Int, error: String
    ) throws {
        let answer = try answer(path, Limits.requestBodyBytesMax, headers)
        #expect(answer.status == status)
        #expect(answer.error == error)
    }

    @Test func `have a smaller bound for those who prove nothing`() throws {
        let headers = [("Authorization", Self.claimed)]
        try shared.place.rows(
            """
            INSERT INTO flows (id, uuid, user_id, nodes, edges, is_public, start_unverified)
            SELECT 8101, gen_random_uuid(), user_id, nodes, edges, true, true FROM flows WHERE id = 1
            """)
        let path = "/flow/start_unverified/8101"
        let large = try answer(path, Limits.strangerBodyBytesMax + 1, headers)
        #expect(large.status == 413)
        let padding = String(repeating: "x", count: Limits.strangerBodyBytesMax - 200)
        let client = try TestHTTPClient(port: shared.client.port)
        try client.send(
            "POST", path, headers + [("Content-Type", "application/json")],
            body: Array(#"{"inputs":{"a":"\#(padding)"}}"#.utf8))
        #expect(try client.receive().status == 200)
    }

    @Test func `of the greatest answer to a run are taken when the run waits for it`() throws {
        let run = try shared.client.start(5, inputs: #"{"amount":{"U":"250"}}"#)
        let watcher = try shared.client.watcher(.documented)
        let number = try watcher.subscribe(to: run)
        let question = try watcher.receive(of: number) { $0.kind == "ApiInput" }.last
        let path = "/flow/submit/\(question?.fields["url"]?.string?.suffix(64) ?? "")"
        let client = try TestHTTPClient(port: shared.client.port)
        let frame = #"{"value":""}"#
        let text = String(repeating: "x", count: Limits.requestBodyBytesMax - frame.utf8.count)
        #expect(try client.post(path, json: frame.replacing(#""""#, with: "\"\(text)\"")).text == "null")
        #expect(try client.post(path, json: #"{"value":true}"#).status == 404)
    }
}
