import Testing

/// A type with the protocols that one of its declarations names.
private struct Conformance {
    let type: String
    let protocols: Set<Substring>

    private static let kinds: Set<Substring> = ["class", "struct", "enum", "actor", "extension"]

    static func all(in file: SourceFile) -> [Conformance] {
        let lines = file.lines
        return lines.indices.compactMap { index in
            guard lines[index].contains(":"), !lines[index].contains("//") else { return nil }
            var words = lines[index].split { " ,".contains($0) }
            guard let kind = words.firstIndex(where: { kinds.contains($0) }), kind + 1 < words.count,
                words[kind + 1].hasSuffix(":")
            else { return nil }
            // A long list goes on below.
            var next = index + 1
            while !words.contains(where: { $0.contains("{") }), next < lines.count {
                words += lines[next].split { " ,".contains($0) }
                next += 1
            }
            return Conformance(
                type: String(words[kind + 1].dropLast()), protocols: Set(words.dropFirst(kind + 2)))
        }
    }

    /// Types by the protocols that they conform to.
    static func types(in files: [SourceFile]) -> [Substring: Set<String>] {
        var types: [Substring: Set<String>] = [:]
        for conformance in files.flatMap({ all(in: $0) }) {
            for name in conformance.protocols { types[name, default: []].insert(conformance.type) }
        }
        return types
    }
}

/// What the doc comment of a suite says about the implementations that it holds to a port, in one line:
/// `/// Port: Vault. Implementations: PostgresVault, MemoryVault.`
private struct ConformanceSuite {
    let port: Substring
    let implementations: Set<String>
    let file: SourceFile

    static func all(in files: [SourceFile]) -> [ConformanceSuite] {
        files.flatMap { file in
            file.lines.compactMap { line in
                guard line.hasPrefix("/// Port: "),
                    let match = line.wholeMatch(of: /\/\/\/ Port: (\w+)\. Implementations: ([\w, ]+)\./)
                else { return nil }
                let names = match.2.split(separator: ", ").map(String.init)
                return ConformanceSuite(port: match.1, implementations: Set(names), file: file)
            }
        }
    }

    /// The folder of its file.
    var folder: String { file.path.split(separator: "/").dropLast().joined(separator: "/") + "/" }
}

/// Protocols that are no ports: what conforms to them keeps nothing, and nobody else's promise.
private let noPorts: Set<Substring> = ["EventTrack"]

@Suite struct `A stand-in` {
    private let tests = Repository.files(in: "Tests", endings: ["swift"])
    private let sources = Repository.sources

    private var protocols: Set<Substring> {
        Set(
            sources.flatMap(\.lines).compactMap { line in
                let words = line.split { " :<".contains($0) }
                let place = words.firstIndex(of: "protocol")
                return place.flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
            })
    }

    @Test func `of a port in TestKit passes a suite that the real implementation passes, too`() {
        let suites = ConformanceSuite.all(in: tests)
        let standIns = Conformance.types(in: tests.filter { $0.path.hasPrefix("Tests/TestKit/") })
        let protocols = protocols
        let ports = standIns.filter { protocols.contains($0.key) && !noPorts.contains($0.key) }
        #expect(ports.count > 10, "they are found")
        for (port, types) in ports {
            for type in types {
                #expect(
                    suites.contains { $0.port == port && $0.implementations.contains(type) },
                    "no suite holds \(type) to \(port)")
            }
        }
    }

    @Test func `stands in its suite beside what is real, and is used there`() {
        let (real, standIns) = (Conformance.types(in: sources), Conformance.types(in: tests))
        for suite in ConformanceSuite.all(in: tests) {
            let real = real[suite.port] ?? []
            #expect(!suite.implementations.isDisjoint(with: real), "\(suite.file) names nothing real")
            let code = tests.filter { $0.path.hasPrefix(suite.folder) }
            for name in suite.implementations.subtracting(real) {
                #expect(
                    standIns[suite.port]?.contains(name) == true,
                    "\(suite.file) names \(name), which is no \(suite.port)")
                #expect(code.contains { $0.text.contains("\(name)(") }, "nothing makes \(name) there")
            }
        }
    }
}
