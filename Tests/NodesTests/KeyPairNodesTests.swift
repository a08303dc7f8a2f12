import Engine
import Identity
import Nodes
import Primitives
import Synchronization
import TestKit
import Testing
import Values
import Wire

/// Spec nodes 3.3, 6.21, 6.44.
@Suite struct `The node that makes key pairs` {
    private static let phrase =
        "letter advice cage absurd amount doctor acoustic avoid letter advice cage above"

    /// The public key that is shown, and the pair behind it.
    private func made(
        _ inputs: ValueMap, server: any OutboundClient = NotedServer(), isReadOnly: Bool = false
    ) throws -> (pubkey: String, keyPair: String) {
        let bench = AnswerBench(outbound: server, isReadOnly: isReadOnly)
        let kind = try #require(NodeLibrary.registry(bench.services).kind(named: "generate_keypair"))
        let node = try NodeBench(kind).node
        let outcome = Mutex<NodeOutcome?>(nil)
        let call = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0),
            inputs: ValueMap(
                node.defaults.entries.map { ($0.key, $0.value) } + inputs.entries.map { ($0.key, $0.value) }),
            context: RunContext(isReadOnly: isReadOnly),
            complete: { end in outcome.withLock { $0 = end } })
        let step = node.work(call)
        if case .done(let end) = step { outcome.withLock { $0 = end } }
        switch outcome.withLock({ $0 }) {
        case .outputs(let outputs):
            guard case .b32(let key)? = outputs["pubkey"], let pair = outputs["keypair"] else {
                return ("", "")
            }
            guard case .b64(let bytes) = pair.revealed else { return (Base58.encode(key.bytes), "adapter") }
            #expect(pair.holdsSecret && !"\(outputs)".contains(Base58.encode(bytes.bytes)))
            return (Base58.encode(key.bytes), Base58.encode(bytes.bytes))
        case .failed(let text): return (text, "")
        case nil: return ("pending", "")
        }
    }

    @Test(arguments: [
        (
            phrase, "Hunter1!", "ESxeViFP4r7THzVx9hJDkhj4HrNGSjJSFRPbGaAb97hN",
            "3LUpzbebV5SCftt8CPmicbKxNtQhtJegEz4n8s6LBf3b1s4yfjLapgJhbMERhP73xLmWEP2XJ2Rz7Y3TFiYgTpXv"
        ),
        (
            phrase, "Hunter2!", "3qHUyKyYF6n9g2HPGfmg17QTJyfaGhGt1GhPmWoeGZRr",
            "5WmnrZDv6oM4tkN5SfSTf5MGyPLPV4HjHGQZN4JiBDCxkcetz5LTYYhRwNxKXY5BCWBaVYALZ2GkpBpU5uRr2jMa"
        ),
        (
            "  " + phrase.replacing(" ", with: "\n "), "", "HCwZChYsaSeBQ9GE8GWgxuRv5ffH95aQXH2c8vw4rAqc",
            "3Py21WHTsTFCWLvSbE5JENwvzmUPQFv7B42mNC5jVXxanHChif3GrvVFr3sodTR22GUsuFByibPMPY6GaEpgWQdc"
        ),
        (
            "select ensure paddle panic hole install math call zero rely puppy exist", "password",
            "7KbC8bhRAv6mqpA5ECrhaJdWqevEN4Ckij17CCvFfUrz",
            "XunqA3LMMvpjD1JH9HMp2eSmvEaSoTdGhnNrseoFW9rMsSRhVefZYcTRDdfgVxoyJJvLwF2gzV4zyYMGiAoJaSS"
        ),
    ])
    func `takes phrases with passphrases`(
        seed: String, passphrase: String, key: String, pair: String
    ) throws {
        let made = try made(["seed": .string(seed), "passphrase": .string(passphrase)])
        #expect(made == (key, pair))
        let hidden = try self.made([
            "seed": .vaultSecret(seed, provider: "p", label: "l"),
            "passphrase": .vaultSecret(passphrase, provider: "p", label: "m"),
        ])
        #expect(hidden == (key, pair))
    }

    @Test(
        arguments: [
            ("m/44'/501'/0'/0'", "DeFBNaVhnpKkv1mG6vhCwQe3QzrGwMe1V5ust48PMQ9i"),
            ("m/44'/501'/0'", "4bEwD4t5Bve4ugVqnXE3XWJw3nZSyhjt8jNB9Qauaz6s"),
            ("m/44'/501'/1'/0'", "5efuqntrF9sK6jaLBjiz2rXafZnw2wkgXV4skh8Dd5ay"),
            ("m", "MvxhhWZKcsPEaticf8QMjG9mHWxcuiQ5fYAYxhsQgh6"),
            ("m/44'/501'", nil), ("44", "a derivation path is like m/44'/501'/0'/0'"),
            ("m/44", "each step of a derivation path for Ed25519 is hardened: 44' and not 44"),
        ] as [(String, String?)])
    func `goes where wallets go`(path: String, key: String?) throws {
        let made = try made(["seed": .string(Self.phrase), "derivation_path": .string(path)])
        #expect(key == nil ? made.keyPair.utf8.count > 80 : made.pubkey == key)
    }

    @Test func `takes a key pair or a public key as it is`() throws {
        let pair = Ed25519KeyPair()
        let bytes = pair.seed.bytes + pair.publicKey.bytes
        let (key, whole) = (Base58.encode(pair.publicKey.bytes), Base58.encode(bytes))
        let secret = Value.keyPairSecret(try #require(Bytes64(bytes)))
        let numbers = Value.array(bytes.map { .u64(UInt64($0)) })
        for given in [secret, .string(whole), numbers] {
            #expect(try made(["private_key": given, "seed": .string("no phrase")]) == (key, whole))
        }
        let wallet = Value.map(["public_key": .string(key), "token": .null])
        let old = Value.bytes([UInt8](repeating: 0, count: 32) + pair.publicKey.bytes)
        for given in [.string(key), wallet, old] {
            #expect(try made(["private_key": given]) == (key, "adapter"))
        }
    }

    @Test(
        arguments: [
            (["seed": .string("")], "seed: the phrase is empty"),
            (["seed": .u64(1)], "seed must be a text"),
            (["passphrase": .u64(1)], "passphrase must be a text"),
            (["derivation_path": .u64(1)], "derivation_path must be a text"),
            (["private_key": .string("5KQwrPbw")], "private_key is neither a key pair nor a public key"),
            (["private_key": .bool(true)], "private_key is neither a key pair nor a public key"),
            (
                ["private_key": .bytes([UInt8](repeating: 1, count: 64))],
                "private_key: the halves of the key pair do not belong together"
            ),
            (
                ["seed": .string("hunter2 " + phrase.dropFirst(7))],
                "seed: word 1 of the phrase is not in the English word list"
            ),
        ] as [(ValueMap, String)])
    func `says what it cannot take, and quotes nothing of it`(inputs: ValueMap, message: String) throws {
        #expect(try made(inputs).pubkey == message)
    }

    @Test func `draws another one each time, where no seed is as good as none`() throws {
        let keys = Set(
            try [[:], ["seed": .null], ["seed": .null, "private_key": .null]].map { try made($0).pubkey })
        #expect(keys.count == 3)
        #expect(
            try made([:], isReadOnly: true).pubkey
                == "a read-only run draws no key pairs: give a seed or a private_key")
        #expect(try made(["seed": .string(Self.phrase)], isReadOnly: true).keyPair.utf8.count > 80)
    }

    // MARK: Accounts

    private static let none = #"{"jsonrpc":"2.0","id":1,"result":{"context":{"slot":1},"value":null}}"#
    private static let there =
        #"{"jsonrpc":"2.0","id":1,"result":{"context":{"slot":1},"value":{"lamports":1,"data":["","base64"]}}}"#

    @Test func `asks whether there is an account`() throws {
        let server = NotedServer(200, Self.none)
        let inputs: ValueMap = ["seed": .string(Self.phrase), "check_new_account": .bool(true)]
        #expect(try made(inputs, server: server).pubkey == "HCwZChYsaSeBQ9GE8GWgxuRv5ffH95aQXH2c8vw4rAqc")
        #expect(
            server.asked == """
                POST https://api.devnet.solana.com/
                Content-Type: application/json

                {"jsonrpc":"2.0","id":1,"method":"getAccountInfo","params":["HCwZChYsaSeBQ9GE8GWgxuRv5ffH95aQXH2c8vw4rAqc",\
                {"commitment":"processed","encoding":"base64","dataSlice":{"offset":0,"length":0}}]}
                """)
    }

    @Test func `refuses a key that has an account, and draws a few others at most`() throws {
        let key = Value.string("HCwZChYsaSeBQ9GE8GWgxuRv5ffH95aQXH2c8vw4rAqc")
        for (inputs, count) in [
            (["seed": .string(Self.phrase)], 1), (["private_key": key], 1), ([:], 3),
        ] as [(ValueMap, Int)] {
            let server = NotedServer(200, Self.there)
            let made = try made(inputs.setting("check_new_account", to: .bool(true)), server: server)
            #expect(made.pubkey == "account already exists")
            #expect(server.askedCount == count)
        }
    }

    @Test func `fails if nobody can say whether there is an account`() throws {
        for (status, body, message) in [
            (429, "slow down", "getAccountInfo: status code: 429\nslow down"),
            (
                200, #"{"error":{"code":-32602,"message":"Invalid param"}}"#,
                "getAccountInfo: Invalid param (code -32602)"
            ),
            (200, "{}", "getAccountInfo: the answer is not one of JSON-RPC"),
        ] {
            let made = try made(
                ["check_new_account": .bool(true)], server: NotedServer(status, type: "text/plain", body))
            #expect(made.pubkey == message)
        }
    }
}
