import Chain
import Engine
import Nodes
import Primitives
import TestKit
import Testing
import Values

/// Spec nodes 3.3, 6.42, 6.43.
@Suite struct `The nodes about accounts` {
    private static let system = "11111111111111111111111111111111"
    private static let key = "AKnL4NNf3DGWZJS6cPknBuEGnVsV4A4m5tgebLHaRSZ9"
    private static let token = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
    private static let associated = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL"
    private static let fifteen = (0..<15).map { _ in #"{"S":"\#(String(repeating: "x", count: 32))"}"# }
        .joined(separator: ",")

    private static let sixtyFour = Base58.encode([UInt8](repeating: 3, count: 64))

    @Test(arguments: [
        (system, "", "Cu7NwqCXSmsR5vgGA3Vw9uYVViPi3kQvkbKByVQ8nPY9", 255),
        (system, #""seed_1":{"S":"helloWorld"}"#, "46GZzzetjCURsdFPb7rcnspbEMnCBXe9kpjrsZAkKb6X", 254),
        (
            system, #""seed_1":{"S":"hello"},"seed_2":{"S":"world"}"#,
            "JDC4d5bNdpBPNLHfugxDcuknk6e9cp2xBis5V5v67PGh", 253
        ),
        (
            system, #""seed_2":{"S":"hello"},"seed_4":{"N":0},"seeds":{"A":[{"BY":"d29ybGQ="}]}"#,
            "JDC4d5bNdpBPNLHfugxDcuknk6e9cp2xBis5V5v67PGh", 253
        ),
        (
            system, #""seed_1":{"S":"token"},"seed_2":{"B3":"\#(key)"},"seed_3":{"U":"42"}"#,
            "25h8bZoE2YE4PUBWgYcZdBrnyFteTGnG4AP3RSBp3QYj", 255
        ),
        (
            system,
            #""seed_1":{"S":"token"},"seed_2":{"M":{"public_key":{"B3":"\#(key)"}}},"seed_3":{"D":"42.0"}"#,
            "25h8bZoE2YE4PUBWgYcZdBrnyFteTGnG4AP3RSBp3QYj", 255
        ),
        (
            associated,
            #""seed_1":{"B3":"\#(key)"},"seed_2":{"B3":"\#(token)"},"seed_3":{"B3":"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"}"#,
            "3wvJdyFnGvaMWpbq93NU91SggiVRveULUXL6iX5VZDGP", 254
        ),
        (
            system, #""seed_1":{"U":"18446744073709551615"},"seed_2":{"I":"-3"},"seed_3":{"U1":"7"}"#,
            "5hfV9pKwYeJMqKzHfJKMaHEgu2eV2kUeW7BUJZZ4Muqv", 255
        ),
        (
            system, #""seed_1":{"S":""},"seed_2":{"S":"a"}"#, "ARUBg4aFZyVs9CyKoJ8hoEYxHzgR2vmdDtaKNhy5Msah",
            255
        ),
        (system, #""seeds":{"A":[\#(fifteen)]}"#, "7iRUPc7U3Z2hKu43eehZCqyUrM7jTVdPrCA5wR42iNbE", 254),
    ])
    func `find_pda finds`(program: String, seeds: String, address: String, bump: Int) throws {
        let inputs = #"{"program_id":{"B3":"\#(program)"}\#(seeds.isEmpty ? "" : ",")\#(seeds)}"#
        #expect(
            try NodeBench("find_pda").result(inputs)
                == #"{"pda":{"B3":"\#(address)"},"bump":{"U":"\#(bump)"}}"#)
    }

    @Test(arguments: [
        (
            #""seed_2":{"S":"\#(String(repeating: "x", count: 33))"}"#,
            "seed_2: the text has 33 bytes, more than 32; base58_decode makes a key of its text"
        ),
        (#""seed_1":{"S":"a"},"seeds":{"A":[\#(fifteen)]}"#, "an address has at most 15 seeds, not 16"),
        (#""seeds":{"A":[\#(fifteen),{"S":""}]}"#, "an address has at most 15 seeds"),
        (#""seed_1":{"S":"a"},"seed_2":{"B6":"\#(sixtyFour)"}"#, "seed number 2 has 64 bytes, more than 32"),
        (#""seed_1":{"B":true}"#, "seed_1: a seed is a text, a public key, bytes or a whole number"),
        (#""seeds":{"A":[{"N":0}]}"#, "seeds[0]: a seed is a text, a public key, bytes or a whole number"),
        (#""seed_1":{"A":[{"U":"1"}]}"#, "seed_1: a seed is a text, a public key, bytes or a whole number"),
        (#""seed_1":{"F":"1"}"#, "seed_1: a seed is a text, a public key, bytes or a whole number"),
        (#""seed_1":{"D":"1.5"}"#, "seed_1: a number that is a seed is whole and has at most 64 bits"),
        (#""seed_1":{"M":{}}"#, "seed_1: a seed is a text, a public key, bytes or a whole number"),
    ])
    func `find_pda says what is no seed`(seeds: String, message: String) throws {
        let inputs = #"{"program_id":{"B3":"\#(Self.system)"},\#(seeds)}"#
        #expect(try NodeBench("find_pda").result(inputs) == "failed: \(message)")
    }

    // MARK: get_balance

    private static let inputs = #"{"pubkey":{"B3":"\#(key)"}}"#

    private func balance(_ server: NotedServer, url: String = "http://chain.example/?api-key=k") throws
        -> String
    {
        let terms = ChainTerms(network: FlowNetwork(url: url, cluster: "devnet"))
        return try AnswerBench(outbound: server, terms: terms).result("get_balance", Self.inputs)
    }

    @Test func `get_balance asks the run's network`() throws {
        let server = NotedServer(
            200, #"{"jsonrpc":"2.0","id":1,"result":{"context":{},"value":18446744073709551615}}"#)
        #expect(try balance(server) == #"{"balance":{"U":"18446744073709551615"}}"#)
        #expect(
            server.asked == """
                POST http://chain.example/?api-key=k
                Content-Type: application/json

                {"jsonrpc":"2.0","id":1,"method":"getBalance","params":["\(Self.key)",{"commitment":"finalized"}]}
                """)
        let guarded = NotedServer(200, #"{"result":{"value":0}}"#)
        #expect(try balance(guarded, url: "https://user:pw@chain.example/rpc") == #"{"balance":{"U":"0"}}"#)
        #expect(guarded.asked.hasPrefix("POST https://chain.example/rpc\n"))
        #expect(guarded.asked.contains("Authorization: Basic dXNlcjpwdw==\n"))
    }

    @Test(arguments: [
        (200, #"{"error":{"code":-32005,"message":"Node is behind"}}"#, "Node is behind (code -32005)"),
        (200, #"{"error":"busy","result":null}"#, "busy"),
        (200, #"{"error":{}}"#, "the server gives no reason"),
        (400, #"{"error":{"message":"bad"}}"#, "bad"), (429, "wait", "status code: 429\nwait"),
        (502, "", "status code: 502\n"), (200, "<html>", "the answer is not one of JSON-RPC"),
        (200, #"{"result":{"value":-1}}"#, "the answer holds no balance"),
        (200, #"{"result":{"value":1.5}}"#, "the answer holds no balance"),
        (200, #"{"result":7}"#, "the answer holds no balance"),
    ])
    func `get_balance fails with the server's own words`(status: Int, body: String, message: String) throws {
        #expect(try balance(NotedServer(status, body)) == "failed: getBalance: \(message)")
    }

    @Test func `get_balance shows nothing of an address that does not do`() throws {
        #expect(
            try balance(NotedServer(), url: "ftp://user:pw@chain")
                == "failed: getBalance: the address of the network devnet is not one of HTTP")
        #expect(try balance(NotedServer(failing: "no answer")) == "failed: getBalance: no answer")
    }
}
