// Rules of tables as text: those of nodes, whose delimiter is the input's first byte, and those of exports.

import Transfer
import Values

extension FuzzTarget {
    static let csv = FuzzTarget("csv") { input in
        let delimiter = Value.string(String(decoding: input.prefix(1), as: UTF8.self))
        let text = String(decoding: input.dropFirst(), as: UTF8.self)
        try TableRules.check(["string": .string(text), "delimiter": delimiter, "header": .bool(false)])
        try TableRules.check(
            [
                "string": .string(text), "delimiter": delimiter, "header": .bool(true),
                "keep_extra": .bool(true),
            ])
        guard let table = try? CSVTable(text, named: "t") else { return }
        let again = try expect("a table of an export is read again") { try CSVTable(table.text, named: "t") }
        try expect(
            again.columns == table.columns && again.rows.map(\.cells) == table.rows.map(\.cells),
            "a table of an export becomes another: \(table.text)")
    }

    static let export = FuzzTarget("export") { input in
        guard let file = try? ExportFile(input) else { return }
        let again = try expect("an export is read again") { try ExportFile(file.encoded) }
        try expect(again.encoded == file.encoded, "an export becomes another")
        for name in ExportTable.allCases {
            try expect(
                again[name]?.rows.map(\.cells) == file[name]?.rows.map(\.cells), "\(name) becomes another")
        }
    }
}

private enum TableRules {
    private static let parse = LoneNode("csv_parse")
    private static let write = LoneNode("csv_write")

    /// What was read and is written is read again.
    static func check(_ inputs: ValueMap) throws {
        guard let read = try parse.outputs(inputs), let rows = read["rows"] else { return }
        var writing = inputs
        writing["string"] = nil
        writing["keep_extra"] = nil
        writing["rows"] = rows
        let written = try expect("a table that was read can be written") { try write.outputs(writing) }
        var again = inputs
        again["string"] = written["result"]
        let second = try expect("a table that was written can be read") { try parse.outputs(again) }
        guard case .array(let elements)? = second["rows"], case .array(let first) = rows else {
            throw Finding("rows are no array")
        }
        // Fields that are missing are written as empty ones, and rows without a field that is filled as empty lines.
        try expect(
            texts(elements) == texts(first),
            "\(rows.taggedText) becomes \(second["rows"]?.taggedText ?? "nothing")")
    }

    /// The fields of all rows that have any which is filled.
    private static func texts(_ rows: [Value]) -> [[String]] {
        rows.map { row in
            let fields: [Value] =
                switch row {
                case .array(let fields): fields
                case .map(let map): map.entries.map(\.value)
                default: []
                }
            let texts = fields.map { if case .string(let text) = $0 { text } else { "" } }
            return texts.reversed().drop { $0.isEmpty }.reversed()
        }.filter { !$0.isEmpty }
    }
}
