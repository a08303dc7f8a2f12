// What is asked of one table: which rows, in which order, and what is shown of them. Pure.

internal import Primitives
internal import Wire

/// What is asked of a table, or of one that is embedded in another.
public struct TableSelection: Sendable {
    public let table: TableDefinition
    /// What is shown of each row.
    public internal(set) var outputs: [TableOutput] = []
    public private(set) var embedded: [EmbeddedTable] = []
    /// What every row must meet.
    public internal(set) var conditions: [TableCondition] = []
    public private(set) var order: [TableOrder] = []
    public internal(set) var range = TableRange.all

    /// All columns that `*` means.
    init(_ table: TableDefinition) {
        self.table = table
        outputs = TableOutput.all(of: table)
    }

    /// - Parameter select: the value of `select`; empty for all columns.
    init(_ table: TableDefinition, select: String) throws(TableError) {
        self.table = table
        guard !select.isEmpty else {
            outputs = TableOutput.all(of: table)
            return
        }
        var text = TableText(select)
        var count = 0
        try read(&text, depth: 0, &count)
        guard text.isAtEnd else { throw .query("select has a bracket too many") }
    }

    /// The filters in it and in all that is embedded.
    var filterCount: Int {
        conditions.reduce(0) { $0 + $1.filterCount } + embedded.reduce(0) { $0 + $1.selection.filterCount }
    }
}

extension TableSelection {
    // MARK: select

    /// Reads items up to the end or a closing bracket, which stays.
    private mutating func read(
        _ text: inout TableText, depth: Int, _ count: inout Int
    ) throws(TableError) {
        var items = 0
        repeat {
            items += 1
            text.skipSpaces()
            if text.take("*") {
                text.skipSpaces()
                for output in TableOutput.all(of: table) { try show(output) }
            } else {
                try readItem(&text, depth: depth, &count)
            }
            guard max(items, outputs.count) <= Limits.tableOutputsMax else {
                throw .query("select names more than \(Limits.tableOutputsMax) columns")
            }
        } while text.take(",")
        guard text.isAtEnd || text.next == ")" else {
            throw TableSelection.badSelect
        }
    }

    private mutating func readItem(
        _ text: inout TableText, depth: Int, _ count: inout Int
    ) throws(TableError) {
        guard !text.take("...") else { throw .query("spreading an embedded table is not offered") }
        var alias: String?
        var name = text.name(until: TableSelection.endsName)
        if text.next == ":" {
            guard !text.take("::") else { throw TableSelection.noCasts }
            _ = text.take(":")
            alias = name
            name = text.name(until: TableSelection.endsName)
        }
        if text.next == "!" || text.next == "(" {
            return try readEmbedded(name, alias, &text, depth: depth, &count)
        }
        guard !name.isEmpty else { throw TableSelection.badSelect }
        guard let column = table.column(name) else { throw .unknownColumn(name, table) }
        let field = try TableField(column, behind: &text, until: TableSelection.endsName)
        guard !text.take("::") else { throw TableSelection.noCasts }
        text.skipSpaces()
        try show(TableOutput(field, name: alias))
    }

    private mutating func readEmbedded(
        _ name: String, _ alias: String?, _ text: inout TableText, depth: Int, _ count: inout Int
    ) throws(TableError) {
        let lastWord = name.split(separator: ".").last.map(String.init) ?? ""
        guard !["count", "sum", "avg", "min", "max"].contains(lastWord) else {
            throw TableError(.badRequest, "PGRST123", "Use of aggregate functions is not allowed")
        }
        var hint: String?
        var isInner = false
        while text.take("!") {
            let word = text.name(until: TableSelection.endsName)
            switch word {
            case "inner": isInner = true
            case "left": isInner = false
            default: hint = word
            }
        }
        guard text.take("(") else { throw .query("an embedded table needs its columns in brackets") }
        count += 1
        guard depth < Limits.tableEmbeddingDepthMax, count <= Limits.tableEmbeddingsMax else {
            throw .query(
                "at most \(Limits.tableEmbeddingsMax) tables can be embedded, \(Limits.tableEmbeddingDepthMax) deep"
            )
        }
        let (relationship, isMany) = try TableRelationship.find(name, hint: hint, in: table)
        var selection = TableSelection(
            TableDefinition.named(isMany ? relationship.table : relationship.target))
        selection.outputs = []
        if text.next != ")" { try selection.read(&text, depth: depth + 1, &count) }
        guard text.take(")") else { throw .query("select has a bracket that is not closed") }
        text.skipSpaces()
        let embedding = EmbeddedTable(
            name: alias ?? name, relationship: relationship, isMany: isMany, isInner: isInner,
            selection: selection)
        embedded.append(embedding)
        // With empty brackets a table only decides which rows there are.
        guard !selection.outputs.isEmpty else { return }
        try show(TableOutput(embedded: embedded.count - 1, name: embedding.name))
    }

    /// Adds a member to the rows. What is named again, as in `*,id`, is shown once.
    private mutating func show(_ output: TableOutput) throws(TableError) {
        guard let other = outputs.first(where: { $0.name == output.name }) else {
            return outputs.append(output)
        }
        guard other == output else {
            throw .query(
                "select names two members of a row \(TableError.shown(output.name))",
                hint: "an alias tells them apart, such as other:name")
        }
    }

    private static func endsName(_ character: TableText.Character) -> Bool {
        switch character {
        case ",", "(", ")", "!", ":": true
        default: false
        }
    }

    private static let badSelect = TableError.query("select takes columns with commas between")
    private static let noCasts = TableError.query("casts are not offered")

    // MARK: Other parameters

    /// Takes a parameter in that is not about the request as a whole: a filter, or what is asked of an embedded table.
    mutating func add(_ name: String, _ value: String, isEmbedded: Bool = false) throws(TableError) {
        if let column = table.column(TableText.unquoted(name[...])) {
            return conditions.append(.filter(try TableFilter(TableField(column), value)))
        }
        if let junction = TableJunction(rawValue: name) {
            return conditions.append(try condition(junction, value))
        }
        if isEmbedded {
            switch name {
            case "order": return order = try TableOrder.read(value, of: table)
            case "limit": return range = try range.limited(value)
            case "offset": return range = try range.skipping(value)
            default: break
            }
        }
        var text = TableText(name)
        let first = text.name { $0 == "." }
        let index =
            embedded.firstIndex { $0.name == first }
            ?? embedded.firstIndex {
                $0.selection.table.name == TableDefinition.find(first)?.name
            }
        if text.take(".") {
            guard let index else { throw .notEmbedded(first) }
            return try embedded[index].selection.add(text.remainder(), value, isEmbedded: true)
        }
        if text.isAtEnd, let index { return conditions.append(try presence(of: index, value)) }
        guard let column = table.column(first) else { throw .unknownColumn(first, table) }
        let field = try TableField(column, behind: &text) { _ in false }
        guard text.isAtEnd else { throw .query("a filter is for a column or a place in its JSON") }
        conditions.append(.filter(try TableFilter(field, value)))
    }

    mutating func sort(by text: String) throws(TableError) { order = try TableOrder.read(text, of: table) }
}
