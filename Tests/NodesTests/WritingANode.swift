import Engine
import Foundation
import Testing
import Values

@testable import Nodes

// The two marked parts stand in Docs/writing-a-node.md, word for word; the last suite checks that.

// MARK: The kind

/// The kinds that repeat.
enum RepeatNodes {
    static let kinds: [NodeKind] = [repeatText]

    private static let repeatText = NodeKind.computing(
        "string", "repeat_text", summary: "Writes a text several times.",
        inputs: [
            InputPort("string", types: ["string"]),
            InputPort(
                "times", types: ["u32"], required: false, default: .u64(2),
                tooltip: "How often; 0 gives an empty text."),
        ],
        outputs: [OutputPort("result", type: "string")]
    ) { call in
        let text = try call.inputs.required("string", as: String.self)
        let times = try call.inputs.optional("times", as: UInt32.self) ?? 2
        var output = BoundedText()
        guard !text.isEmpty else { return ["result": .string("")] }
        for round in 0..<times {
            if round % 4_096 == 0 { try call.checkCancellation() }
            try output.append(text)
        }
        return ["result": .string(output.text)]
    }
}

// MARK: Its test

@Suite struct `The nodes that repeat` {
    @Test(arguments: [
        (#"{"string":{"S":"ab"},"times":{"U":"3"}}"#, #"{"result":{"S":"ababab"}}"#),
        (#"{"string":{"S":"ab"},"times":{"N":0}}"#, #"{"result":{"S":"abab"}}"#),
        (#"{"string":{"S":""},"times":{"U":"4294967295"}}"#, #"{"result":{"S":""}}"#),
        (
            #"{"string":{"S":"ab"},"times":{"U":"4294967295"}}"#,
            "failed: the result would be larger than 8388608 bytes"
        ),
        (#"{"string":{"U":"1"}}"#, "failed: invalid type: integer `1`, expected a string"),
    ])
    func `give`(inputs: String, result: String) throws {
        #expect(try NodeBench(RepeatNodes.kinds[0]).result(inputs) == result)
    }
}

// MARK: The page

@Suite struct `The page about writing a node` {
    @Test func `shows the code that is tested here`() throws {
        let file = URL(filePath: #filePath)
        let parts = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n// MARK: ")
        let top = file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: top.appending(path: "Docs/writing-a-node.md"), encoding: .utf8)
        #expect(parts.count == 4)
        for part in parts[1...2] {
            let code = part.drop { $0 != "\n" }.trimmingCharacters(in: .newlines)
            #expect(page.contains(code))
        }
    }
}
