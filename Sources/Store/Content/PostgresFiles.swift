// The engine's files on Postgres: one row each, content included.

public import Engine
internal import Postgres
public import Primitives

/// The files of all users. Any thread; replies come on the storage loop's thread.
public struct PostgresFiles: FileStore {
    let desk: QuestionDesk

    /// Writes, reads, deletes or lists files of this owner. A content of more than `Limits.fileBytesMax` bytes is
    /// refused, on the caller's thread, before the database is asked; a list has `Limits.filesListedMax` names at
    /// most.
    public func perform(
        _ request: FileRequest, of owner: UserID,
        reply: @escaping @Sendable (Result<FileReply, FileError>) -> Void
    ) {
        switch request {
        case .upload(let key, let contentType, let content, let overwrites):
            guard content.count <= Limits.fileBytesMax else {
                return reply(.failure(.tooLarge(bytesMax: Limits.fileBytesMax)))
            }
            let size = content.count
            ask(
                FileStatements.put, owner, key, [.text(contentType), .bytea(content), .bool(overwrites)],
                reply
            ) { rows throws(PostgresError) in
                try PostgresFiles.outcome(rows) { modifiedAt in
                    .done(
                        FileSummary(key: key, contentType: contentType, size: size, modifiedAt: modifiedAt))
                }
            }
        case .download(let key):
            ask(FileStatements.content, owner, key, [], reply) { rows throws(PostgresError) in
                guard let summary = try PostgresFiles.summary(rows, key) else { return .failure(.notFound) }
                return .success(.content(summary, try rows[0].bytes(3)))
            }
        case .delete(let key):
            ask(FileStatements.delete, owner, key, [], reply) { rows throws(PostgresError) in
                try PostgresFiles.summary(rows, key).map { .success(.done($0)) } ?? .failure(.notFound)
            }
        case .summary(let key):
            ask(FileStatements.summary, owner, key, [], reply) { rows throws(PostgresError) in
                try PostgresFiles.summary(rows, key).map { .success(.done($0)) } ?? .failure(.notFound)
            }
        case .list(let bucket, let prefix):
            let folder = prefix.isEmpty ? "" : prefix + "/"
            desk.ask(
                FileStatements.list,
                [
                    .uuid(owner.id), .text(bucket), .text(folder),
                    .integer(Int32(clamping: Limits.filesListedMax)),
                ], on: .userContent
            ) { rows throws(PostgresError) in
                var names: [String] = []
                for index in 0..<rows.count { names.append(folder + (try rows[index].text(0))) }
                return names
            } _: { (result: Result<[String], StorageError>) in
                reply(result.map { .names($0) }.mapError { .storage($0) })
            }
        }
    }

    private func ask(
        _ statement: PostgresStatement, _ owner: UserID, _ key: String, _ further: [PostgresValue],
        _ reply: @escaping @Sendable (Result<FileReply, FileError>) -> Void,
        _ read: @escaping @Sendable (PostgresRows) throws(PostgresError) -> Result<FileReply, FileError>
    ) {
        let parts = key.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return reply(.failure(.notFound)) }
        let values: [PostgresValue] = [.uuid(owner.id), .text(String(parts[0])), .text(String(parts[1]))]
        desk.ask(statement, values + further, on: .userContent, read) { result in
            reply(result.mapError { .storage($0) }.flatMap { $0 })
        }
    }

    private static func outcome(
        _ rows: PostgresRows, done: (Timestamp) -> FileReply
    ) throws(PostgresError) -> Result<FileReply, FileError> {
        guard rows.count == 1 else { throw unreadable }
        switch try rows[0].text(0) {
        case "done": return .success(done(try rows[0].timestamptz(1)))
        case "exists": return .failure(.fileExists)
        case "full": return .failure(.limitExceeded)
        default: throw unreadable
        }
    }

    private static func summary(_ rows: PostgresRows, _ key: String) throws(PostgresError) -> FileSummary? {
        guard rows.count > 0 else { return nil }
        return FileSummary(
            key: key, contentType: try rows[0].text(0), size: Int(try rows[0].bigint(1)),
            modifiedAt: try rows[0].timestamptz(2))
    }

    private static let unreadable = PostgresError(
        .unexpectedReply, detail: "the answer about a file cannot be read")
}
