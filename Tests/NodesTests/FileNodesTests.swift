import Engine
import Nodes
import Primitives
import TestKit
import Testing
import Values

/// Spec nodes 2.7.
@Suite struct `The nodes of stored files` {
    private static let me = known(UserID("11111111-2222-4333-8444-555555555555"))
    private static let other = "99999999-2222-4333-8444-555555555555"
    private let bench = AnswerBench(owner: me)

    @Test func `store, describe, give and delete a file`() throws {
        let file = #""bucket":{"S":"b"},"path":{"S":"x/a.json"}"#
        let named = #"{"key":{"S":"b/x/a.json"},"content_type":{"S":"application/json"}}"#
        #expect(try bench.result("storage_upload", #"{\#(file),"content":{"S":"é"}}"#) == named)
        #expect(
            try bench.result("storage_download", "{\(file)}")
                == #"{"content":{"S":"é"},"content_type":{"S":"application/json"},"size":{"U":"2"}}"#)
        #expect(
            try bench.result("storage_upload", #"{\#(file),"content":{"S":""}}"#)
                == "failed: The resource already exists")
        #expect(
            try bench.result("storage_upload", #"{\#(file),"content":{"S":""},"overwrite":{"B":true}}"#)
                == named)
        let metadata = try bench.result("storage_get_file_metadata", #"{"key":{"S":"/b/x/./a.json"}}"#)
        #expect(
            metadata.contains(
                /^\{"key":\{"S":"b\/x\/a\.json"\},"content_type":\{"S":"application\/json"\},"last_modified":\{"S":"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"\}\}$/
            ))
        #expect(try bench.result("storage_delete", "{\(file)}") == #"{"key":{"S":"b/x/a.json"}}"#)
        for name in ["storage_delete", "storage_download", "storage_get_file_metadata"] {
            #expect(try bench.result(name, "{\(file)}") == "failed: not found")
        }
    }

    @Test func `put the owner's id into paths of the buckets that are divided by owner`() throws {
        let path = #""path":{"S":"x/y"}"#
        #expect(
            try bench.result("storage_upload", #"{\#(path),"content":{"S":"a"}}"#)
                == #"{"key":{"S":"user-storages/\#(Self.me)/x/y"},"content_type":{"S":"text/plain"}}"#)
        let bucket = #""bucket":{"S":"user-public-storages"}"#
        #expect(
            try bench.result("storage_upload", #"{\#(bucket),\#(path),"content":{"S":"b"}}"#)
                == #"{"key":{"S":"user-public-storages/\#(Self.me)/x/y"},"content_type":{"S":"text/plain"}}"#)
        let content = #"{"content":{"S":"a"},"content_type":{"S":"text/plain"},"size":{"U":"1"}}"#
        #expect(
            try bench.result("storage_download", #"{"bucket":{"S":"user-storages"},\#(path)}"#) == content)
        // The key wins over bucket and path, and nothing is put into it.
        #expect(
            try bench.result(
                "storage_download", #"{"key":{"S":"user-storages/\#(Self.me)/x/y"},\#(bucket),\#(path)}"#)
                == content)
        #expect(
            try bench.result("storage_list", #"{"bucket":{"S":"user-storages"}}"#)
                == #"{"files":{"A":[{"S":"x"}]},"has_more":{"B":false}}"#)
        #expect(
            try bench.result("storage_list", #"{"bucket":{"S":"user-storages"},"path":{"S":"x/"}}"#)
                == #"{"files":{"A":[{"S":"x/y"}]},"has_more":{"B":false}}"#)
        for key in ["user-storages/x/y", "user-storages/\(Self.other)/x", "user-storages/\(Self.me)"] {
            #expect(
                try bench.result("storage_download", #"{"key":{"S":"\#(key)"}}"#)
                    == "failed: a path in this bucket begins with the id of the flow's owner")
        }
    }

    @Test(arguments: [
        ("../x", "a path has no segment `..`"), ("a/../../b", "a path has no segment `..`"),
        ("a//b", "a path has no empty segments"), ("//a", "a path has no empty segments"),
        ("a\u{0}b", "a path has no control characters"), ("a\nb", "a path has no control characters"),
        ("a\u{9F}", "a path has no control characters"), ("", "a path has no empty segments"),
        (".", "the path is empty"), ("./", "the path is empty"), ("/", "a path has no empty segments"),
        (String(repeating: "x", count: 1_023), "bucket and path have more than 1024 bytes"),
    ])
    func `refuse a path that is not plain`(path: String, message: String) throws {
        for name in ["storage_upload", "storage_download", "storage_delete", "storage_get_file_metadata"] {
            #expect(
                try bench.result(
                    name, ["bucket": .string("b"), "path": .string(path), "content": .string("")])
                    == "failed: " + message)
        }
    }

    @Test(arguments: ["", "a/b", "/a", "a/", ".", "..", "a\u{7F}"])
    func `refuse a bucket that is not one name`(bucket: String) throws {
        let inputs: ValueMap = [
            "bucket": .string(bucket), "path": .string("p"), "content": .string(""),
        ]
        for name in ["storage_upload", "storage_download", "storage_list"] {
            #expect(try bench.result(name, inputs).hasPrefix("failed: a "))
        }
    }

    @Test(arguments: [
        ("b", "a key is a bucket, a slash and a path"), ("b/", "a key is a bucket, a slash and a path"),
        ("b/../c", "a path has no segment `..`"), ("b//c", "a path has no empty segments"),
        ("./user-storages/x", "a path in this bucket begins with the id of the flow's owner"),
    ])
    func `refuse a key that is not plain`(key: String, message: String) throws {
        #expect(try bench.result("storage_delete", ["key": .string(key)]) == "failed: " + message)
    }

    @Test(arguments: [
        ("storage_upload", #"{"content":{"S":""}}"#, "missing field `path`"),
        ("storage_upload", #"{"path":{"S":"p"}}"#, "missing field `content`"),
        (
            "storage_upload", #"{"path":{"S":"p"},"content":{"U":"1"}}"#,
            "invalid type: integer `1`, expected bytes"
        ),
        (
            "storage_upload", #"{"path":{"S":"p"},"content":{"S":""},"content_type":{"S":"a\nb"}}"#,
            "content_type must be 1 to 255 printable ASCII characters"
        ),
        ("storage_download", "{}", "missing field `key`, or `bucket` and `path`"),
        ("storage_download", #"{"key":{"N":0},"bucket":{"S":"b"}}"#, "missing field `path`"),
        ("storage_list", "{}", "missing field `bucket`"),
    ])
    func `fail with the rule that was broken`(name: String, inputs: String, message: String) throws {
        #expect(try bench.result(name, inputs) == "failed: " + message)
    }

    @Test(arguments: [
        ("a.PNG", "image/png"), ("a.tar.gz", "application/gzip"), ("a.b/c", "text/plain"),
        ("a.nothing", "text/plain"), ("png", "text/plain"), (".html", "text/html"),
    ])
    func `guess the type of a text by its path`(path: String, type: String) throws {
        let result = try bench.result("storage_upload", ["path": .string(path), "content": .string("x")])
        #expect(result.hasSuffix(#""content_type":{"S":"\#(type)"}}"#))
    }

    /// Bytes that are no text come back as bytes, of the kinds that belong to their length.
    @Test(arguments: [(1, "BY"), (32, "B3"), (64, "B6"), (65, "BY")])
    func `give back bytes`(count: Int, tag: String) throws {
        let bytes = [UInt8](repeating: 0xFF, count: count)
        #expect(
            try bench.result("storage_upload", ["path": .string("p"), "content": .bytes(bytes)])
                .hasSuffix(#""content_type":{"S":"application/octet-stream"}}"#))
        let key = Value.string("user-storages/\(Self.me)/p")
        #expect(try bench.result("storage_download", ["key": key]).hasPrefix(#"{"content":{"\#(tag)":"#))
    }

    @Test func `never store a secret`() throws {
        let secret = Value.vaultSecret("hush", provider: "p", label: "l")
        for content in [secret, .array([secret])] {
            let result = try bench.result("storage_upload", ["path": .string("p"), "content": content])
            #expect(result.hasPrefix("failed: invalid type: secret"))
        }
        #expect(
            try bench.result("storage_list", #"{"bucket":{"S":"user-storages"}}"#)
                == #"{"files":{"A":[]},"has_more":{"B":false}}"#)
    }

    @Test func `list so many, say that there are more, and go on`() throws {
        for index in 0...Limits.filesListedMax {
            _ = try bench.result(
                "storage_upload",
                ["bucket": .string("b"), "path": .string("f\(index + 10_000)"), "content": .string("")])
        }
        let first = try bench.result("storage_list", #"{"bucket":{"S":"b"}}"#)
        #expect(first.hasPrefix(#"{"files":{"A":[{"S":"f10000"},"#))
        #expect(first.hasSuffix(#"{"S":"f10999"}]},"has_more":{"B":true}}"#))
        #expect(
            try bench.result("storage_list", #"{"bucket":{"S":"b"},"offset":{"U":"1000"}}"#)
                == #"{"files":{"A":[{"S":"f11000"}]},"has_more":{"B":false}}"#)
        #expect(
            try bench.result("storage_list", #"{"bucket":{"S":"b"},"offset":{"U":"1"}}"#)
                .hasSuffix(#"{"S":"f11000"}]},"has_more":{"B":false}}"#))
    }

    @Test(
        arguments: [
            ("text/csv; charset=windows-1252", [0xFC], #"{"S":"ü"}"#),
            ("text/csv; charset=utf-8", [0xC3, 0xBC], #"{"S":"ü"}"#),
            ("text/plain", [0xFF, 0xFE, 0x61, 0x00], #"{"S":"a"}"#),
            ("text/plain; charset=klingon", [0xFC], #"{"BY":"/A=="}"#),
            ("image/png; charset=windows-1252", [0xFC], #"{"BY":"/A=="}"#),
            ("image/png", [0xFF, 0xFE, 0x61, 0x00], #"{"BY":"//5hAA=="}"#),
        ] as [(String, [UInt8], String)])
    func `give text in the character set of its type`(type: String, bytes: [UInt8], content: String) throws {
        _ = try bench.result(
            "storage_upload",
            [
                "bucket": .string("b"), "path": .string("p"), "content": .bytes(bytes),
                "content_type": .string(type),
            ])
        #expect(
            try bench.result("storage_download", #"{"key":{"S":"b/p"}}"#).hasPrefix(
                #"{"content":\#(content),"#))
    }

    @Test func `say when storage is away`() throws {
        let bench = AnswerBench(files: NodeServices.unavailable.files)
        let inputs = #"{"bucket":{"S":"b"},"path":{"S":"p"},"content":{"S":""}}"#
        for name in [
            "storage_upload", "storage_download", "storage_delete", "storage_list",
            "storage_get_file_metadata",
        ] {
            #expect(try bench.result(name, inputs) == "failed: storage is not available")
        }
    }

    @Test func `show what is configured`() throws {
        #expect(
            try bench.result("fileexplorer", config: #"{"b":[1,"x"],"a":{"S":"y"}}"#, outputs: ["a"])
                == #"{"a":{"S":"y"},"b":{"A":[{"U":"1"},{"S":"x"}]}}"#)
    }

    @Test(arguments: [
        ("storage_upload", "bucket path! content! content_type overwrite", "key content_type", true),
        ("storage_download", "key bucket path", "content content_type size", false),
        ("storage_delete", "key bucket path", "key", true),
        ("storage_list", "bucket! path offset", "files has_more?", false),
        ("storage_get_file_metadata", "key bucket path", "key content_type last_modified", false),
        ("fileexplorer", "", "", false),
    ])
    func `have these ports`(name: String, inputs: String, outputs: String, changes: Bool) throws {
        let kind = try #require(NodeLibrary.registry().kind(named: name))
        #expect(kind.name == "@spo/storage.\(name).0.1")
        #expect(
            kind.inputs.map { $0.name + ($0.isRequired ? "!" : "") }.joined(separator: " ") == inputs)
        #expect(kind.outputs.map { $0.name + ($0.isOptional ? "?" : "") }.joined(separator: " ") == outputs)
        #expect((kind.conduct.readCapability == .mutating) == changes)
        #expect(kind.conduct.repetition == (changes ? .never : .ifAllowed))
    }
}
