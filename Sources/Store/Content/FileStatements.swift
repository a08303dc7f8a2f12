// The statements of users' files. The functions behind the writing ones are described in Schema+Stores.

internal import Engine
internal import Postgres
internal import Primitives

/// What is asked about files.
enum FileStatements {
    static let all: [any ListedStatement] = [put, content, delete, summary, list]

    /// A file of a user.
    struct File: Sendable {
        let owner: UserID
        let bucket: String
        let path: String

        /// Nil unless the key has a bucket and a path.
        init?(_ owner: UserID, key: String) {
            let parts = key.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            self.owner = owner
            bucket = String(parts[0])
            path = String(parts[1])
        }
    }

    /// A file that is written.
    typealias Upload = (file: File, contentType: String, content: [UInt8], overwrites: Bool)

    /// Gives the time of writing.
    static let put = Statement<Upload, Result<Timestamp, FileError>>("file_put", on: .userContent) { q in
        let file = parameters(&q) { $0.file }
        let contentType = q.parameter(.text) { $0.contentType }
        let content = q.parameter(.bytea) { $0.content }
        let overwrites = q.parameter(.bool) { $0.overwrites }
        let outcome = q.column("outcome", .text)
        let modified = q.column("modified", .optional(.timestamptz))
        return q.one(
            "SELECT \(q.columns) FROM file_put(\(file.list), \(contentType), \(content), \(overwrites))"
        ) { row throws(PostgresError) in
            switch (try row[outcome], try row[modified]) {
            case ("done", let modified?): return .success(modified)
            case ("exists", _): return .failure(.fileExists)
            case ("full", _): return .failure(.limitExceeded)
            default: throw .unreadable("answer about a file")
            }
        }
    }

    /// Nil if the file is not there.
    static let content = Statement<File, (Summary, content: [UInt8])?>(
        "file_content", on: .userContent
    ) { q in
        let file = parameters(&q) { $0 }
        let summary = summaryCells(&q)
        let content = q.column("content", .bytea)
        return q.first("SELECT \(q.columns) FROM files WHERE \(file.condition)") {
            row throws(PostgresError) in
            (try summary(row), try row[content])
        }
    }

    /// Gives what was deleted; nil if the file is not there.
    static let delete = Statement<File, Summary?>("file_delete", on: .userContent) { q in
        let file = parameters(&q) { $0 }
        let summary = summaryCells(type: "kind", size: "size", modified: "modified", &q)
        return q.first("SELECT \(q.columns) FROM file_delete(\(file.list))", summary)
    }

    /// Nil if the file is not there.
    static let summary = Statement<File, Summary?>("file_summary", on: .userContent) { q in
        let file = parameters(&q) { $0 }
        let summary = summaryCells(&q)
        return q.first("SELECT \(q.columns) FROM files WHERE \(file.condition)", summary)
    }

    /// The names that follow a prefix, which is empty or ends with a slash: of files up to their end, of folders up to
    /// their slash. There is one more than a list shows if there are further ones.
    static let list = Statement<(owner: UserID, bucket: String, prefix: String, offset: Int), [String]>(
        "file_list", on: .userContent
    ) { q in
        let owner = q.parameter(.user) { $0.owner }
        let bucket = q.parameter(.text) { $0.bucket }
        let prefix = q.parameter(.text) { $0.prefix }
        let rowsMax = q.parameter(.integer) { _ in Int32(clamping: Limits.filesListedMax + 1) }
        let offset = q.parameter(.integer) { Int32(clamping: $0.offset) }
        let name = q.column("split_part(substr(path, length(\(prefix)) + 1), '/', 1) AS name", .text)
        let sql = """
            SELECT DISTINCT \(q.columns)
            FROM files
            WHERE user_id = \(owner) AND bucket = \(bucket) AND path >= \(prefix) AND starts_with(path, \(prefix))
            ORDER BY name LIMIT \(rowsMax) OFFSET \(offset)
            """
        return q.all(sql, name)
    }

    /// The name of a file: as the first arguments of a function, and as a condition.
    private static func parameters<Input>(
        _ q: inout StatementBuilder<Input>, _ file: @escaping @Sendable (Input) -> File
    ) -> (list: String, condition: String) {
        let owner = q.parameter(.user) { file($0).owner }
        let bucket = q.parameter(.text) { file($0).bucket }
        let path = q.parameter(.text) { file($0).path }
        return (
            "\(owner), \(bucket), \(path)", "user_id = \(owner) AND bucket = \(bucket) AND path = \(path)"
        )
    }

    /// A summary without the key, which the asker knows.
    struct Summary: Sendable {
        let contentType: String
        let size: Int
        let modifiedAt: Timestamp
    }

    private static func summaryCells<Input>(
        type: String = "content_type", size: String = "octet_length(content)::bigint",
        modified: String = "modified_at", _ q: inout StatementBuilder<Input>
    ) -> RowReader<Summary> {
        let contentType = q.column(type, .text)
        let size = q.column(size, .bigint)
        let modifiedAt = q.column(modified, .timestamptz)
        return { row throws(PostgresError) in
            Summary(
                contentType: try row[contentType], size: Int(try row[size]), modifiedAt: try row[modifiedAt])
        }
    }
}
