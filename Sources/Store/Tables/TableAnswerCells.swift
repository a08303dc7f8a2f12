// Where the answer to a request stands in the rows of its statement.

internal import Postgres
internal import Primitives
internal import Tables
internal import Wire

/// The columns of an answer: what is selected, and how it is read.
struct TableAnswerCells: Sendable {
    private let total: Cell<Int64?>
    private let found: Cell<Int64?>
    private let outputs: [Cell<[UInt8]>]
    /// The list behind SELECT.
    let selected: String

    /// - Parameters:
    ///   - total: SQL that gives the number of rows that the request is about, or null.
    ///   - found: the number of rows that are shown, before the answer's size cuts it, or null.
    ///   - outputs: JSON text of each output.
    init(total: String, found: String, outputs: [String]) {
        var columns = ResultColumns()
        self.total = columns.add(total, .optional(.bigint))
        self.found = columns.add(found, .optional(.bigint))
        self.outputs = outputs.map { columns.add($0, .textBytes) }
        selected = columns.text
    }

    /// Reads the answer to a request with these outputs.
    func read(_ rows: PostgresRows, _ outputs: [TableOutput]) throws(PostgresError) -> TableReply {
        guard rows.count > 0 else { throw .unreadable("answer of a table, which has no rows,") }
        let total = try rows[0][total]
        guard let found = try rows[0][found] else {
            return TableReply(rows: Array("[]".utf8), count: 0, total: total, isCut: false)
        }
        var writer = JSONWriter()
        writer.beginArray()
        for index in 0..<rows.count {
            let row = rows[index]
            writer.beginObject()
            for (output, cell) in zip(outputs, self.outputs) {
                writer.key(output.name)
                writer.raw(try row[cell])
            }
            writer.endObject()
        }
        writer.endArray()
        return TableReply(
            rows: writer.output, count: rows.count, total: total, isCut: Int64(rows.count) < found)
    }
}
