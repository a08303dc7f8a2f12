import Engine
import Primitives
import TestKit
import Testing
import Values
import Wire

@testable import Nodes

@Suite struct `Every kind of node` {
    private static let kinds = NodeLibrary.kinds(.unavailable)

    private static let hidden = "hunter2-correct-horse"

    /// A secret text, a secret key pair, and both inside of other values.
    private static let secrets: [Value] = {
        let text = Value.vaultSecret(hidden, provider: "p", label: "l")
        let pair =
            Bytes64(Array((hidden + String(repeating: "x", count: 64)).utf8.prefix(64)))
            .map { Value.keyPairSecret($0) } ?? .null
        return [text, pair, .array([text, pair]), .map(["a": text, "public_key": pair])]
    }()

    /// The hidden text as it would look in every encoding that a node could write.
    private static let traces: [String] = {
        let bytes = Array(hidden.utf8)
        return [
            hidden, hidden.uppercased(), String(hidden.reversed()), Hexadecimal.encode(bytes.prefix(9)),
            String(Base64.encode(bytes).prefix(12)), bytes.prefix(6).map(String.init).joined(separator: ","),
            bytes.prefix(6).map { #"{"U":"\#($0)"}"# }.joined(separator: ","),
        ]
    }()

    @Test func `hands secrets on, uses them, but never shows them`() throws {
        var trials = 0
        for kind in Self.kinds {
            guard let node = KindTrial.node(of: kind) else { continue }
            let plausible = ValueMap(node.inputs.map { ($0.name, $0.plausibleValue) })
            for secret in Self.secrets {
                var everywhere = plausible
                for port in node.inputs {
                    var inputs = plausible
                    inputs[port.name] = secret
                    everywhere[port.name] = secret
                    for inputs in [inputs, everywhere] {
                        let text = KindTrial(node, inputs).text
                        trials += 1
                        for trace in Self.traces {
                            #expect(!text.contains(trace), "\(kind.name) shows the secret at \(port.name)")
                        }
                    }
                }
            }
        }
        #expect(trials > 1_000)
    }

    @Test func `is told when a whole value with a secret is to become text or bytes`() throws {
        for (name, port) in [
            ("to_string", "stringify"), ("to_bytes", "string"), ("json_stringify", "value"),
        ] {
            let node = try NodeBench(name).node
            for secret in Self.secrets {
                let trial = KindTrial(node, [port: secret])
                #expect(
                    trial.text == "the value is or holds a secret, which this node must not use", "\(name)")
            }
        }
    }

    /// What is known of these comes from somewhere else, or is drawn; a code under a key tells keys apart.
    private static let telling: Set<String> = [
        "@spo/crypto.hash.0.1", "@spo/std.uuid.0.1", "@spo/std.random.0.1", "@spo/time.now.0.1",
    ]

    /// Two secrets of one name: who does not know which one it is must not find out by comparing.
    @Test func `does not tell whether a secret is what somebody guesses`() throws {
        func secret(_ text: String) -> Value { .vaultSecret(text, provider: "p", label: "l") }
        var trials = 0
        for kind in Self.kinds where !Self.telling.contains(kind.name) {
            guard let node = KindTrial.node(of: kind) else { continue }
            let plausible = ValueMap(node.inputs.map { ($0.name, $0.plausibleValue) })
            for guess in [Value.string("a"), secret("a")] {
                for port in node.inputs {
                    for other in node.inputs {
                        let texts = ["a", "b"].map { text in
                            var inputs = plausible
                            inputs[other.name] = guess
                            inputs[port.name] = secret(text)
                            let bare = KindTrial(node, inputs).text
                            inputs[port.name] = .array([guess, secret(text), guess])
                            let among = KindTrial(node, inputs).text
                            inputs[port.name] = .array([.map(["a": secret(text)]), .map(["a": guess])])
                            return [bare, among, KindTrial(node, inputs).text]
                        }
                        trials += 1
                        #expect(texts[0] == texts[1], "\(kind.name) compares \(port.name)")
                    }
                }
            }
        }
        #expect(trials > 200)
    }

    private static let secret = Value.vaultSecret("a", provider: "p", label: "l")

    @Test(
        arguments: [
            ("branch", #"{"operator":"eq"}"#, "value", secret),
            ("branch", #"{"operator":"ne","value":"a"}"#, "compare_to", secret),
            ("branch", #"{"operator":"eq"}"#, "value", .map(["a": secret])),
            ("branch", #"{"operator":"eq","field":"0"}"#, "value", .array([secret])),
            ("branch", #"{"operator":"contains","value":{"A":[]}}"#, "compare_to", secret),
            ("branch", #"{"operator":"contains","compare_to":"a"}"#, "value", .array([.null, secret])),
            ("filter", #"{"operator":"eq"}"#, "array", .array([.null, secret])),
            ("array_unique", "{}", "array", .array([secret])),
            ("array_unique", "{}", "array", .array([.null, .map(["a": secret])])),
            ("array_sort", "{}", "array", .array([.null, secret])),
            ("array_sort", #"{"field":"a"}"#, "array", .array([.map(["a": secret])])),
        ] as [(String, String, String, Value)])
    func `says that it does not compare secrets`(
        kind: String, config: String, port: String, value: Value
    ) throws {
        let bench = try NodeBench(kind, config: config)
        #expect(
            KindTrial(bench.node, bench.node.defaults.setting(port, to: value)).text
                == "the value is or holds a secret, which this node must not use")
    }

    @Test func `may ask of a secret whether it is there`() throws {
        let bench = try NodeBench("branch", config: #"{"operator":"is_null"}"#)
        let outputs = KindTrial(bench.node, bench.node.defaults.setting("value", to: Self.secret)).outputs
        #expect(outputs?.keys == ["rejected"])
    }

    // MARK: Anything at all

    private static let nasty: [Value] = {
        var deep = Value.array([])
        var deepMap = Value.map([:])
        for _ in 1..<Limits.valueDepthMax {
            deep = .array([deep])
            deepMap = .map(["a": deepMap])
        }
        let texts = [
            "", "\0", "a", "e\u{301}", "漢😀", String(repeating: "ab", count: 4_000), "[[[[[[", "{\"a\":[1,2]}",
            "(a*)*b",
            "(", "[a-z]+", "{{a}}", "{{", "/-", "/a/b/c", "~", "a.b.0", "yyyy-MM-dd", "'", "EEE a hh",
            "+99:99",
            "-23:59", "2262-04-11T23:47:16.99999Z", "1677-09-21T00:12:44Z", "$1$0", "${",
            "9223372036854775808", "hmac-sha256",
            "bytes", "upper", "v7", "/", "*", "^", "%", "gt", "contains", "starts_with", "\"a\",b\r\n1,2",
            ";",
        ]
        return texts.map { .string($0) } + [
            deep, deepMap, .null, .bool(true), .bool(false), .u64(0), .u64(1), .u64(.max), .i64(.min),
            .i64(-1),
            .u128(.max), .i128(.min), .f64(.nan), .f64(.infinity), .f64(-0.0), .f64(.greatestFiniteMagnitude),
            .f64(.leastNonzeroMagnitude), .decimal(Decimal96(mantissa: (1 << 96) - 1) ?? .zero),
            .decimal(Decimal96(mantissa: 1, scale: 28, isNegative: true) ?? .zero), .bytes([]),
            .bytes([UInt8](repeating: 255, count: 33)), .array([]), .map([:]),
            .array([Value](repeating: .u64(7), count: 3_000)), .array([.null, .string("a"), .u64(1)]),
            .map(["a": .map(["b": .array([.u64(1)])])]), .array([.map(["a": .u64(1)]), .map([:])]),
        ]
    }()

    /// A range of ten million numbers is right, but takes too long here.
    private static let slow: Set<String> = ["@spo/std.range.0.1"]

    @Test(arguments: [UInt64(1), 2])
    func `takes any input without a trap, and gives what can be written and read`(
        seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed)
        var outputCount = 0
        for kind in Self.kinds {
            guard let node = KindTrial.node(of: kind) else { continue }
            for _ in 0..<(node.inputs.isEmpty ? 1 : 120) {
                var inputs = ValueMap()
                for port in node.inputs {
                    switch Int.random(in: 0..<8, using: &generator) {
                    case 0: continue
                    case 1: inputs[port.name] = Value.random(depth: 4, using: &generator)
                    case 2, 3, 4: inputs[port.name] = Self.nasty.randomElement(using: &generator)
                    default: inputs[port.name] = port.plausibleValue
                    }
                }
                let cancellation = NodeCancellation()
                if Self.slow.contains(kind.name) { cancellation.cancel() }
                guard let outputs = KindTrial(node, inputs, cancellation: cancellation).outputs else {
                    continue
                }
                outputCount += 1
                for entry in outputs.entries {
                    let value = entry.value
                    #expect(!value.isDeeper(than: Limits.valueDepthMax), "\(kind.name)")
                    #expect(
                        value.approximateBytes(upTo: Limits.nodeOutputBytesMax) <= Limits.nodeOutputBytesMax)
                    let read = try ValueJSON.decode(try JSONValue.parse(ValueJSON.encode(value)))
                    #expect(read == value || value.holdsNaN, "\(kind.name)")
                }
            }
        }
        #expect(outputCount > 1_000)
    }
}
