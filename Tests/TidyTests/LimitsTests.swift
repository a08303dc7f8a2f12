import Testing

/// A limit as its file declares it.
private struct Limit {
    let name: String
    let expression: Substring
    let hasReason: Bool
    let file: SourceFile

    static let all: [Limit] = Repository.sources.flatMap { file -> [Limit] in
        let lines = file.lines
        return lines.enumerated().compactMap { number, line in
            guard isHome(file), let match = line.firstMatch(of: /static let (\w+) = (.+)$/) else {
                return nil
            }
            return Limit(
                name: String(match.1), expression: match.2, hasReason: lines[number - 1].contains("///"),
                file: file)
        }
    }

    /// Limits stand in a file for them, named after the target.
    static func isHome(_ file: SourceFile) -> Bool {
        file.path == "Sources/Primitives/Limits.swift"
            || file.path == "Sources/\(file.target)/Limits+\(file.target).swift"
    }

    /// Nil for what is not a product of whole numbers.
    var value: Int? {
        var product = 1
        for factor in expression.split(separator: "*") {
            guard let match = factor.firstMatch(of: /^ *(?:U?Int\d+\()?([\d_]+)(?: << (\d+))?\)? *$/),
                let number = Int(match.1.filter(\.isNumber))
            else { return nil }
            product *= number << (match.2.flatMap { Int($0) } ?? 0)
        }
        return product
    }
}

@Suite struct `A limit` {
    @Test func `has a reason`() {
        #expect(Limit.all.count > 200)
        for limit in Limit.all { #expect(limit.hasReason, "\(limit.name) in \(limit.file)") }
    }

    @Test func `is used`() {
        let sources = Repository.sources.filter { !Limit.isHome($0) }
        for limit in Limit.all {
            #expect(
                sources.contains { $0.text.contains("Limits.\(limit.name)") }, "nobody uses \(limit.name)")
        }
    }

    @Test func `stands with the target that keeps to it`() {
        for limit in Limit.all where limit.file.target != "Primitives" {
            let users = Set(
                Repository.sources.filter { $0.text.contains("Limits.\(limit.name)") }.map(\.target))
            // What others need, too, is where all of them find it.
            if users.count == 1, let user = users.first, limit.file.target != "Engine" {
                #expect(user == limit.file.target, "only \(user) uses \(limit.name)")
            }
        }
    }
}

/// A table of Docs/limits.md.
private struct WorstCase {
    var rows: [(product: Substring, kibibytes: Int)] = []
    var all: Int?

    static func tables(of document: SourceFile) -> [WorstCase] {
        var tables: [WorstCase] = []
        for line in document.lines {
            if line.hasPrefix("| What |") { tables.append(WorstCase()) }
            guard !tables.isEmpty else { continue }
            if let row = line.firstMatch(of: /^\| .+ \| `(.+)` \| ([\d,]+) \|$/) {
                tables[tables.count - 1].rows.append((row.1, number(row.2)))
            } else if let row = line.firstMatch(of: /^\| \*\*all\*\* \| \| ([\d,]+) \|$/) {
                tables[tables.count - 1].all = number(row.1)
            }
        }
        return tables
    }

    private static func number(_ text: Substring) -> Int { Int(text.filter(\.isNumber)) ?? -1 }
}

@Suite struct `The worst cases of Docs limits` {
    /// A sum of products of limits and plain numbers.
    private func bytes(_ expression: Substring) throws -> Int {
        try expression.split(separator: "+").reduce(0) { sum, product in
            try sum
                + product.split(separator: "×").reduce(1) { value, factor in
                    let word = factor.filter { $0 != " " }
                    let limit = Limit.all.first { $0.name == word }
                    return value * (try #require(Int(word) ?? limit?.value, "\(word) is no limit"))
                }
        }
    }

    @Test func `are multiplied and added well`() throws {
        let document = try #require(
            Repository.files(in: "Docs", endings: ["md"]).first { $0.path == "Docs/limits.md" })
        let tables = WorstCase.tables(of: document)
        #expect(tables.count == 4)
        for table in tables {
            #expect(!table.rows.isEmpty)
            for row in table.rows {
                #expect(try bytes(row.product) == row.kibibytes * 1024, "\(row.product)")
            }
            #expect(table.all == table.rows.map(\.kibibytes).reduce(0, +))
        }
    }
}
