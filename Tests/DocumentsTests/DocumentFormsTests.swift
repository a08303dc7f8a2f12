import Chain
import Documents
import Engine
import Nodes
import Primitives
import Testing

@Suite struct `The forms of a document` {
    private static let edges =
        #""edges":[{"id":"e","source":"\#(id(1))","sourceHandle":"\#(id(1, 16))","target":"\#(id(2))","targetHandle":"\#(id(2, 32))","type":"custom"}]"#

    /// Spec flow-engine 1.3.
    private static let row = #"""
        {"nodes":[
          {"id":"\#(id(1))","type":"native","position":{"x":1,"y":2},"width":300,
           "data":{"node_id":"const","version":"0.1","name":"Const","style":{},
             "ports":{"inputs":[],"outputs":[{"id":"\#(id(1, 16))","name":"output","type":"free","optional":false,"tooltip":"t"}]},
             "config":{"type":"JSON","value":{"U":"1"}}}},
          {"id":"\#(id(2))","data":{"node_id":"to_string",
             "ports":{"inputs":[{"id":"\#(id(2, 32))","name":"stringify","type_bounds":["free"],"required":true,"passthrough":false}],
               "outputs":[{"id":"\#(id(2, 16))","name":"result"}]}}}],
         \#(edges)}
        """#

    /// Spec flow-engine 1.4.
    private static let wire = #"""
        {"nodes":[
          {"id":"\#(id(1))","data":{"type":"native","node_id":"const","inputs":[],"instruction_info":null,
             "outputs":[{"id":"\#(id(1, 16))","name":"output","type":"free","optional":false}],
             "config":{"value":{"U":"1"},"type":"JSON"}}},
          {"id":"\#(id(2))","data":{"type":"native","node_id":"to_string","config":null,
             "inputs":[{"id":"\#(id(2, 32))","name":"stringify","type_bounds":["free"],"required":true,"passthrough":false}],
             "outputs":[{"id":"\#(id(2, 16))","name":"result"}]}}],
         \#(edges)}
        """#

    /// Spec flow-engine 1.7.
    private static let first = #"""
        {"id":5,"nodes":[
          {"id":"\#(id(1))","type":"native","data":{"type":"native","node_id":"const","targets":[],
             "sources":[{"id":"\#(id(1, 16))","name":"output","type":"free","defaultValue":""}],
             "targets_form":{"json_schema":{},"form_data":{"value":{"U":"1"},"type":"JSON"}}}},
          {"id":"\#(id(2))","data":{"node_id":"to_string",
             "targets":[{"id":"\#(id(2, 32))","name":"stringify","acceptHandles":["free"],"required":true,"defaultValue":""}],
             "sources":[{"id":"\#(id(2, 16))","name":"result","type":"free"}],"targets_form.form_data":null}}],
         \#(edges)}
        """#

    @Test(arguments: [
        wire, first, #"{"flow":\#(row),"bookmarks":[]}"#, "[\(row)]", #"[{"flow":\#(first)}]"#,
        #"{"flow":\#(wire)}"#, "\u{FEFF}\(wire)",
    ])
    func `mean the same flow`(text: String) throws {
        let canonical = try FlowDocument(Array(Self.row.utf8)).canonical
        let document = try FlowDocument(Array(text.utf8))
        #expect(document.problems.isEmpty)
        #expect(
            String(decoding: document.canonical, as: UTF8.self) == String(decoding: canonical, as: UTF8.self))
        let flow = try compiler.compile(Array(text.utf8))
        #expect(flow.graph.nodes.map(\.kindName) == ["const", "@spo/std.to_string.0.1"])
        #expect(flow.warnings.isEmpty)
    }

    @Test func `have defaults on their ports in the first generation, and the form wins`() throws {
        let text = #"""
            {"nodes":[{"id":"\#(id(1))","data":{"node_id":"math","sources":[],"targets":[
              {"id":"\#(id(1, 32))","name":"a","defaultValue":1},{"id":"\#(id(1, 33))","name":"b","defaultValue":2},
              {"id":"\#(id(1, 34))","name":"operator","defaultValue":null}],
              "targets_form.form_data":{"b":3,"operator":"+"}}}]}
            """#
        let node = try #require(try compiler.compile(Array(text.utf8)).graph.nodes.first)
        #expect(node.defaults == ["a": .u64(1), "b": .u64(3), "operator": .string("+")])
    }

    @Test(arguments: [
        (#""type":"native","data":{"node_id":"deno_script","ports":{}}"#, "deno"),
        (#""data":{"node_id":"@x/y/bun_thing","ports":{}}"#, "bun"),
        (#""type":"deno","data":{"node_id":"const","ports":{}}"#, "deno"),
        (#""type":"WASM","data":{"node_id":"const","ports":{}}"#, "WASM"),
        (#""type":"wasm","data":{"node_id":"const","ports":{}}"#, "WASM"),
        (#""data":{"type":"wasm","node_id":"const","inputs":[]}"#, "WASM"),
        (#""type":"Deno","data":{"node_id":"const","sources":[]}"#, "deno"),
        (#""type":"custom","data":{"node_id":"const","ports":{}}"#, "native"),
        (#""data":{"node_id":"denoise","ports":{}}"#, "native"),
        (#""type":7,"data":{"node_id":"const"}"#, "native"),
        (#""data":{"type":"bun","node_id":"const","inputs":[]}"#, "bun"),
        (#""data":{"type":"mock","node_id":"const","outputs":[]}"#, "mock"),
        (#""data":{"type":"native","node_id":"deno_script","inputs":[]}"#, "native"),
        (#""type":"mock","data":{"node_id":"const","sources":[]}"#, "mock"),
    ])
    func `tell what runs a node`(members: String, runtime: String) throws {
        let document = try FlowDocument(Array(#"{"nodes":[{"id":"\#(id(1))",\#(members)}]}"#.utf8))
        #expect(document.problems.isEmpty)
        #expect(String(decoding: document.canonical, as: UTF8.self).contains(#""type":"\#(runtime)"}"#))
    }

    @Test func `settings have defaults`() throws {
        let settings = try FlowDocument(Array(#"{"nodes":[]}"#.utf8)).settings
        #expect(settings == FlowSettings())
        #expect(settings.network == FlowNetwork(url: "https://api.devnet.solana.com", cluster: "devnet"))
        #expect(
            settings.bundling == "Off" && !settings.isPublic && settings.number == nil && settings.uuid == nil
        )
        let nulls =
            #"{"nodes":[],"edges":null,"environment":null,"current_network":null,"instructions_bundling":null,"is_public":null,"name":null}"#
        #expect(try FlowDocument(Array(nulls.utf8)).settings == FlowSettings())
    }

    @Test func `settings are read in both spellings`() throws {
        let text = #"""
            {"flow":{"id":7,"uuid":"\#(id(9))","name":"N","description":"D","nodes":[],"environment":{"A":"1","B":""},
             "current_network":{"id":"x","url":"http://localhost:8899","type":"default","cluster":"testnet"},"instructions_bundling":"Automatic",
             "isPublic":true,"start_shared":true,"start_unverified":true,"read_enabled":true}}
            """#
        let settings = try FlowDocument(Array(text.utf8)).settings
        #expect(settings.name == "N" && settings.description == "D" && settings.number == 7)
        #expect(settings.uuid == UniqueID(id(9)))
        #expect(settings.environment == ["A": "1", "B": ""])
        #expect(settings.network == FlowNetwork(url: "http://localhost:8899", cluster: "testnet"))
        #expect(settings.bundling == "Automatic" && settings.isPublic && settings.startShared)
        #expect(settings.startUnverified && settings.readEnabled)
        let other =
            #"{"id":"\#(id(8))","nodes":[],"is_public":true,"sol_network":{"cluster":"mainnet-beta"}}"#
        let others = try FlowDocument(Array(other.utf8)).settings
        #expect(others.uuid == UniqueID(id(8)) && others.isPublic && others.number == nil)
        let both = #"{"id":"\#(id(8))","uuid":"\#(id(9))","nodes":[]}"#
        #expect(try FlowDocument(Array(both.utf8)).settings.uuid == UniqueID(id(8)))
        #expect(
            others.network == FlowNetwork(url: "https://api.mainnet-beta.solana.com", cluster: "mainnet-beta")
        )
    }
}

@Suite struct `The canonical form of a document` {
    private static let text = #"""
        {"nodes":[{"id":"\#(id(1))","data":{"node_id":"const","ports":{"outputs":[{"name":"output","id":"\#(id(1, 16))"}]},
          "config":{"value":{"b":1,"a":{"z":1.50,"y":[1e3]}},"type":"JSON"}}}],"environment":{"B":"2","A":"1"}}
        """#

    @Test func `does not depend on order, white space, editors or the name`() throws {
        let other = #"""
            { "name": "other", "environment": {"A": "1", "B": "2"}, "viewport": {"x": 1}, "edges": [], "is_public": true,
              "nodes": [{"type": "native", "position": {"x": 5}, "width": 3, "data": {"name": "n", "style": {"a": 1}, "config": {"type": "JSON",
                "value": {"b": 1, "a": {"z": 1.50, "y": [1e3]}}}, "ports": {"inputs": [], "outputs": [{"id": "\#(id(1, 16).uppercased())",
                "name": "output", "tooltip": "here", "type": "free"}]}, "node_id": "const"}, "id": "\#(id(1).replacing("-", with: ""))"}]}
            """#
        let (first, second) = (try FlowDocument(Array(Self.text.utf8)), try FlowDocument(Array(other.utf8)))
        #expect(
            String(decoding: first.canonical, as: UTF8.self)
                == String(decoding: second.canonical, as: UTF8.self))
    }

    @Test func `is this text`() throws {
        let expected =
            #"{"current_network":{"cluster":"devnet","url":"https://api.devnet.solana.com"},"edges":[],"environment":{"A":"1","B":"2"},"#
            + #""instructions_bundling":"Off","nodes":[{"data":{"config":{"type":"JSON","value":{"b":1,"a":{"z":1.50,"y":[1e3]}}},"#
            + #""node_id":"const","ports":{"inputs":[],"outputs":[{"id":"\#(id(1, 16))","name":"output","optional":false,"type":"free"}]}},"#
            + #""id":"\#(id(1))","type":"native"}]}"#
        #expect(
            String(decoding: try FlowDocument(Array(Self.text.utf8)).canonical, as: UTF8.self) == expected)
    }

    @Test func `is its own canonical form and names the snapshot`() throws {
        let canonical = try FlowDocument(Array(Self.text.utf8)).canonical
        #expect(try FlowDocument(canonical).canonical == canonical)
        let flow = try compiler.compile(Array(Self.text.utf8))
        #expect(flow.snapshot.document == canonical)
        #expect(flow.snapshot.hash == Array(canonical.prefix(8)))
        #expect(
            flow.environment == ["A": "1", "B": "2"] && flow.bundling == "Off"
                && flow.terms.chain == ChainTerms())
    }

    @Test func `changes with the order inside of a value and with everything that a run sees`() throws {
        let canonical = try FlowDocument(Array(Self.text.utf8)).canonical
        for (part, change) in [
            (#""b":1,"a":{"z":1.50,"y":[1e3]}"#, #""a":{"z":1.50,"y":[1e3]},"b":1"#), ("1.50", "1.5"),
            (#""B":"2""#, #""B":"3""#),
            (#""nodes":["#, #""instructions_bundling":"Automatic","nodes":["#),
            (#""name":"output""#, #""name":"Source""#),
            (#""nodes":["#, #""current_network":{"cluster":"testnet"},"nodes":["#),
        ] {
            #expect(
                try FlowDocument(Array(Self.text.replacing(part, with: change).utf8)).canonical != canonical)
        }
    }

    @Test func `rows keep what editors need`() throws {
        let text = #"""
            {"nodes":[{"id":"\#(id(1))","position":{"x":1,"y":2},"width":300,"height":120,"selected":true,"data":{"type":"native","node_id":"wait",
              "name":"Wait","version":"0.1","style":{"c":1},"outputs":[],"inputs":[{"id":"\#(id(1, 32))","name":"value","tooltip":"t","passthrough":true}],"config":7}}],
             "edges":[{"source":"\#(id(1))","sourceHandle":"passthrough-\#(id(1, 32))","target":"\#(id(2))","targetHandle":"\#(id(2, 32))","id":"e"}]}
            """#
        let document = try FlowDocument(Array(text.utf8))
        #expect(
            String(decoding: document.nodesRow, as: UTF8.self)
                == #"[{"data":{"config":{},"name":"Wait","node_id":"wait","ports":{"inputs":[{"id":"\#(id(1, 32))","name":"value","passthrough":true,"required":false,"#
                + #""tooltip":"t","type_bounds":[]}],"outputs":[]},"style":{"c":1},"version":"0.1"},"height":120,"id":"\#(id(1))","position":{"x":1,"y":2},"type":"native","width":300}]"#
        )
        #expect(
            String(decoding: document.edgesRow, as: UTF8.self)
                == #"[{"source":"\#(id(1))","sourceHandle":"passthrough-\#(id(1, 32))","target":"\#(id(2))","targetHandle":"\#(id(2, 32))"}]"#
        )
        #expect(String(decoding: document.environmentRow, as: UTF8.self) == "{}")
        #expect(
            String(decoding: document.networkRow, as: UTF8.self)
                == #"{"cluster":"devnet","url":"https://api.devnet.solana.com"}"#)
    }
}

@Suite struct `Names of kinds with any number of ports` {
    @Test(
        arguments: [
            ("rhai_script", true), ("rhai_script_1x1", true), ("rhai_script_9x9", true),
            ("@spo/rhai.rhai_script_2x1.0.1", true), ("@spo/rhai.rhai_script_0x7.0.1", true),
            ("@spo/rhai_script_1x1", true), ("@spo/std.rhai_script", true), ("rhai_script_of_mine", true),
            ("rhai_scripts", false), ("my_rhai_script_1x1", false), ("@me/rhai.rhai_script_1x1.0.1", false),
            ("const_1x1", false),
        ])
    func `are those of the family`(name: String, isKnown: Bool) throws {
        let text =
            #"{"nodes":[{"id":"\#(UniqueID(high: 0, low: 1).text)","data":{"node_id":"\#(name)","config":{"source":"1"}}}],"edges":[]}"#
        let compiler = FlowDocumentCompiler(registry: NodeLibrary.registry(), digest: { $0 })
        guard isKnown else {
            let error = #expect(throws: GraphProblems.self) { try compiler.compile(Array(text.utf8)) }
            #expect(error?.problems.first?.isLack == true)
            return
        }
        #expect(try compiler.compile(Array(text.utf8)).graph.nodes[0].kindName.contains("rhai_script"))
    }
}
