import TestKit
import TestTraits
import Testing

/// Randomly damaged conversations: whatever the daemon answers, it answers or closes, and goes on.
@Suite(.blocking) struct `Damaged conversations` {
    private let client: DaemonClient

    init() throws { client = try SharedDaemon.shared.get().client }

    @Test func `on HTTP end in an answer or a close`() throws {
        let head = "Host: x\r\nx-api-key: \(client.key)\r\n"
        let body = #"{"inputs":{"a":{"U":"1"},"b":[1,2.5,null,{"x":"\u00e4"}]},"environment":{"A":"b"}}"#
        let requests = [
            "GET /healthcheck HTTP/1.1\r\n\(head)\r\n",
            "GET /info HTTP/1.1\r\n\(head)Origin: http://x\r\n\r\n",
            "POST /flow/start/1 HTTP/1.1\r\n\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)",
            "POST /flow/start/3 HTTP/1.1\r\n\(head)Transfer-Encoding: chunked\r\n\r\n5\r\n{\"inp\r\n9\r\nuts\": {}}\r\n0\r\n\r\n",
            "POST /flow/stop/84766460-5175-4e2b-b0ac-befa7b0cbda9 HTTP/1.1\r\n\(head)Content-Length: 0\r\n\r\n",
            "OPTIONS /flow/start/1 HTTP/1.1\r\n\(head)Origin: http://x\r\nAccess-Control-Request-Method: POST\r\n\r\n",
        ].map { Array($0.utf8) }
        var generator = SeededGenerator(seed: 20_260)
        var answered = 0
        for round in 0..<600 {
            let connection = try TestConnection(port: client.port)
            try connection.send(
                Damage.done(to: requests[round % requests.count], from: requests, using: &generator))
            connection.finishSending()
            let answer = try connection.readToEnd()
            #expect(answer.isEmpty || answer.starts(with: "HTTP/1.1 ".utf8), "round \(round)")
            if !answer.isEmpty { answered += 1 }
        }
        #expect(answered > 100)
        #expect(try TestHTTPClient(port: client.port).get("/healthcheck").status == 200)
    }

    @Test func `on a socket end in answers or a close frame`() throws {
        let run = try client.start(1)
        let messages = [
            #"{"Authenticate":{"token":"\#(client.key)"}}"#,
            #"{"id":1,"method":"Authenticate","params":{"token":"\#(client.key)"}}"#,
            #"{"SubscribeFlowRunEvents":{"flow_run_id":"\#(run)","token":"\#(client.key)"}}"#,
            #"{"id":2,"method":"SubscribeFlowRunEvents","params":{"flow_run_id":"\#(run)","token":null}}"#,
            #"{"SubscribeSignatureRequests":{}}"#,
        ].map { Array($0.utf8) }
        let frames =
            messages.map { ClientFrame(1, $0).bytes }
            + [
                ClientFrame.ping([1, 2, 3]).bytes + ClientFrame.binary([4]).bytes,
                ClientFrame.text("{\"id\":", isFinal: false).bytes
                    + ClientFrame.continuation([65], isFinal: true).bytes,
                ClientFrame.close(1000, Array("bye".utf8)).bytes,
            ]
        var generator = SeededGenerator(seed: 20_261)
        for round in 0..<400 {
            let socket = try TestWebSocket(port: client.port)
            // The frames are damaged, or what they carry.
            let bytes =
                round.isMultiple(of: 2)
                ? Damage.done(to: frames[round / 2 % frames.count], from: frames, using: &generator)
                : ClientFrame(
                    1,
                    Damage.done(to: messages[round / 2 % messages.count], from: messages, using: &generator)
                )
                .bytes
            try socket.connection.send(bytes + ClientFrame.close(1000).bytes)
            // Whatever they became, every frame of the server is a right one up to its end of the stream.
            socket.connection.finishSending()
            var rest = try socket.connection.readToEnd()
            while let frame = ServerFrame.take(from: &rest) {
                #expect([1, 8, 9, 10].contains(frame.opcode) && frame.first & 0xF0 == 0x80, "round \(round)")
                if frame.opcode == 1 {
                    #expect(throws: Never.self, "round \(round)") { try TestJSON(frame.text) }
                }
            }
            #expect(rest.isEmpty, "round \(round)")
        }
        #expect(try TestHTTPClient(port: client.port).get("/healthcheck").status == 200)
    }
}
