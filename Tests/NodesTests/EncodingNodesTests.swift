import Engine
import Primitives
import Testing
import Values

@Suite struct `The nodes between bytes and text` {
    @Test(arguments: [
        (#"{"N":0}"#, #"{"BY":""}"#), (#"{"B":true}"#, #"{"BY":"AQ=="}"#),
        (#"{"B":false}"#, #"{"BY":"AA=="}"#),
        (#"{"U":"258"}"#, #"{"BY":"AgEAAAAAAAA="}"#), (#"{"I":"-1"}"#, #"{"BY":"//////////8="}"#),
        (#"{"F":"1"}"#, #"{"BY":"AAAAAAAA8D8="}"#), (#"{"U1":"1"}"#, #"{"BY":"AQAAAAAAAAAAAAAAAAAAAA=="}"#),
        (#"{"I1":"-1"}"#, #"{"BY":"/////////////////////w=="}"#),
        (#"{"D":"-1.5"}"#, #"{"BY":"AAABgA8AAAAAAAAAAAAAAA=="}"#), (#"{"S":"hé"}"#, #"{"BY":"aMOp"}"#),
        (#"{"B3":"11111111111111111111111111111111"}"#, #"{"B3":"11111111111111111111111111111111"}"#),
        (#"{"BY":"aGk="}"#, #"{"BY":"aGk="}"#), (#"{"A":[]}"#, #"{"BY":"eyJBIjpbXX0="}"#),
        (
            #"{"S":"00000000000000000000000000000000"}"#,
            #"{"B3":"4F7BsTMVPKFshM1MwLf6y23cid6fL3xMpazVoF9krzUw"}"#
        ),
    ])
    func `to_bytes writes every kind`(value: String, bytes: String) throws {
        #expect(try NodeBench("to_bytes").result(#"{"string":\#(value)}"#) == #"{"bytes":\#(bytes)}"#)
        #expect(try NodeBench("to_bytes").result(#"{"input":\#(value)}"#) == #"{"bytes":\#(bytes)}"#)
    }

    @Test(arguments: [
        ("to_bytes", "{}", "failed: missing field `string`"),
        ("base64_encode", #"{"data":{"S":"hé?>"}}"#, #"{"result":{"S":"aMOpPz4="}}"#),
        ("base64_encode", #"{"data":{"BY":"+/8="},"url_safe":{"B":true}}"#, #"{"result":{"S":"-_8"}}"#),
        ("base64_encode", #"{"data":{"A":[{"U":"0"},{"U":"255"}]}}"#, #"{"result":{"S":"AP8="}}"#),
        ("base64_decode", #"{"string":{"S":"AP8="}}"#, #"{"result":{"BY":"AP8="}}"#),
        ("base64_decode", #"{"string":{"S":"aMOp"},"as_text":{"B":true}}"#, #"{"result":{"S":"hé"}}"#),
        ("base64_decode", #"{"string":{"S":"-_8"},"url_safe":{"B":true}}"#, #"{"result":{"BY":"+/8="}}"#),
        ("base64_decode", #"{"string":{"S":"A"}}"#, "failed: string is not valid Base64"),
        ("base64_decode", #"{"string":{"S":" AP\r\n8=\n"}}"#, #"{"result":{"BY":"AP8="}}"#),
        ("base64_decode", #"{"string":{"S":"AP8"}}"#, #"{"result":{"BY":"AP8="}}"#),
        ("base64_decode", #"{"string":{"S":"AA"}}"#, #"{"result":{"BY":"AA=="}}"#),
        ("base64_decode", #"{"string":{"S":"-_8="},"url_safe":{"B":true}}"#, #"{"result":{"BY":"+/8="}}"#),
        ("base64_decode", #"{"string":{"S":"-_\t8"},"url_safe":{"B":true}}"#, #"{"result":{"BY":"+/8="}}"#),
        ("base64_decode", #"{"string":{"S":"-_8="}}"#, "failed: string is not valid Base64"),
        ("base64_decode", #"{"string":{"S":"AP8=="}}"#, "failed: string is not valid Base64"),
        ("base64_decode", #"{"string":{"S":"A=P8"}}"#, "failed: string is not valid Base64"),
        ("base64_decode", #"{"string":{"S":"AP9"}}"#, "failed: string is not valid Base64"),
        ("base64_decode", #"{"string":{"S":""}}"#, #"{"result":{"BY":""}}"#),
        (
            "hex_decode", #"{"string":{"S":"0x 00:ff\n68 69"},"separators":{"B":true}}"#,
            #"{"result":{"BY":"AP9oaQ=="}}"#
        ),
        (
            "hex_decode", #"{"string":{"S":"00:ff"}}"#,
            "failed: string is not an even number of hexadecimal digits"
        ),
        (
            "base64_decode", #"{"string":{"S":"/w=="},"as_text":{"B":true}}"#,
            "failed: the bytes are not UTF-8"
        ),
        ("text_decode", #"{"data":{"BY":"gPw="},"charset":{"S":"Latin1"}}"#, #"{"result":{"S":"€ü"}}"#),
        ("text_decode", #"{"data":{"BY":"//5hAA=="},"charset":{"S":"latin1"}}"#, #"{"result":{"S":"a"}}"#),
        ("text_decode", #"{"data":{"BY":"w7w="},"charset":{"N":0}}"#, #"{"result":{"S":"ü"}}"#),
        (
            "text_decode", #"{"data":{"BY":"YQ=="},"charset":{"S":"klingon"}}"#,
            #"failed: character set "klingon" is not known here"#
        ),
        ("hex_encode", #"{"data":{"BY":"AP8="}}"#, #"{"result":{"S":"00ff"}}"#),
        ("hex_decode", #"{"string":{"S":"0x00Ff"}}"#, #"{"result":{"BY":"AP8="}}"#),
        ("hex_decode", #"{"string":{"S":"6869"},"as_text":{"B":true}}"#, #"{"result":{"S":"hi"}}"#),
        (
            "hex_decode", #"{"string":{"S":"0"}}"#,
            "failed: string is not an even number of hexadecimal digits"
        ),
        (
            "base58_encode", #"{"data":{"B3":"11111111111111111111111111111111"}}"#,
            #"{"result":{"S":"11111111111111111111111111111111"}}"#
        ),
        ("base58_encode", #"{"data":{"S":"Hello World!"}}"#, #"{"result":{"S":"2NEpo7TZRRrLZSi2U"}}"#),
        (
            "base58_decode", #"{"string":{"S":"2NEpo7TZRRrLZSi2U"},"as_text":{"B":true}}"#,
            #"{"result":{"S":"Hello World!"}}"#
        ),
        ("base58_decode", #"{"string":{"S":"0"}}"#, "failed: string is not valid Base58"),
        ("base64_encode", #"{"data":{"U":"1"}}"#, "failed: invalid type: integer `1`, expected bytes"),
    ])
    func `give`(kind: String, inputs: String, result: String) throws {
        #expect(try NodeBench(kind).result(inputs) == result)
    }

    @Test(arguments: [513, 1_232, 4_096]) func `base58 is for transactions, too`(count: Int) throws {
        let bytes = #"{"BY":"\#(Base64.encode([UInt8](repeating: 255, count: count)))"}"#
        let encoded = try NodeBench("base58_encode").result(#"{"data":\#(bytes)}"#)
        let text = encoded.dropFirst(#"{"result":"#.count).dropLast()
        #expect(try NodeBench("base58_decode").result(#"{"string":\#(text)}"#) == #"{"result":\#(bytes)}"#)
    }

    @Test func `base58 says how much it takes, both ways`() throws {
        let text = String(repeating: "a", count: 4_097)
        #expect(
            try NodeBench("base58_encode").result(#"{"data":{"S":"\#(text)"}}"#)
                == "failed: Base58 is for at most 4096 bytes")
        let digits = String(repeating: "z", count: 5_595)
        #expect(
            try NodeBench("base58_decode").result(#"{"string":{"S":"\#(digits)"}}"#)
                == "failed: Base58 is for at most 4096 bytes, which are 5594 characters")
    }

    @Test func `flow_run_info says for whom and where a run runs`() throws {
        let node = try NodeBench("flow_run_info").node
        let owner = UserID(UniqueID(high: 1, low: 2))
        let known = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0), inputs: [:],
            context: RunContext(owner: owner, startedBy: UserID(UniqueID(high: 3, low: 4))))
        #expect(
            NodeBench.text(of: node.work(known))
                == #"{"flow_owner":{"S":"00000000-0000-0001-0000-000000000002"},"started_by":{"S":"00000000-0000-0003-0000-000000000004"},"solana_net":{"S":"devnet"}}"#
        )
        let unknown = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0), inputs: [:],
            context: RunContext(owner: owner))
        #expect(NodeBench.text(of: node.work(unknown)).contains(#""started_by":{"N":0}"#))
    }
}
