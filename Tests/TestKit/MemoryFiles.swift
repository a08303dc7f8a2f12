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

    private let files = Mutex<[UserID: [String: File]]>([:])
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
        _ request: FileRequest, on files: inout [String: File]
    ) throws(FileError) -> FileReply {
        switch request {
        case .upload(let key, let contentType, let content, let overwrites):
            guard content.count <= Limits.fileBytesMax else {
                throw .tooLarge(bytesMax: Limits.fileBytesMax)
            }
            let old = files[key]
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
            files[key] = file
            return .done(file.summary)
        case .download(let key):
            guard let file = files[key] else { throw .notFound }
            return .content(file.summary, file.content)
        case .delete(let key):
            guard let file = files.removeValue(forKey: key) else { throw .notFound }
            return .done(file.summary)
        case .summary(let key):
            guard let file = files[key] else { throw .notFound }
            return .done(file.summary)
        case .list(let bucket, let prefix):
            let folder = prefix.isEmpty ? "" : prefix + "/"
            let start = "\(bucket)/\(folder)"
            let names = files.keys.filter { $0.utf8.starts(with: start.utf8) }.map { key in
                folder + key.dropFirst(start.count).prefix { $0 != "/" }
            }
            let sorted = Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            return .names(Array(sorted.prefix(Limits.filesListedMax)))
        }
    }
}
