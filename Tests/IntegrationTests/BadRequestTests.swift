import Primitives
import TestKit
import TestTraits
import Testing
import Wire

/// Requests that cannot be read or do not say what they must: each has its status and its words, and the daemon goes on.
@Suite(.blocking) struct `Bad requests` {
    private let shared: SharedDaemon
    private var client: DaemonClient { shared.client }

    init() throws { shared = try SharedDaemon.shared.get() }

    private func expectHealth(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let response = try TestHTTPClient(port: client.port).get("/healthcheck")
        #expect(response.status == 200, sourceLocation: sourceLocation)
    }

    // MARK: Form

    @Test(arguments: [
        (
            "GET /healthcheck HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n",
            431,
            "request head too large"
        ),
        (
            "GET /healthcheck HTTP/1.1\r\nHost: x\r\n\(String(repeating: "A: b\r\n", count: 100))\r\n", 431,
            "too many header lines"
        ),
        (
            "GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\nHost: x\r\n\r\n", 414,
            "request target too long"
        ),
        (
            "POST /flow/start/1 HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n",
            415,
            "a request's content must not be compressed: unsupported Content-Encoding"
        ),
        (
            "POST /flow/start/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2097153\r\n\r\n", 413,
            "request body too large"
        ),
        (
            "POST /flow/start/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n200001\r\n", 413,
            "request body too large"
        ),
        (
            "POST /flow/start/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n", 400,
            "malformed Content-Length header"
        ),
        (
            "POST /flow/start/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 413,
            "request body too large"
        ),
        (
            "POST /flow/start/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            400,
            "Content-Length and Transfer-Encoding exclude each other"
        ),
        (
            "POST /flow/start/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501,
            "unsupported transfer coding"
        ),
        ("GET /healthcheck HTTP/1.1\r\n\r\n", 400, "missing Host header"),
        ("GET /healthcheck HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "malformed or repeated Host header"),
        ("GET /healthcheck HTTP/2.0\r\nHost: x\r\n\r\n", 505, "only HTTP/1.0 and HTTP/1.1 are supported"),
        ("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400, "malformed request target"),
        ("GET /healthcheck HTTP/1.1\nHost: x\n\n", 400, "lines must end with CR LF"),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\r\n", 400, "malformed request line"),
    ])
    func `that are malformed or too long are refused and the connection closes`(
        request: String, status: Int, reason: String
    ) throws {
        let bad = try TestHTTPClient(port: client.port)
        try bad.connection.send(request)
        let response = try bad.receive()
        #expect(response.status == status)
        #expect(response["Content-Type"] == "application/json")
        #expect(response["Connection"] == "close")
        #expect(try TestJSON(response.text) == .object(["error": .string(reason)]))
        #expect(try bad.connection.readToEnd().isEmpty)
        try expectHealth()
    }

    @Test func `of the greatest size are still taken, after an invitation if they ask for one`() throws {
        let frame = #"{"inputs":{"a":1},"ignored":""}"#
        let padding = String(repeating: "x", count: Limits.requestBodyBytesMax - frame.utf8.count)
        let body = frame.replacing(#""""#, with: "\"\(padding)\"")
        let http = try TestHTTPClient(port: client.port)
        try http.send(
            "POST", "/flow/start/1",
            ["x-api-key": client.key, "Content-Length": "\(body.utf8.count)", "Expect": "100-continue"])
        #expect(try http.receive().status == 100)
        try http.connection.send(body)
        #expect(try http.receive().status == 200)
    }

    @Test(arguments: [
        ("GET", "/nothing", 404, "not found"), ("GET", "/healthcheck/", 404, "not found"),
        ("GET", "/Healthcheck", 404, "not found"), ("POST", "/healthcheck", 405, "method not allowed"),
        ("GET", "/flow/start/1", 405, "method not allowed"), ("DELETE", "/ws", 405, "method not allowed"),
        ("GET", "/flow/output/nope", 404, "flow run id: expected a UUID"),
        ("GET", "/flow/output/84766460-5175-4e2b-b0ac-befa7b0cbda9", 404, "not found"),
        ("POST", "/flow/start/0", 404, "flow id: expected a positive integer or a UUID"),
        ("POST", "/flow/start/99999999999", 404, "flow id: expected a positive integer or a UUID"),
    ])
    func `for what is not there`(method: String, path: String, status: Int, reason: String) throws {
        let http = try TestHTTPClient(port: client.port)
        try http.send(method, path, [("x-api-key", client.key)], body: method == "GET" ? nil : [])
        let response = try http.receive()
        #expect(response.status == status)
        #expect(try TestJSON(response.text) == .object(["error": .string(reason)]))
        #expect(try http.get("/healthcheck").status == 200, "the connection stays open")
    }

    // MARK: Bodies

    @Test(arguments: [
        ("{", "EOF while parsing"), ("nonsense", "expected"), ("[]", "an object"), ("{}{}", "trailing"),
        (#"{"inputs":5}"#, "inputs: expected an object"), (#"{"inputs":null}"#, "inputs: expected an object"),
        (#"{"inputs":{"a":{"U":"-1"}}}"#, "inputs.a"), (#"{"inputs":{"a":{"A":[{"B3":"x"}]}}}"#, "inputs.a"),
        (#"{"environment":[]}"#, "environment: expected an object"),
        (#"{"environment":{"A":1}}"#, "environment.A: expected a string"),
        (#"{"output_instructions":"yes"}"#, "output_instructions: expected a boolean"),
        (#"{"partial_config":{"only_nodes":[]}}"#, "partial_config"),
        (String(repeating: "[", count: 100_000), "recursion limit"),
        (
            #"{"inputs":{"a":"# + String(repeating: #"{"A":["#, count: 61)
                + String(repeating: "]}", count: 61) + "}}",
            "inputs.a"
        ),
        ("{\"inputs\":{\"a\":\"\u{1}\"}}", "control character"),
        (#"{"inputs":{"a":"\ud800"}}"#, "surrogate"),
    ])
    func `to start with a body that is none are refused and leave no run behind`(body: String, reason: String)
        throws
    {
        // Nobody else starts this flow on the daemon that they share.
        let before = try shared.place.rows("SELECT count(*) FROM flow_run WHERE flow_id = 106")
        let response = try client.post("/flow/start/106", json: body)
        #expect(response.status == 400)
        #expect(response["Content-Type"] == "application/json")
        let error = try #require(TestJSON(response.text)["error"]?.string)
        #expect(error.contains(reason))
        #expect(error.utf8.count < 1_000, "an answer does not echo what it was sent")
        #expect(try shared.place.rows("SELECT count(*) FROM flow_run WHERE flow_id = 106") == before)
    }

    @Test(arguments: [
        #"{"timeout_millies":"5"}"#, #"{"timeout_millies":-1}"#, #"{"timeout_millies":4294967296}"#,
        #"{"timeout_millies":0.5}"#, #"{"timeout_millies":null}"#, #"{"reason":5}"#, "stop",
    ])
    func `to stop with a body that is none are refused`(body: String) throws {
        let response = try client.post("/flow/stop/84766460-5175-4e2b-b0ac-befa7b0cbda9", json: body)
        #expect(response.status == 400)
        #expect(try TestJSON(response.text)["error"] != nil)
    }

    @Test func `with bytes that are no text are refused`() throws {
        let http = try TestHTTPClient(port: client.port)
        try http.send(
            "POST", "/flow/start/1", [("x-api-key", client.key)],
            body: Array(#"{"inputs":{"a":""#.utf8) + [0xFF, 0xFE] + Array(#""}}"#.utf8))
        #expect(try http.receive().status == 400)
    }

    // MARK: Flows

    @Test(arguments: BadFlow.all)
    fileprivate func `to start a flow that cannot run say everything that is wrong and leave no run behind`(
        flow: BadFlow
    ) throws {
        try shared.place.rows(
            """
            INSERT INTO flows (id, user_id, nodes, edges)
            SELECT \(flow.number), id, $json$\(flow.nodes)$json$, $json$\(flow.edges)$json$ FROM users WHERE role = 'admin'
            """)
        for _ in 0..<2 {
            let response = try client.post("/flow/start/\(flow.number)")
            #expect(response.status == 400)
            let error = try #require(TestJSON(response.text)["error"]?.string)
            for reason in flow.reasons { #expect(error.contains(reason)) }
        }
        #expect(
            try shared.place.rows("SELECT count(*) FROM flow_run WHERE flow_id = \(flow.number)") == ["0"])
    }
}

/// A flow whose row says something impossible.
private struct BadFlow: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let number: Int
    let nodes: String
    let edges: String
    let reasons: [String]

    static let all = [
        BadFlow(
            testDescription: "a cycle", number: 9_001,
            nodes: "[\(node(1, "@spo/std.to_string.0.1", "stringify", "result")),"
                + "\(node(2, "@spo/std.to_string.0.1", "stringify", "result"))]",
            edges: "[\(edge(1, 2)),\(edge(2, 1))]", reasons: ["cycle"]),
        BadFlow(
            testDescription: "an edge from nowhere", number: 9_002,
            nodes: "[\(node(1, "flow_output", "x", "x"))]",
            edges: "[\(edge(7, 1).replacing(id(7, 1), with: id(1, 1)))]",
            reasons: ["edge's source not found: \(id(7))"]),
        BadFlow(
            testDescription: "two edges into one input, and an unknown command", number: 9_003,
            nodes: "[\(node(1, "flow_input", nil, "x")),\(node(2, "flow_output", "x", "x")),"
                + "\(node(3, "no_such_thing", "x", "y"))]",
            edges: "[\(edge(1, 2)),\(edge(1, 2))]",
            reasons: ["2 edges connected to the same target", "no_such_thing"]),
        BadFlow(
            testDescription: "nodes that are none", number: 9_004, nodes: #"[5,{},{"id":"x"}]"#,
            edges: "[{}]",
            reasons: ["node number 1", "node number 2", "node number 3", "edge number 1"]),
    ]

    private static func id(_ node: Int, _ port: Int = 0) -> String {
        "00000000-0000-4000-9000-00000000\(node)\(port)00"
    }

    private static func node(_ number: Int, _ kind: String, _ input: String?, _ output: String) -> String {
        let inputs = input.map { #"{"id":"\#(id(number, 2))","name":"\#($0)","required":true}"# } ?? ""
        return """
            {"id":"\(id(number))","type":"native","data":{"node_id":"\(kind)","config":{},"ports":{\
            "inputs":[\(inputs)],"outputs":[{"id":"\(id(number, 1))","name":"\(output)"}]}}}
            """
    }

    private static func edge(_ source: Int, _ target: Int) -> String {
        """
        {"source":"\(id(source))","sourceHandle":"\(id(source, 1))","target":"\(id(target))",\
        "targetHandle":"\(id(target, 2))"}
        """
    }
}
