// Tables as text, as exports hold them: header line, `;` between fields, `'` around them where needed. Pure values.

internal import Primitives

/// A table of an export (spec storage-and-operations 5.6). A cell is a text or null; its meaning is decided elsewhere.
public struct CSVTable: Hashable, Sendable {
    /// A row, with the line of the text on which it began; the header is line 1.
    public struct Row: Hashable, Sendable {
        public let line: Int
        /// As many as the table has columns.
        public let cells: [String?]

        public init(line: Int, _ cells: [String?]) {
            self.line = line
            self.cells = cells
        }
    }

    public let columns: [String]
    public private(set) var rows: [Row] = []

    /// A table without rows.
    public init(columns: [String]) { self.columns = columns }

    /// Adds a row, which has a cell for each column.
    public mutating func append(_ cells: [String?]) {
        precondition(cells.count == columns.count, "a row has a cell for each column")
        rows.append(Row(line: rows.count + 2, cells))
    }

    /// Reads the text of a table. An empty text is a table without columns.
    ///
    /// Fields with a separator, a quote or a line break in them are quoted, quotes inside are doubled. An empty field
    /// without quotes is null, an empty quoted field the empty text.
    ///
    /// - Parameter name: of the table, for errors.
    public init(_ text: String, named name: String) throws(TransferError) {
        var reader = CSVReader(text, table: name)
        guard let header = try reader.row() else {
            columns = []
            return
        }
        var names: [String] = []
        for (index, cell) in header.cells.enumerated() {
            guard let cell, !cell.isEmpty, !names.contains(cell) else {
                throw .table(
                    name, line: 1, column: "number \(index + 1)", rule: "a column has a name of its own")
            }
            names.append(cell)
        }
        columns = names
        while let row = try reader.row() {
            guard row.cells.count == columns.count else {
                throw .table(
                    name, line: row.line, column: nil,
                    rule: "expected \(columns.count) fields, found \(row.cells.count)")
            }
            rows.append(row)
        }
    }

    /// The text of the table. Read again it gives the same table.
    public var text: String {
        guard !columns.isEmpty else { return "" }
        var bytes: [UInt8] = []
        CSVTable.append(columns, to: &bytes)
        for row in rows { CSVTable.append(row.cells, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ cells: [String?], to bytes: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(CSVReader.separator) }
            guard let cell else { continue }
            guard needsQuotes(cell) else {
                bytes.append(contentsOf: cell.utf8)
                continue
            }
            bytes.append(CSVReader.quote)
            for byte in cell.utf8 {
                if byte == CSVReader.quote { bytes.append(byte) }
                bytes.append(byte)
            }
            bytes.append(CSVReader.quote)
        }
        bytes.append(CSVReader.lineFeed)
    }

    private static func needsQuotes(_ cell: String) -> Bool {
        cell.isEmpty
            // Postgres takes `\.` for the end of the table.
            || cell == "\\."
            || cell.utf8.contains {
                [CSVReader.separator, CSVReader.quote, CSVReader.lineFeed, CSVReader.carriageReturn].contains(
                    $0)
            }
    }
}
