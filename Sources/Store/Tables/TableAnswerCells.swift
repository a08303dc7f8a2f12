// Where the answer to a request stands in the rows of its statement.

internal import Postgres
internal import Primitives
internal import Tables
internal import Wire

/// The columns of an answer: what is selected, and how it is read.
struct TableAnswerCells: Sendable {
    private let total: Cell<Int64?>
    private let found: Cell<Int64?>
    private let obstacle: Cell<Int64?>
    private let outputs: [Cell<[UInt8]?>]
    private let names: [String]
    private let mediaType: TableMediaType
    /// The list behind SELECT.
    let selected: String

    /// - Parameters:
    ///   - total: SQL that gives the number of rows that the request is about, or null.
    ///   - found: the number of rows that are shown, before the answer's size cuts it, or null.
    ///   - obstacle: -1 for a foreign number, the index of a kept column that has another value, or null.
    ///   - outputs: text of each output, as the form of the answer has it, or null.
    ///   - names: the names of the outputs.
    init(
        total: String, found: String, obstacle: String, outputs: [String], names: [String],
        _ mediaType: TableMediaType
    ) {
        var columns = ResultColumns()
        self.total = columns.add(total, .optional(.bigint))
        self.found = columns.add(found, .optional(.bigint))
        self.obstacle = columns.add(obstacle, .optional(.bigint))
        self.outputs = outputs.map { columns.add($0, .optional(.textBytes)) }
        self.names = names
        self.mediaType = mediaType
        selected = columns.text
    }

    /// Reads the answer.
    func read(_ rows: PostgresRows) throws(PostgresError) -> TableReply {
        guard rows.count > 0 else { throw .unreadable("answer of a table, which has no rows,") }
        let first = rows[0]
        let total = try first[total]
        let obstacle: TableReply.Obstacle? = try first[obstacle].map {
            $0 < 0 ? .foreignNumber : .keptColumn(Int($0))
        }
        let found = try first[found]
        let count = found == nil ? 0 : rows.count
        let text = mediaType.form == .csv ? try lines(rows, count) : try array(rows, count)
        return TableReply(
            rows: text, count: count, total: total, isCut: Int64(count) < found ?? 0, obstacle: obstacle)
    }

    private func array(_ rows: PostgresRows, _ count: Int) throws(PostgresError) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for index in 0..<count {
            let row = rows[index]
            writer.beginObject()
            for (name, cell) in zip(names, outputs) {
                guard let value = try row[cell] else { continue }
                guard mediaType.stripsNulls else {
                    writer.key(name)
                    writer.raw(value)
                    continue
                }
                guard let stripped = TableAnswerCells.withoutNulls(value) else { continue }
                writer.key(name)
                writer.raw(stripped)
            }
            writer.endObject()
        }
        writer.endArray()
        return writer.output
    }

    /// JSON without members that are null; nil for null. Text without the word is left as it is.
    private static func withoutNulls(_ text: [UInt8]) -> [UInt8]? {
        let word = Array("null".utf8)
        guard text != word else { return nil }
        guard text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "["),
            text.firstRange(of: word) != nil, let tree = try? JSONValue.parse(text)
        else { return text }
        return stripped(tree).encoded
    }

    private static func stripped(_ tree: JSONValue) -> JSONValue {
        if let elements = tree.array { return .array(elements.map(stripped)) }
        guard let object = tree.object else { return tree }
        return .object(
            JSONObject(
                object.entries.filter { $0.value != .null }.map { (key: $0.key, value: stripped($0.value)) }))
    }

    /// Lines with a feed between them, as such servers write them; what is null is empty, and an empty text is quoted.
    private func lines(_ rows: PostgresRows, _ count: Int) throws(PostgresError) -> [UInt8] {
        var text: [UInt8] = []
        for (index, name) in names.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            TableAnswerCells.append(Array(name.utf8), to: &text)
        }
        for index in 0..<count {
            text.append(UInt8(ascii: "\n"))
            for (place, cell) in outputs.enumerated() {
                if place > 0 { text.append(UInt8(ascii: ",")) }
                if let value = try rows[index][cell] { TableAnswerCells.append(value, to: &text) }
            }
        }
        return text
    }

    /// RFC 4180 section 2.
    private static func append(_ value: [UInt8], to text: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let isPlain =
            !value.isEmpty
            && !value.contains { $0 == quote || $0 == UInt8(ascii: ",") || $0 == 0x0A || $0 == 0x0D }
        guard !isPlain else { return text += value }
        text.append(quote)
        for byte in value {
            if byte == quote { text.append(quote) }
            text.append(byte)
        }
        text.append(quote)
    }
}
