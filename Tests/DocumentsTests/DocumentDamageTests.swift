import Documents
import Engine
import Foundation
import Primitives
import TestKit
import Testing

@Suite struct `Damaged documents` {
    /// Documents of all forms: the worked examples, the example flows, and, if the variable is set, a folder of more.
    private static let documents: [[UInt8]] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var folders = [root.appendingPathComponent("Config/flows")]
        if let more = ProcessInfo.processInfo.environment["FLOWD_TEST_FLOWS"] {
            folders.append(URL(fileURLWithPath: more))
        }
        var documents = folders.flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return names.sorted().filter { $0.hasSuffix(".json") }
                .compactMap { try? Array(Data(contentsOf: folder.appendingPathComponent($0))) }
        }
        let examples = root.appendingPathComponent("Tests/EngineTests/x.swift").path
        for name in (try? WorkedExample.allNames(beside: examples)) ?? [] {
            if let example = try? WorkedExample.named(name, beside: examples) {
                documents.append(example.document)
            }
        }
        return documents
    }()

    @Test func `there are some to damage`() {
        #expect(Self.documents.count >= 20)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `are refused or run, but never trap`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var builtCount = 0
        for document in Self.documents {
            for _ in 0..<8 {
                let bytes = Damage.done(to: document, from: Self.documents, using: &generator)
                guard let flow = try? compiler.compile(bytes) else { continue }
                builtCount += 1
                #expect(
                    try FlowDocument(flow.snapshot.document).canonical == flow.snapshot.document,
                    "seed \(seed)")
            }
        }
        // Some damage does no harm, or the test would only see the parser of JSON.
        #expect(builtCount > 0)
    }

    @Test(arguments: [4, 5] as [UInt64])
    func `with members swapped, doubled, dropped or replaced are refused or run, but never trap`(seed: UInt64)
        throws
    {
        var generator = SeededGenerator(seed: seed)
        var builtCount = 0
        for document in Self.documents {
            let text = String(decoding: document, as: UTF8.self)
            let words = [
                "null", "7", "[]", "{}", #""""#, "true", #"{"id":"x"}"#, "-1.5e3", #"{"S":"x"}"#,
                #"{"vault_ref":"a/b"}"#,
            ]
            let pieces = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            for _ in 0..<8 {
                var changed = pieces
                let index = Int.random(in: 1..<changed.count, using: &generator)
                // The value behind a colon ends at the next comma or bracket.
                let rest = changed[index].drop { !",}]".contains($0) }
                changed[index] = (words.randomElement(using: &generator) ?? "") + rest
                let bytes = Array(changed.joined(separator: ":").utf8)
                guard let flow = try? compiler.compile(bytes) else { continue }
                builtCount += 1
                #expect(
                    try FlowDocument(flow.snapshot.document).canonical == flow.snapshot.document,
                    "seed \(seed)")
            }
        }
        #expect(builtCount > 0)
    }

    @Test func `a long document is read in proportion to its length`() throws {
        // Ten thousand nodes in a row; the bound is loose, since this is not an optimised build.
        let count = 10_000
        let nodes = (1...count).map { $0 == 1 ? "const out:output" : "to_string in:stringify out:result" }
        let bytes = document(nodes: nodes, edges: (1..<count).map { edge($0, $0 + 1) })
        let clock = ContinuousClock()
        var flow: CompiledFlow?
        let time = try clock.measure { flow = try compiler.compile(bytes) }
        #expect(flow?.graph.nodes.count == count)
        #expect(flow?.warnings.isEmpty == true)
        #expect(time < .seconds(20))
    }
}
