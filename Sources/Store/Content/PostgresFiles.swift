// The engine's files on Postgres: one row each, content included.

public import Engine
public import Primitives

/// The files of all users. Any thread; replies come on the storage loop's thread.
public struct PostgresFiles: FileStore, StoragePort {
    static let statements: [any ListedStatement] = FileStatements.all

    let context: PortContext

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
            guard let file = FileStatements.File(owner, key: key) else { return reply(.failure(.notFound)) }
            context.desk.ask(FileStatements.put, (file, contentType, content, overwrites)) { result in
                reply(
                    result.mapError { .storage($0) }.flatMap { $0 }.map { modifiedAt in
                        .done(
                            FileSummary(
                                key: key, contentType: contentType, size: size, modifiedAt: modifiedAt))
                    })
            }
        case .download(let key):
            ask(FileStatements.content, owner, key, reply) { found in
                .content(FileSummary(found.0, key), found.content)
            }
        case .delete(let key):
            ask(FileStatements.delete, owner, key, reply) { .done(FileSummary($0, key)) }
        case .summary(let key):
            ask(FileStatements.summary, owner, key, reply) { .done(FileSummary($0, key)) }
        case .list(let bucket, let prefix, let offset):
            let folder = prefix.isEmpty ? "" : prefix + "/"
            context.desk.ask(FileStatements.list, (owner, bucket, folder, offset)) { result in
                reply(
                    result.mapError { .storage($0) }.map { names in
                        .names(
                            names.prefix(Limits.filesListedMax).map { folder + $0 },
                            hasMore: names.count > Limits.filesListedMax)
                    })
            }
        }
    }

    /// Asks about one file, which must be there.
    private func ask<Found>(
        _ statement: Statement<FileStatements.File, Found?>, _ owner: UserID, _ key: String,
        _ reply: @escaping @Sendable (Result<FileReply, FileError>) -> Void,
        _ answer: @escaping @Sendable (Found) -> FileReply
    ) {
        guard let file = FileStatements.File(owner, key: key) else { return reply(.failure(.notFound)) }
        context.desk.ask(statement, file) { result in
            switch result {
            case .failure(let error): reply(.failure(.storage(error)))
            case .success(nil): reply(.failure(.notFound))
            case .success(let found?): reply(.success(answer(found)))
            }
        }
    }
}

extension FileSummary {
    fileprivate init(_ stored: FileStatements.Summary, _ key: String) {
        self.init(
            key: key, contentType: stored.contentType, size: stored.size, modifiedAt: stored.modifiedAt)
    }
}
