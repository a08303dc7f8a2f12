import Foundation
import FuzzTargets
import TestKit
import Testing

/// The checked-in inputs of a target.
private struct Corpus {
    let files: [(path: String, input: [UInt8])]

    init(of target: FuzzTarget) {
        let folder = Corpus.folder.appending(path: target.name)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        files = names.sorted().compactMap { name in
            let url = folder.appending(path: name)
            return (try? Data(contentsOf: url)).map { (url.path, Array($0)) }
        }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fuzz/Corpora")
}

@Suite struct `A fuzz target` {
    /// A target that takes milliseconds for an input of this build, which is not optimised, gets fewer.
    private static let timePerTarget = Duration.seconds(1)
    private static let damagedCount = 1_000

    @Test(arguments: FuzzTarget.all)
    func `finds nothing in its corpus`(target: FuzzTarget) throws {
        let corpus = Corpus(of: target)
        #expect(corpus.files.count >= 3)
        for file in corpus.files {
            #expect(throws: Never.self, "\(file.path)") { try target.examine(file.input) }
        }
    }

    @Test(arguments: FuzzTarget.all)
    func `finds nothing in damaged inputs of its corpus`(target: FuzzTarget) throws {
        let inputs = Corpus(of: target).files.map(\.input)
        var generator = SeededGenerator(seed: 1)
        let start = ContinuousClock.now
        for round in 0..<Self.damagedCount where ContinuousClock.now - start < Self.timePerTarget {
            let input = Damage.done(to: inputs[round % inputs.count], from: inputs, using: &generator)
            #expect(throws: Never.self, "round \(round), in Base64 \(Data(input).base64EncodedString())") {
                try target.examine(input)
            }
        }
    }

    @Test func `has a corpus, and a corpus has a target`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Corpus.folder.path)
        #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
    }

    @Test func `tells what it has found`() {
        let target = FuzzTarget("broken") { input in
            guard input.isEmpty else { throw Finding("an input of \(input.count) bytes") }
        }
        #expect(throws: Never.self) { try target.examine([]) }
        #expect(throws: Finding.self) { try target.examine([1]) }
    }
}
