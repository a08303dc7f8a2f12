import Engine
import Primitives
import Testing
import Values

@Suite struct `The nodes that hash and draw` {
    @Test(arguments: [
        (
            #"{"data":{"S":"abc"}}"#, "B3",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        ),
        (
            #"{"data":{"BY":"YWJj"},"algorithm":{"S":"keccak256"}}"#, "B3",
            "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
        ),
        (
            #"{"data":{"S":"abc"},"algorithm":{"S":"sha512"}}"#, "B6",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (
            #"{"data":{"S":""},"algorithm":{"S":"blake3"}}"#, "B3",
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
        ),
        (
            #"{"data":{"S":"what do ya want for nothing?"},"algorithm":{"S":"hmac-sha256"},"key":{"S":"Jefe"}}"#,
            "B3", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
    ])
    func `hash knows its algorithms`(inputs: String, tag: String, digest: String) throws {
        let result = try NodeBench("hash").result(inputs)
        #expect(result.hasPrefix(#"{"result":{"\#(tag)":"#))
        #expect(result.hasSuffix(#""hex":{"S":"\#(digest)"}}"#))
    }

    @Test(arguments: [
        (#"{"data":{"S":"a"},"key":{"S":"k"}}"#, "key is for hmac-sha256 only"),
        (#"{"data":{"S":"a"},"algorithm":{"S":"hmac-sha256"}}"#, "hmac-sha256 needs a key"),
        (
            #"{"data":{"S":"a"},"algorithm":{"S":"hmac-sha256"},"key":{"U":"1"}}"#,
            "key must be a text or bytes"
        ),
        (
            #"{"data":{"S":"a"},"algorithm":{"S":"md5"}}"#,
            "unknown variant `md5`, expected one of `sha256`, `sha512`, `keccak256`, `blake3`, `hmac-sha256`"
        ),
        (#"{"data":{"U":"1"}}"#, "invalid type: integer `1`, expected bytes"),
    ])
    func `hash says what it cannot do`(inputs: String, message: String) throws {
        #expect(try NodeBench("hash").result(inputs) == "failed: \(message)")
    }

    @Test func `hash uses a secret as its key, and as nothing else`() throws {
        let node = try NodeBench("hash").node
        let secret = Value.vaultSecret("Jefe", provider: "p", label: "l")
        func text(_ inputs: ValueMap) -> String {
            NodeBench.text(
                of: node.work(
                    NodeCall(
                        run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0), inputs: inputs))
            )
        }
        #expect(
            text([
                "data": .string("what do ya want for nothing?"), "algorithm": .string("hmac-sha256"),
                "key": secret,
            ]).contains("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
        #expect(text(["data": secret]) == "failed: invalid type: secret, expected bytes")
    }

    @Test func `uuid makes ids of both versions, and never one twice`() throws {
        var seen: Set<String> = []
        for version in ["v4", "v7"] {
            for _ in 0..<50 {
                let text = try NodeBench("uuid").result(#"{"version":{"S":"\#(version)"}}"#)
                    .dropFirst(#"{"result":{"S":""#.count).prefix(36)
                #expect(UniqueID(text)?.text == String(text))
                #expect(text.dropFirst(14).first == version.last)
                seen.insert(String(text))
            }
        }
        #expect(seen.count == 100)
    }

    @Test func `random keeps within its bounds, and takes the widest`() throws {
        let node = try NodeBench("random").node
        func draw(_ inputs: ValueMap) -> Value? {
            let step = node.work(
                NodeCall(run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0), inputs: inputs)
            )
            guard case .done(.outputs(let outputs)) = step else { return nil }
            return outputs["result"]
        }
        var seen: Set<Int64> = []
        for _ in 0..<200 {
            let number = try #require(draw(["min": .i64(-1), "max": .decimal(Decimal96(UInt64(2)))]))
            seen.insert(try Int64(reading: number))
            let fraction = try Double(reading: try #require(draw([:])))
            #expect(fraction >= 0 && fraction < 1)
            #expect(draw(["max": .u64(0)]) == .u64(0))
            #expect(draw(["min": .i64(.min), "max": .i64(.max)]) != nil)
        }
        #expect(seen == [-1, 0, 1, 2])
        #expect(try NodeBench("random").result(#"{"min":{"U":"1"}}"#) == "failed: min without max")
        #expect(
            try NodeBench("random").result(#"{"min":{"U":"1"},"max":{"U":"0"}}"#)
                == "failed: max is less than min")
    }
}
