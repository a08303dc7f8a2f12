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
        /// New values for rows of the caller that have these numbers, and new rows for numbers that rows of his have had. If
        /// a number is neither, nothing is done.
        case mergeNumbered([TableRow], by: TableColumn)
        /// The same, but rows that are there stay as they are.
        case insertMissingNumbered([TableRow], by: TableColumn)
        case update(TableRow)
        case delete
    }

    public let table: TableDefinition
    public let caller: TableCaller
    public let action: Action
    /// Which rows it is about, and what the answer shows of each; no outputs if it shows none.
    public let selection: TableSelection
    public let mediaType: TableMediaType
    /// The number of all rows that meet the filters is wanted.
    public let counts: Bool
    /// The answer is one object. A change happens only if it affects one row.
    public let wantsOne: Bool
    /// A change happens only if it affects at most so many rows; nil for any number.
    public let affectedMax: Int64?
    /// The columns in which rows of the body name a flow that must be looked up.
    public let lookedUpColumns: [TableColumn]
    /// The columns in which rows that are there must hold what the body says already.
    public let keptColumns: [TableColumn]
    let returns: TablePreferences.Return
    /// The preferences that the answer says it has applied, if any.
    let appliedPreferences: String?

    /// Reads the body, if the request has one, and decides what the caller may do.
    ///
    /// - Throws: `TableError`, also for changes that no caller, or not this one, may make.
    public init(_ query: TableQuery, caller: TableCaller, body: [UInt8]) throws(TableError) {
        table = query.table
        self.caller = caller
        counts = query.preferences.counts
        returns = query.action == .read ? .representation : query.preferences.returns
        // An answer without rows, or with an address only, has no form that a client could choose.
        mediaType = returns == .representation ? query.mediaType : .json
        wantsOne = mediaType.form == .object
        affectedMax = query.action == .read ? nil : query.preferences.affectedMax
        appliedPreferences = query.preferences.applied(to: query.action)
        var selection = query.selection
        switch returns {
        case .representation: break
        case .minimal: selection.outputs = []
        case .headersOnly:
            selection.outputs =
                query.action == .insert ? query.table.keyColumns.map { TableOutput(TableField($0)) } : []
        }
        self.selection = selection
        action = try TableRequest.action(query, caller, body)
        let rows = TableRequest.rows(of: action) ?? []
        lookedUpColumns = TableRequest.lookedUpColumns(of: rows)
        keptColumns = TableRequest.columns(of: rows.lazy.flatMap(\.kept))
        switch action {
        case .insert, .insertMissing, .merge, .mergeNumbered, .insertMissingNumbered: try checkCount()
        case .read, .update, .delete: break
        }
    }

    /// An insert affects the rows of its body. It can affect fewer only if some of them may be there already.
    private func checkCount() throws(TableError) {
        let count = rows?.count ?? 0
        if wantsOne, count != 1 { throw .notOne("\(count)") }
        switch action {
        case .insertMissing, .insertMissingNumbered: return
        default: break
        }
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
                table: query.table, caller: user, purpose: .update, columns: query.bodyColumns)
            let rows = try reader.rows(body)
            guard rows.count == 1, let row = rows.first, !row.entries.isEmpty || !row.kept.isEmpty else {
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
                table: table, caller: user, purpose: .insert, columns: query.bodyColumns)
            let rows = try filled(try reader.rows(body), query)
            try checkNumbers(rows)
            // If flows are looked up, one statement holds all rows, and no row can ask for a column's default in it.
            if !lookedUpColumns(of: rows).isEmpty { try checkNames(rows) }
            return .insert(rows)
        }
        let target = query.conflictTarget
        let columns = target.compactMap { table.column($0) }
        // The server gives out numbers, so a row can be found by its number, but not made with any.
        let number = columns.first { columns.count == 1 && $0.writing.contains(.again) }
        let reader = TableRowReader(
            table: table, caller: user, purpose: .merge(by: target), columns: query.bodyColumns)
        let rows = try filled(try reader.rows(body), query)
        let names = try checkNames(rows)
        if number == nil { try checkNumbers(rows) }
        guard rows.isEmpty || target.allSatisfy(names.contains) else {
            throw .body("each row must have the columns " + target.joined(separator: ", "))
        }
        switch (resolution, number) {
        case (.merge, let column?): return .mergeNumbered(rows, by: column)
        case (.merge, nil): return .merge(rows, by: columns)
        case (.ignore, nil): return .insertMissing(rows, by: columns)
        case (.ignore, let column?): return .insertMissingNumbered(rows, by: column)
        }
    }

    /// A new row can have a number that the server has given out, but not one that must be looked up first.
    private static func checkNumbers(_ rows: [TableRow]) throws(TableError) {
        for entry in rows.lazy.flatMap(\.entries) where entry.column.writing.contains(.again) {
            guard case .integer = entry.value else { throw TableError.invalidText(.integer).of(entry.column) }
        }
    }

    /// The names of the columns that each of the rows has.
    @discardableResult
    private static func checkNames(_ rows: [TableRow]) throws(TableError) -> Set<String> {
        func names(_ entries: [TableRow.Entry]) -> Set<String> { Set(entries.map(\.column.name)) }
        guard let first = rows.first else { return [] }
        guard
            rows.allSatisfy({
                names($0.entries) == names(first.entries) && names($0.kept) == names(first.kept)
            })
        else { throw .body("All object keys must match") }
        return names(first.entries)
    }

    /// The rows with null for each column that others of them have, or that the query names, if the client wants that.
    /// Otherwise the table's defaults stand there.
    private static func filled(_ rows: [TableRow], _ query: TableQuery) throws(TableError) -> [TableRow] {
        guard query.preferences.missing == .nulls else { return rows }
        let named = Set(query.bodyColumns ?? rows.flatMap { $0.entries.map(\.column) })
        let columns = query.table.columns.filter { named.contains($0) && $0.writing.contains(.insert) }
        var filled: [TableRow] = []
        for row in rows {
            var entries = row.entries
            for column in columns where row[column.name] == nil {
                entries.append(
                    TableRow.Entry(column: column, value: try column.rule.check(.null, for: column)))
            }
            filled.append(TableRow(entries: entries, kept: row.kept))
        }
        return filled
    }

    /// The rows of the body; nil for requests that have none.
    public var rows: [TableRow]? { TableRequest.rows(of: action) }

    private static func rows(of action: Action) -> [TableRow]? {
        switch action {
        case .read, .delete: nil
        case .insert(let rows), .insertMissing(let rows, _), .merge(let rows, _), .mergeNumbered(let rows, _),
            .insertMissingNumbered(let rows, _):
            rows
        case .update(let row): [row]
        }
    }

    /// The columns in which rows name a flow that must be looked up.
    private static func lookedUpColumns(of rows: [TableRow]) -> [TableColumn] {
        columns(
            of: rows.lazy.flatMap(\.entries).filter { $0.column.type.mustLookUp(written: $0.value) })
    }

    private static func columns(of entries: some Sequence<TableRow.Entry>) -> [TableColumn] {
        var columns: [TableColumn] = []
        for entry in entries where !columns.contains(entry.column) { columns.append(entry.column) }
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
