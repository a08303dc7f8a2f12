// One connection to the database: the only file that calls the client library. Non-blocking throughout; an
// event loop watches the descriptor, or `BlockingConnection` waits for it.

internal import CLibPQ
internal import Glibc

/// One libpq handle. Not Sendable: it belongs to the loop or the thread that made it.
///
/// Every call returns at once if the host names of the connection string have been looked up before and are given with
/// their addresses (`ConnectionTarget`); else the library looks them up where it is called. After an error of kind `connection` only `deinit` makes sense.
@safe
public final class PostgresConnection {
    private let handle: OpaquePointer

    /// Starts connecting. Text is exchanged as UTF-8, and notices of the server go nowhere.
    ///
    /// - Parameters:
    ///   - connectionString: a URL or a list of keywords (manual, libpq, connection strings).
    ///   - overrides: settings that count before those of the connection string.
    ///   - applicationName: what the server's own tools show for this connection.
    public init(
        _ connectionString: String, overrides: [ConnectionSetting] = [], applicationName: String
    ) throws(PostgresError) {
        var settings = [
            ("dbname", connectionString), ("fallback_application_name", applicationName),
            ("client_encoding", "UTF8"), ("connect_timeout", "10"), ("keepalives_idle", "30"),
            ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
        ]
        for override in overrides { settings.append((override.keyword, override.value)) }
        let started = unsafe PostgresConnection.withCStrings(settings.map(\.0)) { keywords in
            unsafe PostgresConnection.withCStrings(settings.map(\.1)) { values in
                unsafe PQconnectStartParams(keywords, values, 1)
            }
        }
        guard let started = unsafe started else {
            throw PostgresError(.connection, detail: "no memory for a connection")
        }
        unsafe handle = started
        guard unsafe PQstatus(handle) != CONNECTION_BAD else { throw lost() }
        unsafe PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit { unsafe PQfinish(handle) }

    /// What the library takes as `host`, `hostaddr` and `port` for a connection string, its environment and its service
    /// file; empty texts for what it leaves open. Looks nothing up and connects to nothing.
    static func place(of connectionString: String) -> (host: String, address: String, port: String) {
        // A handle that has failed knows its settings as well, and this value makes it fail before it connects.
        let settings = [("dbname", connectionString), ("sslmode", "none, as nothing is connected")]
        let handle = unsafe withCStrings(settings.map(\.0)) { keywords in
            unsafe withCStrings(settings.map(\.1)) { values in
                unsafe PQconnectStartParams(keywords, values, 1)
            }
        }
        defer { unsafe PQfinish(handle) }
        var found: [String: String] = [:]
        if let handle = unsafe handle, let options = unsafe PQconninfo(handle) {
            defer { unsafe PQconninfoFree(options) }
            var next = unsafe options
            while let keyword = unsafe next.pointee.keyword {
                if let value = unsafe next.pointee.val {
                    unsafe found[String(cString: keyword)] = String(cString: value)
                }
                unsafe next = unsafe next.successor()
            }
        }
        return (found["host"] ?? "", found["hostaddr"] ?? "", found["port"] ?? "")
    }

    /// What to watch. It may change while connecting, when another address of the host is tried.
    public var descriptor: Int32 { unsafe PQsocket(handle) }

    /// The server's version: 150004 for 15.4.
    public var serverVersion: Int32 { unsafe PQserverVersion(handle) }

    /// Goes on connecting. Call it first as if for writing, then each time the awaited readiness is there.
    public func advanceConnecting() throws(PostgresError) -> ConnectProgress {
        switch unsafe PQconnectPoll(handle) {
        case PGRES_POLLING_READING: return .awaitingRead
        case PGRES_POLLING_WRITING: return .awaitingWrite
        case PGRES_POLLING_OK:
            guard unsafe PQsetnonblocking(handle, 1) == 0 else { throw lost() }
            return .connected
        default: throw lost()
        }
    }

    // MARK: Sending

    /// Sends statements without parameters, separated by semicolons: one transaction unless they say otherwise.
    /// Not in pipeline mode.
    public func send(script: String) throws(PostgresError) {
        try check(unsafe PQsendQuery(handle, script))
    }

    /// Prepares a statement under its name.
    public func sendPrepare(_ statement: PostgresStatement) throws(PostgresError) {
        let types = statement.parameters.map(\.oid)
        try check(
            unsafe PQsendPrepare(handle, statement.name, statement.sql, Int32(types.count), types))
    }

    /// Runs a statement: a prepared one by its name, one without a name by its text. The values must be as many as its
    /// parameters and of their types.
    public func sendExecute(_ statement: PostgresStatement, _ values: [PostgresValue]) throws(PostgresError) {
        precondition(
            values.count == statement.parameters.count,
            "a statement was given another number of values than it has parameters")
        var fields: [UInt8] = []
        var starts: [Int] = []
        for value in values {
            starts.append(fields.count)
            value.appendField(to: &fields)
        }
        let lengths = starts.map { Int32(bigEndianBytes: fields[$0..<$0 + 4]) }
        let formats = [Int32](repeating: 1, count: values.count)
        let sent = unsafe fields.withUnsafeBytes { bytes in
            let pointers = unsafe zip(starts, lengths).map { start, length in
                length < 0
                    ? nil
                    : unsafe bytes.baseAddress?.advanced(by: start + 4).assumingMemoryBound(to: CChar.self)
            }
            guard statement.isForOneUse else {
                return unsafe PQsendQueryPrepared(
                    handle, statement.name, Int32(values.count), pointers, lengths, formats, 1)
            }
            let types = statement.parameters.map(\.oid)
            return unsafe PQsendQueryParams(
                handle, statement.sql, Int32(values.count), types, pointers, lengths, formats, 1)
        }
        try check(sent)
    }

    /// From here on statements are sent without awaiting replies. All earlier replies must have been read.
    public func enterPipeline() throws(PostgresError) { try check(unsafe PQenterPipelineMode(handle)) }

    /// Back to one statement at a time. All earlier replies must have been read.
    public func exitPipeline() throws(PostgresError) { try check(unsafe PQexitPipelineMode(handle)) }

    /// Ends a group of statements (pipeline mode).
    public func sendSyncPoint() throws(PostgresError) { try check(unsafe PQpipelineSync(handle)) }

    /// Hands over COPY data; false if the output is full, then again when the descriptor takes bytes.
    public func sendCopy(_ piece: ArraySlice<UInt8>) throws(PostgresError) -> Bool {
        let taken = unsafe piece.withUnsafeBytes { bytes in
            unsafe PQputCopyData(
                handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        if taken < 0 { throw lost() }
        return taken > 0
    }

    /// Tells the server that the COPY is complete; false if the output is full.
    public func sendCopyEnd() throws(PostgresError) -> Bool {
        let taken = unsafe PQputCopyEnd(handle, nil)
        if taken < 0 { throw lost() }
        return taken > 0
    }

    /// Writes what waits in the output. True when all of it went; otherwise call again when the descriptor takes
    /// bytes, and also when it has some, as the server may be waiting for us to read.
    public func flush() throws(PostgresError) -> Bool {
        let rest = unsafe PQflush(handle)
        if rest < 0 { throw lost() }
        return rest == 0
    }

    // MARK: Receiving

    /// Reads what has arrived. Call it when the descriptor is readable.
    public func consume() throws(PostgresError) {
        guard unsafe PQconsumeInput(handle) == 1 else { throw lost() }
    }

    /// The next complete reply, or `pending`. Call it until then after each `consume`.
    public func nextReply() throws(PostgresError) -> Reply {
        guard unsafe PQisBusy(handle) == 0 else { return .pending }
        guard let result = unsafe PQgetResult(handle) else {
            guard unsafe PQstatus(handle) == CONNECTION_OK else { throw lost() }
            return .end
        }
        defer { unsafe PQclear(result) }
        switch unsafe PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            let changed = unsafe Int(String(cString: PQcmdTuples(result))) ?? 0
            return unsafe .rows(PostgresConnection.rows(of: result), changed: changed)
        case PGRES_COPY_IN: return .copyInvited
        case PGRES_PIPELINE_SYNC: return .synced
        case PGRES_PIPELINE_ABORTED: return .skipped
        default:
            let detail = unsafe PostgresConnection.detail(of: result)
            guard unsafe PQstatus(handle) == CONNECTION_OK,
                let state = unsafe PostgresConnection.field("C", of: result)
            else { throw PostgresError(.connection, detail: detail) }
            return .refused(PostgresError(.refused(SQLState(state)), detail: detail))
        }
    }

    /// The next notification that has arrived on a channel that this session listens to. Call it until nil after each
    /// `consume`.
    public func nextNotification() -> PostgresNotification? {
        guard let notification = unsafe PQnotifies(handle) else { return nil }
        defer { unsafe PQfreemem(notification) }
        return unsafe PostgresNotification(
            channel: String(cString: notification.pointee.relname),
            payload: String(cString: notification.pointee.extra))
    }

    /// Blocks until the descriptor is ready or the time is over; true if it is ready. For work before and
    /// beside the loops only.
    func wait(reading: Bool, writing: Bool, milliseconds: Int32) -> Bool {
        var watched = unsafe pollfd(
            fd: PQsocket(handle), events: Int16((reading ? POLLIN : 0) | (writing ? POLLOUT : 0)), revents: 0)
        return unsafe poll(&watched, 1, milliseconds) != 0
    }

    /// Blocks the calling thread. For work before and beside the loops only.
    static func pause(milliseconds: Int32) { _ = poll(nil, 0, milliseconds) }

    /// The server's first sentence and the names of what it is about. Its further sentences quote rows, and what
    /// runs work on must not get into the log.
    private static func detail(of result: OpaquePointer) -> String {
        var detail = unsafe field("M", of: result) ?? "no reason was given"
        if let table = unsafe field("t", of: result) { detail += ", table \(table)" }
        if let constraint = unsafe field("n", of: result) { detail += ", constraint \(constraint)" }
        return oneLine(detail)
    }

    /// A field of an error, by its letter in the protocol (manual, error and notice message fields).
    private static func field(_ letter: Unicode.Scalar, of result: OpaquePointer) -> String? {
        guard let text = unsafe PQresultErrorField(result, Int32(letter.value)) else { return nil }
        return unsafe String(cString: text)
    }

    private static func rows(of result: OpaquePointer) -> PostgresRows {
        let columnCount = unsafe PQnfields(result)
        guard columnCount > 0 else { return .none }
        var rows = PostgresRows(columnCount: Int(columnCount))
        for row in 0..<(unsafe PQntuples(result)) {
            for column in 0..<columnCount {
                if unsafe PQgetisnull(result, row, column) == 1 {
                    rows.appendNull()
                } else {
                    let length = unsafe Int(PQgetlength(result, row, column))
                    unsafe rows.append(
                        cell: UnsafeRawBufferPointer(
                            start: PQgetvalue(result, row, column), count: length))
                }
            }
        }
        return rows
    }

    private func check(_ result: Int32) throws(PostgresError) {
        guard result == 1 else { throw lost() }
    }

    private func lost() -> PostgresError {
        let message = unsafe String(cString: PQerrorMessage(handle))
        return PostgresError(.connection, detail: PostgresConnection.oneLine(message))
    }

    private static func oneLine(_ message: String) -> String {
        message.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        var bytes: [CChar] = []
        var starts: [Int] = []
        for string in strings {
            starts.append(bytes.count)
            bytes.append(contentsOf: string.utf8CString)
        }
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            var pointers = unsafe starts.map { unsafe buffer.baseAddress?.advanced(by: $0) }
            unsafe pointers.append(nil)
            return unsafe body(pointers)
        }
    }
}
