import Foundation
import Testing

/// What each target may import of this repository and of C libraries. The table of Docs/architecture.md; arrows point
/// down only.
private let granted: [String: Set<String>] = [
    "Primitives": ["CLinux"],
    "Wire": ["Primitives"],
    "Values": ["Primitives", "Wire"],
    "Rhai": ["Primitives", "Wire", "Values", "Identity"],
    "Net": ["Primitives", "CLinux", "COpenSSL"],
    "Identity": ["Primitives", "Wire", "COpenSSL"],
    "Engine": ["Primitives", "Values"],
    "Chain": ["Primitives", "Values", "Engine"],
    "Postgres": ["Primitives", "Net", "CLibPQ"],
    "Documents": ["Primitives", "Wire", "Values", "Engine", "Chain"],
    "Nodes": ["Primitives", "Wire", "Values", "Identity", "Rhai", "Engine", "Chain"],
    "Outbound": ["Primitives", "Wire", "Engine", "Net"],
    "Dialect": ["Primitives", "Wire", "Values", "Engine", "Identity"],
    "Tables": ["Primitives", "Wire"],
    "Transfer": ["Primitives", "Wire", "Identity"],
    "SpaceOperator": ["Primitives", "Wire", "Values", "Engine", "Chain", "Identity", "Dialect", "Tables"],
    "SecondDialect": ["Primitives", "Wire", "Engine", "Identity", "Dialect"],
    "Store": [
        "Primitives", "Wire", "Values", "Engine", "Chain", "Identity", "Net", "Postgres", "Tables",
        "Transfer",
    ],
    "Web": ["Primitives", "Wire", "Net", "Engine", "Identity", "Dialect"],
    "Daemon": [
        "CLinux", "Primitives", "Wire", "Values", "Net", "Identity", "Engine", "Chain", "Postgres",
        "Documents", "Nodes",
        "Outbound", "Dialect", "SpaceOperator", "Store", "Tables", "Transfer", "Web",
    ],
    "flowd": ["Daemon"],
]

/// Modules of the toolchain that not everybody may use, and who may. Synchronization is for all.
private let toolchain: [String: Set<String>] = [
    "Synchronization": Set(granted.keys),
    "Dispatch": ["Engine", "Daemon"],
    "Foundation": ["Identity", "Nodes", "Daemon", "flowd"],
    "FoundationEssentials": ["Daemon"],
    "Glibc": ["Net", "Postgres", "Identity", "Daemon", "Rhai"],
]

/// Words by which targets would show that they know what they must not, in code and in comments: the last column of the
/// table of Docs/architecture.md, as far as words tell.
private let unknown: [(words: [String], targets: Set<String>)] = [
    // What only one chain has is the business of Chain, of nodes, documents and rows.
    (
        ["solana", "lamport", "devnet", "mainnet"],
        ["Primitives", "Wire", "Values", "Net", "Engine", "Dialect", "Web"]
    ),
    (
        ["wallet", "keypair", "key pair", "instruction", "transaction"],
        ["Primitives", "Wire", "Net", "Engine", "Dialect", "Web"]
    ),
    (
        ["space operator", "spaceoperator"],
        [
            "Primitives", "Wire", "Values", "Net", "Engine", "Chain", "Postgres", "Documents", "Nodes",
            "Outbound", "Dialect", "Tables", "Transfer", "Store", "Web",
        ]
    ),
    (["postgres"], ["Wire", "Values", "Net", "Identity", "Engine", "Chain", "Documents", "Dialect", "Web"]),
    (["valuejson", "jsonvalue", "jsonwriter", "jsonerror"], ["Engine"]),
    (["epoll"], Set(granted.keys).subtracting(["Net"])),
]

/// Targets in which the word `unsafe` may stand: those that touch C, the executor of lanes, and the one call for the C
/// library's character sets.
private let mayBeUnsafe: [String] = [
    "Sources/Net/", "Sources/Postgres/", "Sources/Identity/", "Sources/Daemon/",
]
private let mayBeUnsafeFiles: Set<String> = [
    "Sources/Engine/Lane/LaneExecutor.swift", "Sources/Engine/Lane/RunLane.swift",
    "Sources/Primitives/MultiByteCharacterSet.swift",
]

private func code(_ line: Substring) -> Substring {
    line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false).first ?? line
}

@Suite struct `The repository` {
    @Test func `has a row in the table of imports for each target`() {
        let files = Repository.sources + Repository.testDialects
        #expect(Set(files.map(\.target)) == Set(granted.keys))
    }

    @Test func `imports downwards only`() {
        for file in Repository.sources + Repository.testDialects {
            for line in file.lines {
                let words = code(line).split(separator: " ")
                guard let index = words.firstIndex(of: "import"), words.count == index + 2,
                    words[..<index].allSatisfy({ ["public", "internal", "private"].contains($0) })
                else { continue }
                let module = String(words[index + 1])
                if let users = toolchain[module] {
                    #expect(users.contains(file.target), "\(file) must not import \(module)")
                } else {
                    #expect(
                        granted[file.target]?.contains(module) == true, "\(file) must not import \(module)")
                }
            }
        }
    }

    /// The words and the shape of a refusal are its dialect's.
    @Test func `words refusals nowhere below the dialects`() {
        for file in Repository.sources where ["Wire", "Web", "Engine", "Dialect"].contains(file.target) {
            for (number, line) in file.lines.enumerated() {
                let text = code(line).filter { $0 != "\\" && $0 != " " }
                #expect(
                    !text.contains("{\"error\"") && !text.contains("[\"error\":"),
                    "\(file):\(number + 1) words a refusal")
            }
        }
        let facts: [String: [String]] = [
            "Sources/Engine/EngineError.swift": ["EngineError", "ReadViolation"],
            "Sources/Engine/Waits/Signatures/SignatureRequest.swift": ["SignatureRefusal"],
            "Sources/Wire/HTTP/HTTPRequestError.swift": ["HTTPRequestError"],
            "Sources/Wire/WebSocket/WebSocketError.swift": ["WebSocketError"],
            "Sources/Wire/WebSocket/WebSocketHandshake.swift": ["WebSocketHandshakeError"],
            "Sources/Dialect/Refusal.swift": ["Refusal"],
            "Sources/Dialect/DialectWords.swift": ["SocketEnd"],
        ]
        for (path, types) in facts {
            let file = Repository.sources.first { $0.path == path }
            for type in types {
                let declaration = file?.lines.first { $0.contains("enum \(type):") }
                #expect(
                    declaration?.contains("CustomStringConvertible") == false,
                    "\(type) in \(path) is not there, or has a text of its own")
            }
        }
    }

    @Test func `says nowhere what a target must not know`() {
        for file in Repository.sources {
            let words = Set(unknown.filter { $0.targets.contains(file.target) }.flatMap(\.words))
            guard !words.isEmpty else { continue }
            for (number, line) in file.lines.enumerated() {
                let text = line.lowercased()
                for word in words { #expect(!text.contains(word), "\(file):\(number + 1) says \(word)") }
            }
        }
    }

    @Test func `touches unsafe constructs only where C is called`() {
        let words: Set<Substring> = ["unsafe", "@unchecked", "@unsafe", "@safe"]
        for file in Repository.sources where !mayBeUnsafeFiles.contains(file.path) {
            guard !mayBeUnsafe.contains(where: file.path.hasPrefix) else { continue }
            for (number, line) in file.lines.enumerated() {
                let found = code(line).split(whereSeparator: { " (){}[],:!?.".contains($0) })
                #expect(
                    !found.contains(where: words.contains) && !line.contains("nonisolated(unsafe)"),
                    "\(file):\(number + 1) is not a place for unsafe code")
            }
        }
    }

    @Test func `never forces, never gives up without a sentence`() {
        for file in Repository.sources {
            for (number, line) in file.lines.enumerated() {
                let text = code(line)
                #expect(!text.contains("try!"), "\(file):\(number + 1) forces a throw")
                #expect(!text.contains("fatalError"), "\(file):\(number + 1) gives up")
                #expect(
                    !text.contains("preconditionFailure()"),
                    "\(file):\(number + 1) gives up without a sentence")
            }
        }
    }

    @Test func `has no test that ends without a word of what it expected`() {
        // In two pieces: this file must not find itself.
        let silent = ["Surprise", "throw Unexpected", "throw Failure", "throw NoAnswer"].map { $0 + "()" }
        for file in Repository.files(in: "Tests", endings: ["swift"]) {
            for (number, line) in file.lines.enumerated() {
                let text = code(line)
                #expect(
                    !silent.contains { text.contains($0) },
                    "\(file):\(number + 1) does not say what was expected and what came")
            }
        }
    }

    @Test func `begins every source file with a comment that says what lives there`() {
        for file in Repository.sources where file.path != "Sources/flowd/main.swift" {
            #expect(file.text.hasPrefix("// "), "\(file) does not say what it is")
        }
    }

    @Test func `documents every public function and type`() {
        let declaration =
            #/
            \s*(?:@\S+\s+)*public\s+(?:[a-z]+\s+)*?
            (func|struct|class|enum|protocol|actor|typealias|subscript)\b\s*([\w`]*)
            /#
        for file in Repository.sources {
            let lines = file.lines
            for (number, line) in lines.enumerated() {
                guard let match = line.prefixMatch(of: declaration) else { continue }
                let isOperator = match.1 == "func" && match.2.isEmpty
                guard !isOperator, !line.contains("func hash(into") else { continue }
                let above = lines[..<number].last { !$0.drop(while: \.isWhitespace).hasPrefix("@") }
                #expect(
                    above?.drop(while: \.isWhitespace).hasPrefix("///") == true,
                    "\(file):\(number + 1) does not say what \(match.1) \(match.2) is")
            }
        }
    }

    @Test func `has documents whose links lead somewhere`() {
        let documents =
            Repository.files(in: "Docs", endings: ["md"])
            + Repository.files(in: "", endings: ["md"]).filter { $0.path == "README.md" }
        #expect(!documents.isEmpty)
        for document in documents {
            for match in document.text.matches(of: /\]\(([^)#]+)(#[^)]*)?\)/) {
                let target = String(match.1)
                guard !target.contains("://") else { continue }
                let folder = document.path.split(separator: "/").dropLast().joined(separator: "/")
                let path = folder.isEmpty ? target : "\(folder)/\(target)"
                #expect(Repository.exists(path), "\(document) links to \(target), which is not there")
            }
        }
    }
}
