import Engine
import Foundation
import Identity
import Postgres
import Primitives
import Synchronization
import TestKit
import TestTraits
import Testing
import Values

@testable import Store

/// What every implementation of files must do (spec nodes 2.7).
///
/// Port: FileStore. Implementations: PostgresFiles, MemoryFiles.
@Suite(.blocking) struct `Stored files` {
    enum Kind: CaseIterable {
        case memory, postgres
    }

    /// One implementation with two users, who may have three files and two hundred bytes each.
    private final class Bench {
        let files: any FileStore
        let harness: StorageHarness?
        let users: [UserID]

        init(_ kind: Kind) throws {
            switch kind {
            case .memory:
                files = MemoryFiles(filesMax: 3, bytesMax: 200)
                (harness, users) = (nil, [UserID(.random()), UserID(.random())])
            case .postgres:
                let harness = try StorageHarness()
                let other = try Accounts(BlockingConnection(harness.connectionString)).createUser(
                    known(PublicKey(bytes: [UInt8](repeating: 8, count: 32))))
                files = harness.storage.files
                (self.harness, users) = (harness, [harness.user, other])
                for user in users {
                    _ = try harness.rows(
                        """
                        INSERT INTO user_quotas (user_id, file_count_limit, file_size_limit)
                        VALUES ('\(user)', 3, 200)
                        """)
                }
            }
        }

        deinit { harness?.storage.stop() }

        /// Type, size and content or the names, or the text of the error.
        func ask(_ request: FileRequest, user: Int = 0) -> String {
            do {
                switch try answer({ files.perform(request, of: users[user], reply: $0) }).get() {
                case .done(let file): return "\(file.key) \(file.contentType) \(file.size)"
                case .content(let file, let content):
                    return "\(file.key) \(file.contentType) \(file.size) \(content)"
                case .names(let names, let hasMore):
                    return names.joined(separator: " ") + (hasMore ? " …" : "")
                }
            } catch {
                return "\(error)"
            }
        }

        func put(_ key: String, _ content: [UInt8] = [], overwrites: Bool = false, user: Int = 0) -> String {
            ask(
                .upload(key: key, contentType: "a/b", content: content, overwrites: overwrites), user: user)
        }
    }

    @Test(arguments: Kind.allCases) func `come back as they were`(kind: Kind) throws {
        let bench = try Bench(kind)
        let before = Clock.system.now()
        #expect(bench.put("b/x/é y", [0, 255, 10]) == "b/x/é y a/b 3")
        #expect(bench.ask(.download(key: "b/x/é y")) == "b/x/é y a/b 3 [0, 255, 10]")
        #expect(bench.ask(.summary(key: "b/x/é y")) == "b/x/é y a/b 3")
        guard
            case .success(.done(let summary)) = try answer({
                bench.files.perform(.summary(key: "b/x/é y"), of: bench.users[0], reply: $0)
            })
        else {
            Issue.record("the file is there")
            return
        }
        #expect(abs(summary.modifiedAt.nanoseconds - before.nanoseconds) < 60_000_000_000)
        #expect(bench.put("b/x/é y", [1]) == "The resource already exists")
        #expect(bench.ask(.download(key: "b/x/é y")) == "b/x/é y a/b 3 [0, 255, 10]")
        #expect(bench.put("b/x/é y", overwrites: true) == "b/x/é y a/b 0")
        #expect(bench.ask(.download(key: "b/x/é y")) == "b/x/é y a/b 0 []")
        #expect(bench.ask(.delete(key: "b/x/é y")) == "b/x/é y a/b 0")
        for request in [FileRequest.delete(key: "b/x/é y"), .download(key: "b/x/é y"), .summary(key: "b/x")] {
            #expect(bench.ask(request) == "not found")
        }
    }

    @Test(arguments: Kind.allCases) func `are found by their owner only`(kind: Kind) throws {
        let bench = try Bench(kind)
        #expect(bench.put("b/x", [1]) == "b/x a/b 1")
        #expect(bench.ask(.download(key: "b/x"), user: 1) == "not found")
        #expect(bench.ask(.list(bucket: "b", prefix: ""), user: 1) == "")
        #expect(bench.put("b/x", [2], user: 1) == "b/x a/b 1")
        #expect(bench.ask(.delete(key: "b/x"), user: 1) == "b/x a/b 1")
        #expect(bench.ask(.download(key: "b/x")) == "b/x a/b 1 [1]")
    }

    @Test(arguments: Kind.allCases) func `are listed level by level, in the order of bytes`(kind: Kind) throws
    {
        let bench = try Bench(kind)
        for key in ["b/a/x/1", "b/a/x/2", "c/d"] { #expect(bench.put(key) == "\(key) a/b 0") }
        for key in ["b/a", "b/a/Z", "b/a_%"] { #expect(bench.put(key, user: 1) == "\(key) a/b 0") }
        #expect(bench.ask(.list(bucket: "b", prefix: "")) == "a")
        #expect(bench.ask(.list(bucket: "b", prefix: "a")) == "a/x")
        #expect(bench.ask(.list(bucket: "b", prefix: "a/x")) == "a/x/1 a/x/2")
        #expect(bench.ask(.list(bucket: "b", prefix: "a/x/1")) == "")
        #expect(bench.ask(.list(bucket: "d", prefix: "")) == "")
        #expect(bench.ask(.list(bucket: "b", prefix: ""), user: 1) == "a a_%")
        #expect(bench.ask(.list(bucket: "b", prefix: "a"), user: 1) == "a/Z")
        #expect(bench.ask(.list(bucket: "b", prefix: "a_"), user: 1) == "")
        #expect(bench.ask(.list(bucket: "b", prefix: "a/x", offset: 1)) == "a/x/2")
        #expect(bench.ask(.list(bucket: "b", prefix: "a/x", offset: 2)) == "")
        #expect(bench.ask(.list(bucket: "b", prefix: "a/x", offset: .max)) == "")
    }

    /// Two spellings of one letter are equal as text.
    @Test(arguments: Kind.allCases) func `are told apart by the bytes of their names`(kind: Kind) throws {
        let bench = try Bench(kind)
        #expect(bench.put("b/\u{E9}/x", [1]) == "b/\u{E9}/x a/b 1")
        #expect(bench.ask(.download(key: "b/e\u{301}/x")) == "not found")
        #expect(bench.put("b/e\u{301}/x", [2]) == "b/e\u{301}/x a/b 1")
        #expect(bench.ask(.list(bucket: "b", prefix: "")) == "e\u{301} \u{E9}")
        #expect(bench.ask(.list(bucket: "b", prefix: "\u{E9}")) == "\u{E9}/x")
        #expect(bench.ask(.delete(key: "b/\u{E9}/x")) == "b/\u{E9}/x a/b 1")
        #expect(bench.ask(.download(key: "b/e\u{301}/x")).hasSuffix(" a/b 1 [2]"))
    }

    @Test(arguments: Kind.allCases) func `stay below the user's limits`(kind: Kind) throws {
        let bench = try Bench(kind)
        let full = "user's storage limit exceeded"
        func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 7, count: count) }
        #expect(bench.put("b/x", bytes(198)) == full)
        #expect(bench.put("b/x", bytes(197)) == "b/x a/b 197")
        #expect(bench.put("b/y") == full)
        #expect(bench.put("b/x", bytes(198), overwrites: true) == full)
        #expect(bench.put("b/x", bytes(190), overwrites: true) == "b/x a/b 190")
        #expect(bench.put("b/y") == "b/y a/b 0")
        #expect(bench.put("b/z") == "b/z a/b 0")
        #expect(bench.put("b/u") == full)
        #expect(bench.put("b/z", overwrites: true) == "b/z a/b 0")
        #expect(bench.ask(.delete(key: "b/x")) == "b/x a/b 190")
        #expect(bench.put("b/v", bytes(193)) == "b/v a/b 193")
        let large = [UInt8](repeating: 0, count: Limits.fileBytesMax + 1)
        #expect(
            bench.put("b/v", large, overwrites: true)
                == "\(FileError.tooLarge(bytesMax: Limits.fileBytesMax))")
    }
}

@Suite(.blocking) struct `Files on Postgres` {
    /// Several servers on one database write and delete files of one user.
    @Test func `count exactly however many write at once`() throws {
        let harness = try StorageHarness()
        defer { harness.storage.stop() }
        let connectionString = harness.connectionString
        let user = harness.user
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { writer in
            var random = SeededGenerator(seed: UInt64(writer))
            do {
                let connection = try BlockingConnection(connectionString)
                for _ in 0..<50 {
                    let path = ["a", "é"].randomElement(using: &random) ?? ""
                    let file = known(FileStatements.File(user, key: "b/\(path)"))
                    if Bool.random(using: &random) {
                        try connection.ask(FileStatements.delete, file)
                    } else {
                        let size = Int.random(in: 0..<300_000, using: &random)
                        let content = [UInt8](repeating: 1, count: size)
                        try connection.ask(FileStatements.put, (file, "t", content, writer > 0))
                    }
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 }.isEmpty)
        let counts = try harness.rows(
            """
            SELECT file_count, file_size FROM user_quotas
            UNION ALL
            SELECT count(*), COALESCE(sum(octet_length(content) + octet_length(bucket) + octet_length(path)), 0)
            FROM files
            """)
        #expect(counts.count == 2 && counts[0] == counts[1])
    }

    @Test func `of the greatest size pass, and other questions go past them`() throws {
        let harness = try StorageHarness()
        defer { harness.storage.stop() }
        let files = harness.storage.files
        let content = [UInt8](repeating: 7, count: Limits.fileBytesMax)
        let upload = FileRequest.upload(key: "b/x", contentType: "t", content: content, overwrites: false)
        let ended = DispatchSemaphore(value: 0)
        files.perform(upload, of: harness.user) { _ in ended.signal() }
        var otherCount = 0
        while ended.wait(timeout: .now()) == .timedOut {
            _ = try answer { harness.storage.catalog.run(RunID(.random()), reply: $0) }.get()
            otherCount += 1
        }
        #expect(otherCount > 3)
        let download = try answer { files.perform(.download(key: "b/x"), of: harness.user, reply: $0) }
        guard case .content(let summary, let bytes) = try download.get() else {
            Issue.record("a download gives content")
            return
        }
        #expect(summary.size == content.count && bytes == content)
    }
}
