// What came of an import, for the person who ordered it. Pure value.

/// What was imported, what was not and why, and what was renamed.
public struct ImportReport: Hashable, Sendable, CustomStringConvertible {
    /// One table's part.
    public struct Table: Hashable, Sendable {
        public var importedCount = 0
        /// Rows that were there and were given what they lacked.
        public var completedCount = 0
        public var ignoredCount = 0
        /// By the reason.
        public var skipped: [String: Int] = [:]

        public init() {}
    }

    public var tables: [ExportTable: Table] = [:]
    /// Sentences about single rows, in the order in which they came up.
    public var notes: [String] = []

    public init() {}

    /// Counts one row of a table that was imported.
    public mutating func imported(_ table: ExportTable) { tables[table, default: Table()].importedCount += 1 }

    /// Counts one row of a table that was there and was given what it lacked.
    public mutating func completed(_ table: ExportTable) {
        tables[table, default: Table()].completedCount += 1
    }

    /// Counts rows of a table that were ignored.
    public mutating func ignored(_ table: ExportTable, count: Int) {
        tables[table, default: Table()].ignoredCount += count
    }

    /// Counts one row of a table that was skipped for this reason, because what it says is there.
    public mutating func skipped(_ table: ExportTable, _ reason: String) {
        tables[table, default: Table()].skipped[reason, default: 0] += 1
    }

    /// Counts one row that could not be taken over, and says which one.
    public mutating func lost(_ row: ExportRow, _ reason: String) {
        skipped(row.table, reason)
        note(row, reason)
    }

    /// Says something about one row, by its place: what it holds may be a secret.
    public mutating func note(_ row: ExportRow, _ sentence: String) {
        notes.append("\(row.table.rawValue), line \(row.line): \(sentence)")
    }

    /// A line for each table, then the notes.
    public var description: String {
        var lines: [String] = []
        for name in ExportTable.allCases {
            guard let table = tables[name] else { continue }
            var parts: [String] = []
            if table.importedCount > 0 { parts.append("\(table.importedCount) imported") }
            if table.completedCount > 0 { parts.append("\(table.completedCount) completed") }
            for (reason, count) in table.skipped.sorted(by: { $0.key < $1.key }) {
                parts.append("\(count) skipped (\(reason))")
            }
            if table.ignoredCount > 0 { parts.append("\(table.ignoredCount) ignored") }
            lines.append("\(name.rawValue): \(parts.joined(separator: ", "))")
        }
        return (lines + notes).joined(separator: "\n")
    }
}
