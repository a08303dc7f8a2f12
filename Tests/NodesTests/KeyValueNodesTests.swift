import Nodes
import Primitives
import TestKit
import Testing
import Values

@testable import Engine

/// Spec nodes 2.6.
@Suite struct `The nodes of key-value stores` {
    private let bench = AnswerBench()

    private func write(_ key: String, _ value: String, in store: String = "s") throws {
        _ = try bench.result("kv_create_store", #"{"store":{"S":"\#(store)"}}"#)
        _ = try bench.result(
            "kv_write_item", #"{"store":{"S":"\#(store)"},"key":{"S":"\#(key)"},"value":\#(value)}"#)
    }

    @Test func `create, fill, read, empty and delete a store`() throws {
        let item = #""store":{"S":"s"},"key":{"S":"k"}"#
        #expect(try bench.result("kv_create_store", #"{"store":{"S":"s"}}"#) == "{}")
        #expect(
            try bench.result("kv_create_store", #"{"store":{"S":"s"}}"#) == "failed: database already exists")
        #expect(
            try bench.result("kv_write_item", #"{\#(item),"value":{"U":"1"}}"#) == #"{"old_value":{"N":0}}"#)
        #expect(
            try bench.result("kv_write_item", #"{\#(item),"value":{"N":0}}"#) == #"{"old_value":{"U":"1"}}"#)
        #expect(try bench.result("kv_read_item", "{\(item)}") == #"{"value":{"N":0},"found":{"B":true}}"#)
        #expect(try bench.result("kv_delete_item", "{\(item)}") == #"{"old_value":{"N":0}}"#)
        #expect(try bench.result("kv_delete_item", "{\(item)}") == #"{"old_value":{"N":0}}"#)
        #expect(try bench.result("kv_delete_store", #"{"store":{"S":"s"}}"#) == "{}")
        #expect(
            try bench.result("kv_delete_store", #"{"store":{"S":"s"}}"#) == "failed: store not found")
        #expect(try bench.result("kv_delete_item", "{\(item)}") == "failed: store not found")
        #expect(
            try bench.result("kv_write_item", #"{\#(item),"value":{"N":0}}"#) == "failed: store not found")
    }

    @Test(arguments: ["s", "missing"]) func `read a default where nothing is`(store: String) throws {
        try write("other", #"{"U":"1"}"#)
        let item = #""store":{"S":"\#(store)"},"key":{"S":"k"}"#
        #expect(try bench.result("kv_read_item", "{\(item)}") == "failed: not found")
        #expect(try bench.result("kv_read_item", #"{\#(item),"default":{"N":0}}"#) == "failed: not found")
        #expect(
            try bench.result("kv_read_item", #"{\#(item),"default":{"S":"d"}}"#)
                == #"{"value":{"S":"d"},"found":{"B":false}}"#)
    }

    @Test func `use the stores of the flow's owner`() throws {
        let stores = MemoryKeyValues()
        let mine = AnswerBench(keyValues: stores)
        let yours = AnswerBench(keyValues: stores)
        #expect(try mine.result("kv_create_store", #"{"store":{"S":"s"}}"#) == "{}")
        #expect(try yours.result("kv_delete_store", #"{"store":{"S":"s"}}"#) == "failed: store not found")
    }

    @Test(arguments: [
        ("kv_create_store", #"{}"#, "missing field `store`"),
        ("kv_create_store", #"{"store":{"U":"1"}}"#, "invalid type: integer `1`, expected a string"),
        ("kv_create_store", #"{"store":{"S":"1"}}"#, "\(KeyValueError.invalidStoreName)"),
        ("kv_delete_store", #"{"store":{"N":0}}"#, "invalid type: unit value, expected a string"),
        ("kv_write_item", #"{"store":{"S":"s"},"key":{"S":"k"}}"#, "missing field `value`"),
        ("kv_write_item", #"{"store":{"S":"s"},"value":{"N":0}}"#, "missing field `key`"),
        ("kv_read_item", #"{"store":{"S":"s"}}"#, "missing field `key`"),
        ("kv_delete_item", #"{"key":{"S":"k"}}"#, "missing field `store`"),
        (
            "kv_read_item", #"{"store":{"S":"s"},"key":{"S":"\u0000"},"default":{"U":"1"}}"#,
            "\(KeyValueError.invalidKey)"
        ),
    ])
    func `fail with the rule that was broken`(kind: String, inputs: String, message: String) throws {
        #expect(try bench.result(kind, inputs) == "failed: " + message)
    }

    @Test func `say when storage is away`() throws {
        let bench = AnswerBench(keyValues: NodeServices.unavailable.keyValues)
        let item = #"{"store":{"S":"s"},"key":{"S":"k"},"value":{"N":0},"default":{"U":"1"}}"#
        for kind in ["kv_create_store", "kv_delete_store", "kv_write_item", "kv_read_item", "kv_delete_item"]
        {
            #expect(try bench.result(kind, item) == "failed: storage is not available")
        }
        #expect(
            try bench.result("kvexplorer", config: #"{"pinned":["s/k"]}"#, outputs: ["s/k"])
                == "failed: storage is not available")
    }

    @Test func `refuse to write a secret`() throws {
        try write("k", #"{"U":"1"}"#)
        let secret = Value.vaultSecret("hush", provider: "p", label: "l")
        let failure = try bench.result(
            "kv_write_item", ["store": .string("s"), "key": .string("k"), "value": .array([secret])])
        #expect(failure == "failed: the value is or holds a secret, which this node must not use")
        #expect(
            try bench.result("kv_read_item", #"{"store":{"S":"s"},"key":{"S":"k"}}"#)
                == #"{"value":{"U":"1"},"found":{"B":true}}"#)
        #expect(
            try bench.result(
                "kv_write_item", ["store": .string("s"), "key": secret, "value": .null]
            ).contains("hush") == false)
    }

    @Test(arguments: [#"["s/a","s/b/c","s","nope/a","s/\u0000",7]"#, #"{"A":[{"S":"s/a"},{"S":"s/b/c"}]}"#])
    func `give out pinned items, under the names of the ports`(pinned: String) throws {
        try write("a", #"{"U":"1"}"#)
        try write("b/c", #"{"N":0}"#)
        let config = #"{"pinned":\#(pinned)}"#
        let ports = ["s/b/c", "Values", "KVS", "nope/a", "s/a"]
        for name in ["kvexplorer", "kv_explorer"] {
            #expect(
                try bench.result(name, config: config, outputs: ports)
                    == #"{"s/b/c":{"N":0},"Values":{"A":[{"U":"1"},{"N":0}]},"KVS":{"A":["#
                    + #"{"M":{"store":{"S":"s"},"key":{"S":"a"}}},{"M":{"store":{"S":"s"},"key":{"S":"b/c"}}}]},"#
                    + #""s/a":{"U":"1"}}"#)
        }
        #expect(
            try bench.result("kvexplorer", config: #"{"pinned":[]}"#, outputs: ["Values"])
                == #"{"Values":{"A":[]}}"#)
    }

    @Test func `show no more than an event can`() throws {
        _ = try bench.result("kv_create_store", #"{"store":{"S":"s"}}"#)
        let large = Value.string(String(repeating: "x", count: Limits.keyValueItemBytesMax - 100))
        for key in ["a", "b", "c", "d", "e"] {
            _ = try bench.result(
                "kv_write_item", ["store": .string("s"), "key": .string(key), "value": large])
        }
        func shown(_ pins: String) throws -> String {
            try bench.result("kvexplorer", config: #"{"pinned":[\#(pins)]}"#, outputs: ["s/a"])
        }
        #expect(try shown(#""s/a","s/b","s/c""#).utf8.count > Limits.keyValueItemBytesMax - 100)
        #expect(
            try shown(#""s/a","s/b","s/c","s/d","s/e""#)
                == "failed: the result would be larger than 8388608 bytes")
    }

    /// A mark that a letter carries may follow a slash; two spellings of a letter are two keys.
    @Test func `take pins by their bytes`() throws {
        try write("\u{301}", #"{"U":"1"}"#)
        try write("e\u{301}", #"{"U":"2"}"#)
        let config = "{\"pinned\":[\"s/\u{301}\",\"s/e\u{301}\"]}"
        #expect(
            try bench.result(
                "kvexplorer", config: config, outputs: ["Values", "s/\u{301}", "s/e\u{301}", "s/\u{E9}"])
                == "{\"Values\":{\"A\":[{\"U\":\"1\"},{\"U\":\"2\"}]},\"s/\u{301}\":{\"U\":\"1\"},"
                + "\"s/e\u{301}\":{\"U\":\"2\"}}")
    }

    @Test(arguments: ["{}", #"{"pinned":"s/a"}"#, #"{"pinned":{"S":"s/a"}}"#])
    func `need something pinned`(config: String) {
        #expect(throws: NodeRefusal.self) { try bench.result("kvexplorer", config: config) }
    }

    @Test func `say what they change`() throws {
        let registry = NodeLibrary.registry()
        for name in ["kv_create_store", "kv_delete_store", "kv_write_item", "kv_delete_item"] {
            let conduct = try #require(registry.kind(named: name)).conduct
            #expect(conduct.readCapability == .mutating && conduct.repetition == .never)
        }
        for name in ["kv_read_item", "kvexplorer"] {
            #expect(try #require(registry.kind(named: name)).conduct.readCapability == .snapshot)
        }
    }

    @Test(arguments: [
        ("kv_create_store", "store!*", ""), ("kv_delete_store", "store!*", ""),
        ("kv_write_item", "store!* key!* value!*", "old_value?"),
        ("kv_read_item", "store! key! default", "value found"),
        ("kv_delete_item", "store!* key!*", "old_value?"), ("kvexplorer", "", ""),
    ])
    func `have these ports`(name: String, inputs: String, outputs: String) throws {
        let kind = try #require(NodeLibrary.registry().kind(named: name))
        #expect(kind.name == "@spo/kvstore.\(name).0.1")
        #expect(
            kind.inputs.map { $0.name + ($0.isRequired ? "!" : "") + ($0.isPassthrough ? "*" : "") }.joined(
                separator: " ") == inputs)
        #expect(kind.outputs.map { $0.name + ($0.isOptional ? "?" : "") }.joined(separator: " ") == outputs)
    }
}
