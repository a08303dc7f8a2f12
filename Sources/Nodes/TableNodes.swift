// Nodes for tables of comma-separated values (RFC 4180, spec nodes 2.4).

internal import Engine
internal import Values

/// The kinds that read and write such tables.
enum TableNodes {
    static let kinds: [NodeKind] = [csvParse, csvWrite]

    private static let delimiter = InputPort(
        "delimiter", types: ["string"], required: false, default: .string(","),
        tooltip: "One ASCII character between fields.")

    private static let csvParse = NodeKind.computing(
        "table", "csv_parse", summary: "Reads a table of comma-separated values.",
        inputs: [
            InputPort("string", types: ["string"]), delimiter,
            InputPort(
                "header", types: ["bool"], required: false, default: .bool(true),
                tooltip: "The first row names the columns, and rows become objects; else rows become arrays."),
            InputPort(
                "keep_extra", types: ["bool"], required: false, default: .bool(false),
                tooltip:
                    "Fields behind the last column are kept as column_3 and so on; else such a row fails."),
        ],
        outputs: [
            OutputPort("rows", type: "array", tooltip: "All fields are texts; missing ones are Null."),
            OutputPort(
                "columns", type: "array",
                tooltip: "The names of the first row; empty ones and those that repeat have got a number."),
        ]
    ) { call in
        let text = try call.inputs.required("string", as: String.self)
        let hasHeader = try call.inputs.optional("header", as: Bool.self) ?? true
        var reader = TableReader(text, delimiter: try call.delimiter())
        let keepsExtra = try call.inputs.optional("keep_extra", as: Bool.self) ?? false
        var columns = TableColumns(hasHeader ? try reader.next() ?? [] : [])
        var rows = BoundedList()
        while let fields = try reader.next() {
            if rows.elements.count % 256 == 0 { try call.checkCancellation() }
            guard hasHeader else {
                try rows.append(.array(fields.map { .string($0) }))
                continue
            }
            try rows.append(columns.object(fields, number: reader.rowNumber, keepsExtra: keepsExtra))
        }
        return ["rows": rows.value, "columns": .array(columns.names.map { .string($0) })]
    }

    private static let csvWrite = NodeKind.computing(
        "table", "csv_write", summary: "Writes objects or arrays as a table of comma-separated values.",
        inputs: [
            InputPort("rows", types: ["array"]),
            InputPort(
                "columns", types: ["array"], required: false,
                tooltip: "Which fields of objects, in order; else all fields of all rows."),
            delimiter,
            InputPort(
                "header", types: ["bool"], required: false, default: .bool(true),
                tooltip: "Begins with a row of the columns' names, if there are any."),
        ],
        outputs: [OutputPort("result", type: "string")]
    ) { call in
        let rows = try call.inputs.required("rows", as: [Value].self)
        var writer = TableWriter(delimiter: try call.delimiter())
        let columns =
            try call.inputs.optional("columns", as: [Value].self)?.map { try String(reading: $0) }
            ?? TableWriter.columns(of: rows)
        if try call.inputs.optional("header", as: Bool.self) ?? true, !columns.isEmpty {
            try writer.append(columns.map { .string($0) })
        }
        for (index, row) in rows.enumerated() {
            if index % 256 == 0 { try call.checkCancellation() }
            switch row {
            case .map(let map): try writer.append(columns.map { map[$0] ?? .null })
            case .array(let fields): try writer.append(fields)
            default: throw NodeFailure("row \(index + 1) is neither an object nor an array")
            }
        }
        return ["result": .string(writer.text)]
    }
}

extension NodeCall {
    fileprivate func delimiter() throws -> UInt8 {
        let text = try inputs.optional("delimiter", as: String.self) ?? ","
        guard let byte = text.utf8.first, text.utf8.count == 1, byte < 128,
            !"\"\r\n".utf8.contains(byte)
        else { throw NodeFailure("delimiter must be one character of ASCII") }
        return byte
    }
}
