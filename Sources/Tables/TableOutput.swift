// The members of the rows of an answer, and their reading from `select`. Pure.

internal import Primitives

/// One member of the rows of an answer.
public struct TableOutput: Hashable, Sendable {
    /// The member's name. It may be a client's own and never gets into SQL.
    public let name: String
    public let column: TableColumn
    /// The way into a JSON column: names of members and numbers of elements. They are bound like values.
    public let path: [String]
    /// The value at the path is wanted as text instead of JSON.
    public let isText: Bool

    init(_ column: TableColumn, name: String? = nil, path: [String] = [], isText: Bool = false) {
        self.name = name ?? path.last ?? column.name
        self.column = column
        self.path = path
        self.isText = isText
    }
}

extension TableOutput {
    /// All columns that `*` means.
    static func all(of table: TableDefinition) -> [TableOutput] {
        table.columns.filter(\.isListed).map { TableOutput($0) }
    }

    /// Reads `*`, `a,b`, `name:a`, `a->b->>c` and their mixtures.
    static func read(_ text: String, of table: TableDefinition) throws(TableError) -> [TableOutput] {
        var outputs: [TableOutput] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let item = trimmed(item)
            if item == "*" || text.isEmpty {
                outputs += all(of: table)
            } else {
                outputs.append(try read(item, table))
            }
            guard outputs.count <= Limits.tableOutputsMax else {
                throw .query("select names more than \(Limits.tableOutputsMax) columns")
            }
        }
        return outputs
    }

    private static func read(_ item: Substring, _ table: TableDefinition) throws(TableError) -> TableOutput {
        guard !item.utf8.contains(UInt8(ascii: "(")) else {
            throw .query("embedded tables and aggregates are not offered")
        }
        guard !item.contains("::") else { throw .query("casts are not offered") }
        var source = item
        var name: String?
        if let colon = item.firstIndex(of: ":") {
            name = unquoted(trimmed(item[..<colon]))
            source = trimmed(item[item.index(after: colon)...])
        }
        let (columnName, path, isText) = try way(source)
        guard let column = table.column(columnName) else { throw .unknownColumn(table) }
        guard path.isEmpty || column.type == .json else {
            throw .query("column \(column.name) is no JSON to look into")
        }
        return TableOutput(column, name: name, path: path, isText: isText)
    }

    /// The name in front of the arrows, the path behind them, and whether the last arrow asks for text.
    private static func way(_ text: Substring) throws(TableError) -> (String, [String], isText: Bool) {
        let steps = text.split(separator: "->", omittingEmptySubsequences: false)
        let column = steps.first.map { unquoted(trimmed($0)) } ?? ""
        var path: [String] = []
        var isText = false
        for step in steps.dropFirst() {
            guard !isText else { throw .query("nothing can follow ->>") }
            isText = step.utf8.first == UInt8(ascii: ">")
            let key = unquoted(isText ? step.dropFirst() : step)
            guard !key.isEmpty, !key.utf8.contains(0) else { throw .query("a name must follow each arrow") }
            path.append(key)
        }
        guard path.count <= Limits.tablePathKeysMax else {
            throw .query("a path has more than \(Limits.tablePathKeysMax) names")
        }
        return (column, path, isText)
    }

    /// Without spaces around it.
    static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Clients may put names into quotation marks.
    static func unquoted(_ text: Substring) -> String {
        guard text.utf8.count >= 2, text.utf8.first == UInt8(ascii: "\""),
            text.utf8.last == UInt8(ascii: "\"")
        else {
            return String(text)
        }
        return String(text.dropFirst().dropLast())
    }
}
