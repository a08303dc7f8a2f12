// Files in memory, by the same rules as those in the database.

import Engine
import Primitives
import Synchronization

/// The files of all users. Replies at once, on the asking thread.
public final class MemoryFiles: FileStore {
    private struct File {
        let summary: FileSummary
        let content: [UInt8]
        /// The slash between bucket and path does not count.
        var cost: Int { content.count + summary.key.utf8.count - 1 }
    }

    /// Names are told apart by their bytes.
    private let files = Mutex<[UserID: [[UInt8]: File]]>([:])
    private let filesMax: Int
    private let bytesMax: Int

    public init(filesMax: Int = 100_000, bytesMax: Int = 1024 * 1024 * 1024) {
        self.filesMax = filesMax
        self.bytesMax = bytesMax
    }

    public func perform(
        _ request: FileRequest, of owner: UserID,
        reply: @escaping @Sendable (Result<FileReply, FileError>) -> Void
    ) {
        reply(
            files.withLock { files in
                Result<FileReply, FileError> { () throws(FileError) in
                    try perform(request, on: &files[owner, default: [:]])
                }
            })
    }

    private func perform(
        _ request: FileRequest, on files: inout [[UInt8]: File]
    ) throws(FileError) -> FileReply {
        switch request {
        case .upload(let key, let contentType, let content, let overwrites):
            guard content.count <= Limits.fileBytesMax else {
                throw .tooLarge(bytesMax: Limits.fileBytesMax)
            }
            let old = files[Array(key.utf8)]
            guard old == nil || overwrites else { throw .fileExists }
            let file = File(
                summary: FileSummary(
                    key: key, contentType: contentType, size: content.count, modifiedAt: Clock.system.now()),
                content: content)
            let growth = file.cost - (old?.cost ?? 0)
            let total = files.values.reduce(0) { $0 + $1.cost }
            guard old != nil || files.count < filesMax, growth <= 0 || total + growth < bytesMax else {
                throw .limitExceeded
            }
            files[Array(key.utf8)] = file
            return .done(file.summary)
        case .download(let key):
            guard let file = files[Array(key.utf8)] else { throw .notFound }
            return .content(file.summary, file.content)
        case .delete(let key):
            guard let file = files.removeValue(forKey: Array(key.utf8)) else { throw .notFound }
            return .done(file.summary)
        case .summary(let key):
            guard let file = files[Array(key.utf8)] else { throw .notFound }
            return .done(file.summary)
        case .list(let bucket, let prefix, let offset):
            let folder = prefix.isEmpty ? "" : prefix + "/"
            let start = Array("\(bucket)/\(folder)".utf8)
            let names = files.keys.filter { $0.starts(with: start) }.map { key in
                Array(folder.utf8) + key.dropFirst(start.count).prefix { $0 != UInt8(ascii: "/") }
            }
            let rest = Set(names).sorted { $0.lexicographicallyPrecedes($1) }.dropFirst(offset)
            return .names(
                rest.prefix(Limits.filesListedMax).map { String(decoding: $0, as: UTF8.self) },
                hasMore: rest.count > Limits.filesListedMax)
        }
    }
}
