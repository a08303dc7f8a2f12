// Taking an export over, on a connection that may wait.

internal import Engine
public import Identity
public import Postgres
internal import Primitives
public import Transfer

/// Why nothing was taken over.
public enum ImportFailure: Error, Sendable, CustomStringConvertible {
    case database(PostgresError)
    /// Something is wrong in the export.
    case export(TransferError)

    public var description: String {
        switch self {
        case .database(let error): "storage: \(error)"
        case .export(let error): "\(error)"
        }
    }
}

/// Writes what an export holds, beside a running daemon. Not for loops: every call waits for the database.
public struct ExportImport {
    private let connection: BlockingConnection
    private let key: SealingKey
    private let problems: ([UInt8]) -> [String]

    /// - Parameters:
    ///   - connection: to a database whose tables are up to date.
    ///   - key: under which the secrets of this installation are sealed.
    ///   - problems: what keeps a flow's document from running here, a sentence each.
    public init(_ connection: BlockingConnection, key: SealingKey, problems: @escaping ([UInt8]) -> [String])
    {
        self.connection = connection
        self.key = key
        self.problems = problems
    }

    /// Takes over everything that is not there yet, in one transaction: all of it or nothing.
    ///
    /// Rows that exist already stay as they are and are reported, so the same export may be taken over again. Ids that
    /// belong to others are replaced by new ones, and references to them are renamed.
    ///
    /// - Parameter secrets: the secrets of the export; nil if it has none or nobody opened them.
    public func run(_ file: ExportFile, _ secrets: ExportedSecrets?) throws(ImportFailure) -> ImportReport {
        try connection.transaction(
            { () throws(ImportFailure) in
                var pass = ImportPass(
                    connection: connection, key: key, problems: problems, file: file, secrets: secrets)
                try pass.run()
                return pass.report
            }, onDatabaseError: { .database($0) })
    }
}

/// One import under way, inside its transaction. The parts about single tables are in files of their own.
struct ImportPass {
    let connection: BlockingConnection
    let key: SealingKey
    let problems: ([UInt8]) -> [String]
    let file: ExportFile
    let secrets: ExportedSecrets?
    var report = ImportReport()
    /// The users here that the users of the export have become.
    var users: [UserID: KnownUser] = [:]
    /// The users that this import has made.
    var newUsers: Set<UserID> = []
    var renaming = FlowRenaming()
    /// The UUIDs here of imported flows, by their numbers in the export.
    var importedFlows: [Int64: UniqueID] = [:]

    mutating func run() throws(ImportFailure) {
        try importUsers()
        try importAllowedKeys()
        try importQuotas()
        try importWallets()
        try importAPIKeys()
        try importStores()
        try importItems()
        try importFlows()
        try importVault()
        for table in ExportTable.allCases where table.isIgnored {
            if let rows = file[table]?.rows, !rows.isEmpty { report.ignored(table, count: rows.count) }
        }
        for row in rows(.nodeDefinitions) where row["user_id"].flatMap({ UserID($0) }) == file.user {
            report.note(row, "the user's own definition is ignored: this server runs the kinds that it has")
        }
        let unknown = file.tables.keys.count { ExportTable(rawValue: $0) == nil }
        if unknown > 0 { report.notes.append("\(unknown) tables of unknown names are ignored") }
    }

    func rows(_ table: ExportTable) -> [ExportRow] { ExportRow.all(table, of: file) }

    /// The user here that owns a row.
    func owner(of row: ExportRow) throws(ImportFailure) -> KnownUser {
        let id = try reading { () throws(TransferError) in UserID(try row.uuid("user_id")) }
        guard let user = users[id] else {
            throw .export(row.failure("user_id", "expected a user of this export"))
        }
        return user
    }

    @discardableResult
    func ask<Input, Answer>(_ statement: Statement<Input, Answer>, _ input: Input) throws(ImportFailure)
        -> Answer
    {
        do throws(PostgresError) {
            return try connection.ask(statement, input)
        } catch {
            throw .database(error)
        }
    }

    /// Reads cells of a row of the export.
    func reading<Value>(_ body: () throws(TransferError) -> Value) throws(ImportFailure) -> Value {
        do throws(TransferError) {
            return try body()
        } catch {
            throw .export(error)
        }
    }

    /// Makes numbers that are handed out later begin behind those that this import wants to keep. Called before free
    /// numbers are looked for, because others go on taking some.
    func reserve(_ numbers: [Int64], _ statement: Statement<Int64, Void>) throws(ImportFailure) {
        guard let highest = numbers.filter({ $0 > 0 && $0 <= Limits.importedNumberMax }).max() else { return }
        try ask(statement, highest)
    }
}
