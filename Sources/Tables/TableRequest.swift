// A request to a table, complete: what storage carries out. Pure.

public import Primitives
internal import Wire

/// Who asks.
public enum TableCaller: Hashable, Sendable {
    case user(UserID)
    /// A client with no other credential than the key that everybody is told.
    case anonymous
}

/// Something to do with the rows of a table. All names in it are those of the definition; everything else that a client
/// has sent is a value.
public struct TableRequest: Sendable {
    /// What is done with the rows.
    public enum Action: Hashable, Sendable {
        case read
        /// New rows of the caller.
        case insert([TableRow])
        /// New rows, unless one with the same values in these columns is there, which then stays.
        case insertMissing([TableRow], by: [TableColumn])
        /// New rows, or new values for rows of the caller that have the same values in these columns. Nothing is done if
        /// one of them is somebody else's.
        case merge([TableRow], by: [TableColumn])
        /// New values for rows of the caller. Nothing is done if one of them is not there.
        case mergeExisting([TableRow], by: TableColumn)
        case update(TableRow)
        case delete
    }

    public let table: TableDefinition
    public let caller: TableCaller
    public let action: Action
    /// What the answer shows of each row; empty if it shows none.
    public let outputs: [TableOutput]
    public let filters: [TableFilter]
    public let order: [TableOrder]
    public let range: TableRange
    /// The number of all rows that meet the filters is wanted.
    public let counts: Bool
    /// The answer is one object. A change happens only if it affects one row.
    public let wantsOne: Bool
    /// A change happens only if it affects at most so many rows; nil for any number.
    public let affectedMax: Int64?
    /// The columns in which rows of the body name a flow that must be looked up.
    public let lookedUpColumns: [TableColumn]
    let returns: TablePreferences.Return
    /// The preferences that the answer says it has applied, if any.
    let appliedPreferences: String?

    /// Reads the body, if the request has one, and decides what the caller may do.
    ///
    /// - Throws: `TableError`, also for changes that no caller, or not this one, may make.
    public init(_ query: TableQuery, caller: TableCaller, body: [UInt8]) throws(TableError) {
        table = query.table
        self.caller = caller
        filters = query.filters
        order = query.order
        range = query.range
        counts = query.preferences.counts
        returns = query.action == .read ? .representation : query.preferences.returns
        wantsOne = query.preferences.wantsOne && returns == .representation
        affectedMax = query.action == .read ? nil : query.preferences.affectedMax
        appliedPreferences = query.preferences.applied(to: query.action)
        switch returns {
        case .representation: outputs = query.outputs
        case .minimal: outputs = []
        case .headersOnly:
            outputs = query.action == .insert ? query.table.keyColumns.map { TableOutput($0) } : []
        }
        action = try TableRequest.action(query, caller, body)
        lookedUpColumns = TableRequest.lookedUpColumns(of: TableRequest.rows(of: action) ?? [])
        switch action {
        case .insert, .insertMissing, .merge, .mergeExisting: try checkCount()
        case .read, .update, .delete: break
        }
    }

    /// An insert affects the rows of its body. It can affect fewer only if some of them may be there already.
    private func checkCount() throws(TableError) {
        let count = rows?.count ?? 0
        if wantsOne, count != 1 { throw .notOne("\(count)") }
        if case .insertMissing = action { return }
        if let affectedMax, count > affectedMax { throw .tooManyAffected(Int64(count)) }
    }

    private static func action(
        _ query: TableQuery, _ caller: TableCaller, _ body: [UInt8]
    ) throws(TableError) -> Action {
        let needed: TableDefinition.Changes? =
            switch query.action {
            case .read: nil
            case .insert: .insert
            case .update: .update
            case .delete: .delete
            }
        guard let needed else { return .read }
        guard query.table.changes.contains(needed), case .user(let user) = caller else {
            throw .changesDenied(query.table, anonymous: caller == .anonymous)
        }
        switch query.action {
        case .read, .delete: return .delete
        case .update:
            let reader = TableRowReader(
                table: query.table, caller: user, writing: .update, columns: query.bodyColumns)
            let rows = try reader.rows(body)
            guard rows.count == 1, let row = rows.first, !row.entries.isEmpty else {
                throw .body("an update takes one object with at least one column")
            }
            return .update(row)
        case .insert: return try insert(query, user, body)
        }
    }

    private static func insert(
        _ query: TableQuery, _ user: UserID, _ body: [UInt8]
    ) throws(TableError) -> Action {
        let table = query.table
        guard let resolution = query.preferences.resolution else {
            let reader = TableRowReader(
                table: table, caller: user, writing: .insert, columns: query.bodyColumns)
            let rows = try filled(try reader.rows(body), query, reader.writing)
            // If flows are looked up, one statement holds all rows, and no row can ask for a column's default in it.
            if !lookedUpColumns(of: rows).isEmpty { try checkNames(rows) }
            return .insert(rows)
        }
        let target = query.conflictTarget
        let columns = target.compactMap { table.column($0) }
        // The server gives out numbers, so a row can be found by its number, but not made with one.
        let existing = columns.first { columns.count == 1 && !$0.writing.contains(.insert) }
        let reader = TableRowReader(
            table: table, caller: user, writing: existing == nil ? .insert : .update, keys: target,
            columns: query.bodyColumns)
        let rows = try filled(try reader.rows(body), query, reader.writing)
        let names = try checkNames(rows)
        guard rows.isEmpty || target.allSatisfy(names.contains) else {
            throw .body("each row must have the columns " + target.joined(separator: ", "))
        }
        switch (resolution, existing) {
        case (.merge, let column?): return .mergeExisting(rows, by: column)
        case (.merge, nil): return .merge(rows, by: columns)
        case (.ignore, nil): return .insertMissing(rows, by: columns)
        case (.ignore, let column?):
            throw .query("\(column.name) is given out by the server: on_conflict must name another column")
        }
    }

    /// The names of the columns that each of the rows has.
    @discardableResult
    private static func checkNames(_ rows: [TableRow]) throws(TableError) -> Set<String> {
        let names = rows.first.map { Set($0.entries.map(\.column.name)) } ?? []
        guard rows.allSatisfy({ Set($0.entries.map(\.column.name)) == names }) else {
            throw .body("All object keys must match")
        }
        return names
    }

    /// The rows with null for each column that others of them have, or that the query names, if the client wants that.
    /// Otherwise the table's defaults stand there.
    private static func filled(
        _ rows: [TableRow], _ query: TableQuery, _ writing: TableColumn.Writing
    ) throws(TableError) -> [TableRow] {
        guard query.preferences.missing == .nulls else { return rows }
        let named = Set(query.bodyColumns ?? rows.flatMap { $0.entries.map(\.column) })
        let columns = query.table.columns.filter { named.contains($0) && $0.writing.contains(writing) }
        var filled: [TableRow] = []
        for row in rows {
            var entries = row.entries
            for column in columns where row[column.name] == nil {
                entries.append(
                    TableRow.Entry(column: column, value: try column.rule.check(.null, for: column)))
            }
            filled.append(TableRow(entries: entries))
        }
        return filled
    }

    /// The rows of the body; nil for requests that have none.
    public var rows: [TableRow]? { TableRequest.rows(of: action) }

    private static func rows(of action: Action) -> [TableRow]? {
        switch action {
        case .read, .delete: nil
        case .insert(let rows), .insertMissing(let rows, _), .merge(let rows, _), .mergeExisting(let rows, _):
            rows
        case .update(let row): [row]
        }
    }

    /// The columns in which rows name a flow that must be looked up.
    private static func lookedUpColumns(of rows: [TableRow]) -> [TableColumn] {
        var columns: [TableColumn] = []
        for entry in rows.lazy.flatMap(\.entries) where entry.column.type.mustLookUp(written: entry.value) {
            if !columns.contains(entry.column) { columns.append(entry.column) }
        }
        return columns
    }

    /// The parts of flow documents that are written, each as a document, so that they can be checked before they are
    /// stored.
    public var documents: [[UInt8]] {
        guard table.holdsDocuments else { return [] }
        return (rows ?? []).compactMap { row in
            var writer = JSONWriter()
            var hasPart = false
            writer.beginObject()
            for name in ["nodes", "edges", "environment", "current_network", "instructions_bundling"] {
                if case .json(let part)? = row[name] {
                    hasPart = true
                    writer.key(name)
                    writer.raw(part)
                } else if name == "nodes" {
                    writer.key(name)
                    writer.raw("[]".utf8)
                }
            }
            writer.endObject()
            return hasPart ? writer.output : nil
        }
    }
}
