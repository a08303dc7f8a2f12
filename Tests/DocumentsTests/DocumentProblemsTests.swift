import Engine
import Primitives
import TestKit
import Testing

@testable import Documents

@Suite struct `The problems of a document` {
    private static func node(_ members: String) -> String { #"{"nodes":[{"id":"\#(id(1))",\#(members)}]}"# }

    @Test(arguments: [
        ("", "the document is not valid JSON: "), ("[1,]", "the document is not valid JSON: "),
        ("7", "the document is not a JSON object"), ("[{},{}]", "the document is not a JSON object"),
        (#"{"flow":null}"#, "the document is not a JSON object"), ("{}", "the document has no nodes"),
        (#"{"nodes":{}}"#, "nodes must be an array"), (#"{"nodes":[],"edges":7}"#, "edges must be an array"),
        (#"{"nodes":[],"environment":{"A":1}}"#, #"environment "A" must be a string"#),
        (#"{"nodes":[],"environment":[]}"#, "environment must be an object of strings"),
        (
            #"{"nodes":[],"current_network":{"cluster":"moon"}}"#,
            "network must have a cluster that is one of devnet, testnet, mainnet-beta"
        ), (#"{"nodes":[],"sol_network":"devnet"}"#, "network must have a cluster"),
        (#"{"nodes":[],"instructions_bundling":"On"}"#, "instructions_bundling must be Off or Automatic"),
        (#"{"nodes":[],"is_public":"yes"}"#, "is_public must be true or false"),
        (#"{"nodes":[7]}"#, "node number 1 has no id that is a UUID"),
        (#"{"nodes":[{"id":"x"}]}"#, "node number 1 has no id that is a UUID"),
        (node(#""data":7"#), "node \(id(1)) has no data"),
        (node(#""data":{}"#), "node \(id(1)) has no node_id"),
        (
            node(#""data":{"node_id":"const","ports":{"inputs":7}}"#),
            "node \(id(1)): its inputs must be an array"
        ),
        (
            node(#""data":{"node_id":"const","ports":{"outputs":[7]}}"#),
            "node \(id(1)): output number 1 must be an object"
        ),
        (
            node(#""data":{"node_id":"const","ports":{"outputs":[{}]}}"#),
            "node \(id(1)): output number 1 has no name"
        ),
        (
            node(#""data":{"node_id":"const","ports":{"outputs":[{"name":"o"}]}}"#),
            #"node \#(id(1)): output number 1 "o" has no id that is a UUID"#
        ),
        (
            node(#""data":{"node_id":"const","inputs":[{"name":"i","id":"z"}]}"#),
            #"node \#(id(1)): input number 1 "i" has no id that is a UUID"#
        ), (node(#""data":{"node_id":"const","config":[]}"#), "node \(id(1)): config must be an object"),
        (node(#""data":{"node_id":"const","type":"rust","inputs":[]}"#), "node \(id(1)) has an unknown type"),
        (node(#""data":{"node_id":"nope"}"#), "failed to create command: not found: nope"),
        (node(#""type":"WASM","data":{"node_id":"const"}"#), "failed to create command: not found: const"),
        (node(#""data":{"node_id":"deno_x"}"#), "failed to create command: not found: deno_x"),
        (
            node(#""data":{"node_id":"const","config":{"type":"File","value":1}}"#),
            "failed to create command: const.file.value must be array<string>"
        ),
        (
            node(#""data":{"node_id":"const","config":{"value":1e999}}"#),
            #"node \#(id(1)): its config "value" cannot be read: number out of range"#
        ),
        (#"{"nodes":[],"edges":[{}]}"#, "edge number 1: its source is not a UUID"),
        (#"{"nodes":[],"edges":[7]}"#, "edge number 1: its source is not a UUID"),
    ])
    func `are told one by one`(text: String, message: String) {
        let found = problems(text)
        #expect(found.first?.hasPrefix(message) == true, "\(found)")
    }

    @Test(arguments: [
        (edge(1, 9), []),
        ("\(id(9)) \(id(1, 16)) \(id(2)) \(id(2, 32))", ["edge's source not found: \(id(9))"]),
        (edge(9, 2), []), (edge(1, 2), []),
        (edge(1, 2, to: 7), []),
        (edge(1, 2, from: 7), []),
        (
            "\(id(1)) \(id(2, 16)) \(id(2)) \(id(2, 32))",
            ["edge of node \(id(1)) uses the port \(id(2, 16)) of another node"]
        ),
        (
            "\(id(1)) \(id(1, 16)) \(id(2)) \(id(3, 32))",
            ["edge of node \(id(2)) uses the port \(id(3, 32)) of another node"]
        ),
        (
            "\(id(2)) \(id(2, 32)) \(id(3)) \(id(3, 32))",
            [#"node \#(id(2)):@spo/std.to_string.0.1 has no output "stringify""#]
        ),
        (
            "\(id(2)) passthrough-\(id(2, 32)) \(id(3)) \(id(3, 32))",
            [#"node \#(id(2)):@spo/std.to_string.0.1 has no output "stringify""#]
        ),
        (
            "\(id(1)) \(id(1, 16)) \(id(3)) \(id(3, 16))",
            [#"node \#(id(3)):@spo/std.wait.0.1 has no input "extra""#]
        ), ("\(id(3)) passthrough-\(id(3, 32)) \(id(2)) \(id(2, 32))", []),
        ("\(id(3)) \(id(3, 32)) \(id(2)) \(id(2, 32))", []),
        (
            "\(id(1)) x \(id(2)) y",
            [
                "edge number 1: its sourceHandle is not a UUID",
                "edge number 1: its targetHandle is not a UUID",
            ]
        ),
        ("\(id(1)) passthrough-x \(id(2)) \(id(2, 32))", ["edge number 1: its sourceHandle is not a UUID"]),
    ])
    func `of edges are found by ids of ports`(edge: String, found: [String]) {
        let nodes = [
            "const out:output", "to_string in:stringify out:result", "wait in:value,wait_for out:extra",
        ]
        #expect(problems(document(nodes: nodes, edges: [edge])) == found)
    }

    @Test func `are all found at once, with node and port`() throws {
        let bytes = document(
            nodes: [
                "const out:output", "nope in:a out:b",
                #"const out:output config:{"type":"JSON","value":"["}"#, "to_string in:stringify out:result",
                #"math in:a config:{"a":{"vault_ref":"x"}}"#, "to_string in:stringify",
            ],
            edges: [
                edge(1, 4), edge(3, 4), edge(2, 4), edge(1, 2), "\(id(9)) \(id(1, 16)) \(id(4)) \(id(4, 32))",
                edge(1, 6), edge(4, 6),
            ],
            members: #""environment":{"A":1},"#)
        let thrown = #expect(throws: GraphProblems.self) { try compiler.compile(bytes) }
        let problems = try #require(thrown).problems
        #expect(
            problems.map { String($0.description.prefix(48)) } == [
                #"environment "A" must be a string"#, "failed to create command: not found: nope (node ",
                "failed to create command: const.value is not val",
                String("node \(id(5)):a has malformed vault_ref: x".prefix(48)),
                "edge's source not found: 00000000-0000-4000-8000",
                "2 edges connected to the same target: node 00000",
            ])
        #expect(
            problems.map { "\($0.node?.text.suffix(4) ?? "") \($0.port ?? "")" } == [
                " ", "0200 ", "0300 ", "0500 a", "0900 ", "0600 stringify",
            ])
    }

    @Test func `are told up to a bound`() throws {
        let count = Limits.documentProblemsMax + 50
        let bytes = document(nodes: (0..<count).map { _ in "nope" })
        let found = problems(bytes)
        #expect(found.count == Limits.documentProblemsMax + 1)
        #expect(found.last == "and 50 more problems")
    }

    @Test func `two nodes of one id are one of them`() {
        let text =
            #"{"nodes":[{"id":"\#(id(1))","data":{"node_id":"const"}},{"id":"\#(id(1))","data":{"node_id":"const"}}]}"#
        #expect(problems(text) == ["two nodes have the id \(id(1))"])
    }

    @Test func `a cycle is one of them`() {
        let wait = #"wait in:value,wait_for out:- config:{"wait_for":{"N":0}}"#
        let back = "\(id(2)) passthrough-\(id(2, 32)) \(id(1)) \(id(1, 32))"
        let forth = "\(id(1)) passthrough-\(id(1, 32)) \(id(2)) \(id(2, 32))"
        #expect(
            problems(document(nodes: [wait, wait], edges: [forth, back])) == [
                "sort_transactions failed: graph has cycle"
            ])
    }

    @Test func `the text of a document is quoted only a little`() {
        let long = String(repeating: "x", count: 100_000)
        for text in [
            Self.node(#""data":{"node_id":"\#(long)"}"#), #"{"nodes":[],"environment":{"\#(long)":1}}"#,
        ] {
            #expect(problems(text).joined().utf8.count < 2_000)
        }
    }

    @Test func `too many nodes are refused before anything else`() {
        let nodes = Array(repeating: "0", count: Limits.nodesPerFlowMax + 1).joined(separator: ",")
        #expect(problems("{\"nodes\":[\(nodes)]}") == ["the document has 100001 nodes, more than 100000"])
        let edges = Array(repeating: "0", count: Limits.edgesPerFlowMax + 1).joined(separator: ",")
        #expect(
            problems("{\"nodes\":[],\"edges\":[\(edges)]}") == [
                "the document has 400001 edges, more than 400000"
            ])
    }

    /// Spec flow-engine 2.1.
    @Test(arguments: [
        ("math", true), ("@spo/std.math.0.1", true), ("@spo/std.math.9.9.9", true),
        ("@spo/other.math.0.1", true), ("@spo/math", true), ("@spo/std.math", false),
        ("@acme/std.math.0.1", false),
        ("std.math.0.1", false), ("@spo/std.const.2.0.0", true), ("Math", false), ("@spo/", false),
        ("@spo/..", false), ("", false), ("@spo/std.@spo/std.math.0.1", false),
    ])
    func `names of kinds have aliases in one scope only`(name: String, isKnown: Bool) {
        let expected = isKnown ? [] : ["failed to create command: not found: \(name) (node \(id(1)))"]
        #expect(problems(Self.node(#""data":{"node_id":"\#(name)"}"#)) == expected)
    }

    /// Spec flow-engine 2.4.
    @Test(arguments: [
        (#"{"vault_ref":7}"#, "has malformed vault_ref: vault_ref must be a string"),
        (#"{"vault_ref":" "}"#, "has malformed vault_ref: vault_ref cannot be empty"),
        (#"{"vault_ref":"key"}"#, "has malformed vault_ref: vault_ref must use provider/keyLabel format"),
        (#"{"vault_ref":"/key"}"#, "has malformed vault_ref: vault_ref must use provider/keyLabel format"),
        (#"{"vault_ref":"openai/"}"#, "has malformed vault_ref: vault_ref must use provider/keyLabel format"),
    ])
    func `references to secrets must be written as they should be`(reference: String, message: String) {
        #expect(
            problems(document(nodes: ["math in:a config:{\"operator\":\(reference)}"])) == [
                "node \(id(1)):operator \(message)"
            ])
    }

    @Test func `a reference to a secret names it, at an input that takes texts`() throws {
        let node = #"math in:a config:{"operator":{"vault_ref":" openai / key "}}"#
        let graph = try compiler.compile(document(nodes: [node])).graph
        #expect(graph.vaultNames == [VaultName(provider: "openai", label: "key")])
        #expect(
            problems(document(nodes: [#"math in:a config:{"a":{"vault_ref":"openai/key"}}"#])) == [
                "node \(id(1)):a vault_ref requires a string-compatible input, found [number]"
            ])
    }

    @Test func `what only looks like a secret is a value`() {
        #expect(
            problems(document(nodes: [#"math in:a config:{"operator":{"vault_ref":"a/b","x":1}}"#])).isEmpty)
        #expect(
            problems(document(nodes: [#"const out:output config:{"value":{"vault_ref":"a/b"}}"#])).isEmpty)
        #expect(problems(document(nodes: [#"math in:a config:{"color":{"vault_ref":"a/b"}}"#])).isEmpty)
    }
}

@Suite struct `The warnings of a document` {
    private static func warnings(_ nodes: [String], _ edges: [String] = []) throws -> [String] {
        try compiler.compile(document(nodes: nodes, edges: edges)).warnings
    }

    @Test func `name edges whose handles are no ports`() throws {
        let found = try Self.warnings(
            ["const out:output", "to_string in:stringify"],
            [edge(1, 2), edge(1, 2, to: 5), edge(1, 2, from: 5)])
        #expect(
            found == [
                "edge from node \(id(1)) to node \(id(2)) left out: \(id(2, 37)) is no port",
                "edge from node \(id(1)) to node \(id(2)) left out: \(id(1, 21)) is no port",
            ])
    }

    @Test func `name required inputs that nothing feeds`() throws {
        let found = try Self.warnings(
            [
                #"math in:a,b config:{"operator":"+"}"#, "const out:output", "flow_output in:result",
                "range in:start,end",
            ], [edge(2, 1)])
        #expect(
            found
                == [
                    (1, "@spo/std.math.0.1", "b"), (3, "flow_output", "result"),
                    (4, "@spo/std.range.0.1", "start"), (4, "@spo/std.range.0.1", "end"),
                ].map {
                    #"node \#(id($0)):\#($1) input "\#($2)" is required, but has neither an edge nor a configured value"#
                })
    }

    @Test func `name flow outputs of one name`() throws {
        let found = try Self.warnings(
            ["const out:output", "flow_output in:x", "flow_output in:x", "flow_output in:y"],
            [edge(1, 2), edge(1, 3), edge(1, 4)])
        #expect(found == [#"several flow outputs are called "x": the last one in the document counts"#])
    }

    @Test func `name edges out of mock nodes, and nobody misses the others`() throws {
        let text = #"""
            {"nodes":[{"id":"\#(id(1))","data":{"node_id":"const","ports":{"outputs":[{"id":"\#(id(1, 16))","name":"output"}]}}},
             {"id":"\#(id(2))","type":"mock","data":{"node_id":"json_viewer","ports":{"inputs":[{"id":"\#(id(2, 32))","name":"in"}],"outputs":[{"id":"\#(id(2, 16))","name":"out"}]}}},
             {"id":"\#(id(3))","data":{"node_id":"to_string","ports":{"inputs":[{"id":"\#(id(3, 32))","name":"stringify"}]},"config":{"stringify":1}}}],
             "edges":[{"source":"\#(id(1))","sourceHandle":"\#(id(1, 16))","target":"\#(id(2))","targetHandle":"\#(id(2, 32))"},
                      {"source":"\#(id(2))","sourceHandle":"\#(id(2, 16))","target":"\#(id(3))","targetHandle":"\#(id(3, 32))"}]}
            """#
        let flow = try compiler.compile(Array(text.utf8))
        #expect(flow.graph.nodes.map(\.kindName) == ["const", "@spo/std.to_string.0.1"])
        #expect(flow.warnings == ["edge from mock node \(id(2)) to node \(id(3)) left out"])
    }

    @Test func `name edges to nodes that do not exist`() throws {
        let text = #"""
            {"nodes":[{"id":"\#(id(1))","data":{"node_id":"const","ports":{"inputs":[{"id":"\#(id(7, 32))","name":"x"}],"outputs":[{"id":"\#(id(1, 16))","name":"output"}]}}}],
             "edges":[{"source":"\#(id(1))","sourceHandle":"\#(id(1, 16))","target":"\#(id(7))","targetHandle":"\#(id(7, 32))"}]}
            """#
        #expect(
            try compiler.compile(Array(text.utf8)).warnings == [
                "edge from node \(id(1)) ignored: its target \(id(7)) does not exist"
            ])
    }

    @Test func `a nameless port of the flow's border is called as the node is`() throws {
        let nodes = [
            #"flow_input out: config:{"label":"pubkey"}"#,
            #"flow_output in: config:{"label":{"S":"balance"}}"#,
        ]
        let flow = try compiler.compile(document(nodes: nodes, edges: [edge(1, 2)]))
        #expect(flow.warnings.isEmpty)
        #expect(flow.graph.nodes.map(\.role) == [.flowInput("pubkey"), .flowOutput("balance")])
    }
}
