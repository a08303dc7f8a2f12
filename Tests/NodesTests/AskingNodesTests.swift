import Engine
import Nodes
import Primitives
import Synchronization
import TestKit
import Testing
import Values
import Wire

/// Nodes that ask the engine for something: api_input, interflow, and wallet, which asks the start inputs.
@Suite struct `Nodes that ask` {
    // MARK: api_input

    @Test(arguments: [
        ("{}", "asks for a value"),
        (#"{"timeout":{"F":"2.5"}}"#, "asks for a value for 2.5 seconds"),
        (#"{"timeout":{"U":"0"}}"#, "asks for a value for 0.0 seconds"),
        (#"{"timeout":{"N":0}}"#, "asks for a value"),
        (#"{"timeout":{"F":"-1"}}"#, "failed: timeout must be a number of seconds, 0 or more"),
        (#"{"timeout":{"F":"NaN"}}"#, "failed: timeout must be a number of seconds, 0 or more"),
        (#"{"timeout":{"F":"inf"}}"#, "failed: timeout must be a number of seconds, 0 or more"),
        (#"{"timeout":{"F":"1e300"}}"#, "asks for a value for 31536000.0 seconds"),
        (#"{"timeout":{"S":"5"}}"#, #"failed: invalid type: string "5", expected f64"#),
        (
            #"{"webhook_url":{"S":"http://x/"},"webhook_headers":{"S":"a"}}"#,
            "failed: webhook_headers must be an object or an array of pairs"
        ),
        (
            #"{"webhook_url":{"S":"http://x/"},"webhook_headers":{"A":[{"A":[{"S":"a"}]}]}}"#,
            "failed: webhook_headers: each element must be a pair of a name and a value"
        ),
        (
            #"{"webhook_url":{"S":"http://x/"},"webhook_headers":{"A":[{"A":[{"S":"a b"},{"S":"c"}]}]}}"#,
            "failed: a request header has a name that is not a token"
        ),
        (
            #"{"webhook_url":{"S":"http://x/"},"webhook_headers":{"M":{"a":{"S":"b\r\nc: d"}}}}"#,
            "failed: a request header has a value with control characters"
        ),
    ])
    func `api_input waits as long as it is told`(inputs: String, result: String) throws {
        #expect(try NodeBench("api_input").result(inputs) == result)
    }

    /// Spec http-and-websocket 2.5, G15.
    @Test func `api_input tells the webhook where to post, and for what`() throws {
        let server = NotedServer(204, "")
        let bench = try NodeBench("api_input", services: server.services)
        let step = try bench.step(
            #"""
            {"webhook_url":{"S":"http://hook.example/"},"timeout":{"D":"30"},
             "webhook_headers":{"A":[{"A":[{"S":"X-Token"},{"S":"t"}]}]},
             "extra":{"M":{"output":{"S":"hello"}}}}
            """#)
        guard case .ask(.input(let wish)) = step, let announce = wish.announce else {
            Issue.record("there is somebody to be told")
            return
        }
        announce("http://here/flow/submit/00")
        #expect(
            server.asked == """
                POST http://hook.example/
                X-Token: t
                Content-Type: application/json

                {"url":"http://here/flow/submit/00","flow_run_id":"00000000-0000-0000-0000-000000000000",\
                "node_id":"00000000-0000-0000-0000-000000000001","times":0,"timeout":30,"extra":{"output":"hello"}}
                """)
    }

    /// Spec nodes 6.3.
    @Test func `a webhook gets bytes as texts`() throws {
        let server = NotedServer(204, "")
        let bench = try NodeBench("api_input", services: server.services)
        let step = try bench.step(
            #"""
            {"webhook_url":{"S":"http://hook.example/"},
             "extra":{"M":{"key":{"B3":"11111111111111111111111111111111"},"bytes":{"BY":"aGk="}}}}
            """#)
        guard case .ask(.input(let wish)) = step else {
            Issue.record("it asks")
            return
        }
        wish.announce?("http://here/")
        #expect(
            server.asked.hasSuffix(
                #""extra":{"key":"11111111111111111111111111111111","bytes":"aGk="}}"#))
    }

    @Test(arguments: [500, nil])
    func `a webhook that fails is a line of the log`(status: Int?) throws {
        let server = status.map { NotedServer($0, "") } ?? NotedServer(failing: "no answer")
        let bench = try NodeBench("api_input", services: server.services)
        let lines = Mutex<[String]>([])
        let call = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: bench.node.id, times: 0),
            inputs: ["webhook_url": .string("http://hook.example/")],
            log: { line in lines.withLock { $0.append(line.content) } })
        guard case .ask(.input(let wish)) = bench.node.work(call) else {
            Issue.record("it asks")
            return
        }
        wish.announce?("http://here/")
        let text = lines.withLock { $0 }
        #expect(
            text == [status == nil ? "webhook not delivered: no answer" : "webhook answered with status 500"])
    }

    // MARK: interflow

    @Test(arguments: [
        (
            #"{"flow_id":{"S":"288f25a9-f71f-4359-a426-362575ac5bc1"}}"#,
            "asks for flow 288f25a9-f71f-4359-a426-362575ac5bc1"
        ),
        (
            #"{"flow_id":"288f25a9-f71f-4359-a426-362575ac5bc1"}"#,
            "asks for flow 288f25a9-f71f-4359-a426-362575ac5bc1"
        ),
        (#"{"id":7}"#, "asks for flow 7"), (#"{"flow_id":7,"id":8}"#, "asks for flow 7"),
        (#"{"flow_id":7}"#, "asks for flow 7"), (#"{"flow_id":{"U":"7"}}"#, "asks for flow 7"),
        (#"{"flow_id":{"I":"7"}}"#, "asks for flow 7"),
        (#"{"flow_id":{"D":"7.0"}}"#, "asks for flow 7"),
    ])
    func `interflow runs the flow that it names, tagged or plain`(config: String, result: String) throws {
        let bench = try NodeBench("interflow", config: config)
        #expect(try bench.result() == result)
        #expect(bench.node.nestedFlow.map { "asks for flow \($0)" } == result)
    }

    @Test(arguments: [
        "{}", #"{"flow_id":"x"}"#, #"{"flow_id":-1}"#, #"{"flow_id":1.5}"#, #"{"flow_id":null}"#,
    ])
    func `interflow without a flow is refused`(config: String) {
        #expect(throws: NodeRefusal.self) { try NodeBench("interflow", config: config) }
    }

    // MARK: wallet

    private static let key = "DKsvmM9hfNm4R94yB3VdYMZJk2ETv5hpcjuRmiwgiztY"

    @Test(arguments: [
        (#"{"wallet":{"B3":"\#(key)"}}"#), (#"{"wallet":{"S":"\#(key)"}}"#),
        (#"{"wallet":{"M":{"public_key":{"B3":"\#(key)"},"token":{"S":"t"}}}}"#),
    ])
    func `a wallet is the public key that it is given`(inputs: String) throws {
        #expect(
            try NodeBench("wallet").result(inputs)
                == #"{"pubkey":{"B3":"\#(Self.key)"},"keypair":{"M":{"public_key":{"B3":"\#(Self.key)"}}}}"#)
    }

    @Test func `a wallet that is given a key pair hands it on unseen`() throws {
        let pair = Base58.encode([UInt8](repeating: 5, count: 64))
        let result = try NodeBench("wallet").result(#"{"wallet":{"S":"\#(pair)"}}"#)
        #expect(!result.contains(pair) && result.contains(#""keypair":{"M":{"public_key""#))
    }

    @Test(arguments: [
        (#"{"public_key":{"B3":"\#(key)"},"wallet_id":{"U":"7"}}"#, nil),
        (#"{"public_key":"\#(key)","wallet_id":7}"#, nil),
        (#"{"wallet_id":7}"#, "public_key"), (#"{"public_key":"\#(key)"}"#, "wallet_id"),
        (#"{"public_key":"no key","wallet_id":7}"#, "public_key"),
    ])
    func `a wallet without an input is that of its configuration`(config: String, missing: String?) throws {
        let result = try NodeBench("wallet", config: config).result(#"{"wallet":{"N":0}}"#)
        if let missing {
            #expect(
                result
                    == "failed: wallet requires either an input wallet or valid static wallet config: wallet.\(missing)"
            )
        } else {
            #expect(result.hasPrefix(#"{"pubkey":{"B3":"\#(Self.key)"}"#))
        }
    }

    @Test func `a wallet may ask the start inputs`() throws {
        let asking = try NodeBench("wallet", config: #"{"api_input":true,"label":"payer"}"#).node
        #expect(asking.startBinding == StartBinding(name: "payer", input: "wallet"))
        #expect(asking.conduct.readCapability == .interactive)
        #expect(try NodeBench("wallet").node.startBinding == nil)
    }
}

extension NotedServer {
    fileprivate var services: NodeServices {
        let absent = NodeServices.unavailable
        return NodeServices(outbound: self, keyValues: absent.keyValues, files: absent.files)
    }
}
