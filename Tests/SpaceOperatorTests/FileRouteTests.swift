import Engine
import Identity
import Primitives
import Synchronization
import TestKit
import Testing
import Wire

@testable import SpaceOperator

/// Files that are never read to the end.
private final class SlowFiles: FileStore {
    let replies = Mutex<[@Sendable (Result<FileReply, FileError>) -> Void]>([])

    func perform(
        _ request: FileRequest, of owner: UserID,
        reply: @escaping @Sendable (Result<FileReply, FileError>) -> Void
    ) { replies.withLock { $0.append(reply) } }
}

private struct FailingFiles: FileStore {
    let error: FileError

    func perform(
        _ request: FileRequest, of owner: UserID,
        reply: @escaping @Sendable (Result<FileReply, FileError>) -> Void
    ) { reply(.failure(error)) }
}

@Suite struct `Routes of files` {
    private static let secret = ServerSecret.random()
    private static let now = Timestamp(seconds: 1_000)

    private func services(_ files: any FileStore) -> SpaceOperatorServices {
        var services = bareServices()
        services.files = FileServices(
            store: files, tokenSecret: Self.secret, clock: Clock(now: { Self.now }, steady: { 0 }))
        return services
    }

    private func ask(
        _ services: SpaceOperatorServices, _ target: String, _ method: HTTPMethod = .get, body: String = "",
        headers: HTTPHeaders = [:]
    ) throws -> HTTPResponse? {
        let request = HTTPRequest(
            method: method, target: try #require(HTTPTarget("/storage/v1/object/" + target)),
            headers: headers,
            body: Array(body.utf8))
        let key = try #require(routeKey)
        return carryOut(services, request, caller: .caller(.user(routeUser, key)))
    }

    @Test(arguments: [
        (FileError.notFound, 404), (.fileExists, 409), (.tooLarge(bytesMax: 1), 413), (.limitExceeded, 403),
        (.storage(.failed), 500), (.storage(.unavailable), 503),
    ])
    func `say why something cannot be done`(error: FileError, status: Int) throws {
        let services = services(FailingFiles(error: error))
        for (target, method, body) in [
            ("docs/a", HTTPMethod.post, "x"), ("docs/a", .get, ""), ("docs/a", .delete, ""),
            ("sign/docs/a", .post, #"{"expiresIn":1}"#), ("authenticated/docs/a", .get, ""),
        ] {
            #expect(try ask(services, target, method, body: body)?.status.code == status)
        }
    }

    @Test(arguments: [
        "docs", "docs/", "docs/a/", "docs/../a", "docs/%2E%2E/a", "docs/a%00b", "user-storages/a",
        "user-storages/00000000-0000-0000-0000-000000000009/a", "%2F/a",
    ])
    func `take no path that could mean another file`(path: String) throws {
        let response = try ask(services(MemoryFiles()), path, .put, body: "x")
        // A slash at the end is no segment more.
        let isFine = path == "docs/a/"
        #expect(response == nil || (response?.status.code == 200) == isFine, "\(path)")
    }

    @Test(arguments: [
        "list/docs", "upload/sign/docs/a", "move/a", "info/docs/a", "copy/a/b", "public/docs/a",
    ])
    func `store no request that is meant for another route of hosted storage`(path: String) throws {
        let files = MemoryFiles()
        #expect(try ask(services(files), path, .post, body: "{}")?.status == .notFound)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"expiresIn":0}"#, #"{"expiresIn":1.5}"#, #"{"expiresIn":"1"}"#,
        #"{"expiresIn":315360001}"#, #"{"expiresIn":1,"transform":{"width":1}}"#,
    ])
    func `sign for a time only`(body: String) throws {
        #expect(try ask(services(MemoryFiles()), "sign/docs/a", .post, body: body)?.status == .badRequest)
    }

    @Test(arguments: [
        ("image/svg+xml", 200), ("text/plain; charset=utf-8", 200), ("text/plain ;a=b", 200), ("text", 400),
        ("/", 400),
        ("text/", 400), ("a/b/c", 400), ("a b/c", 400), (";", 400), ("multipart/form-data; boundary=a", 400),
    ])
    func `take a file with a type that is one`(type: String, status: Int) throws {
        let answer = try ask(
            services(MemoryFiles()), "docs/a", .put, body: "hi", headers: ["Content-Type": type])
        #expect(answer?.status.code == status)
    }

    @Test func `give a file to whoever has a token for it`() throws {
        let services = services(MemoryFiles())
        _ = try ask(services, "docs/a%20b.txt", .put, body: "hi", headers: ["Content-Type": "text/plain"])
        func read(_ token: String) throws -> Int? {
            try ask(services, "sign/docs/a%20b.txt?token=" + token)?.status.code
        }
        func token(_ key: String, _ end: Int64) -> String {
            FileToken.make(for: key, of: routeUser, until: end, secret: Self.secret)
        }
        #expect(try read(token("docs/a b.txt", 1_001)) == 200)
        #expect(try read(token("docs/a b.txt", 1_000)) == 400)
        #expect(try read(token("docs/a", 2_000)) == 400)
        #expect(try read("") == 400)
        let other = FileToken.make(
            for: "docs/a b.txt", of: UserID(.random()), until: 2_000, secret: Self.secret)
        #expect(try read(other) == 404)
    }

    @Test func `let few strangers read at once, and others again when they are done`() throws {
        let files = SlowFiles()
        let services = services(files)
        let target = "public/user-public-storages/\(routeUser)/a"
        for _ in 0..<Limits.strangerFileReadsMax { #expect(try ask(services, target) == nil) }
        #expect(try ask(services, target)?.status == .serviceUnavailable)
        #expect(try ask(services, "docs/a") == nil, "users have places of their own")
        files.replies.withLock { $0[0](.failure(.notFound)) }
        #expect(try ask(services, target) == nil)
    }

    @Test(arguments: [
        ("a.txt", #"attachment; filename="a.txt"; filename*=UTF-8''a.txt"#),
        ("", #"attachment; filename="f.bin"; filename*=UTF-8''f.bin"#),
        (
            "%22%0D%0AX:%20y%5C%25",
            #"attachment; filename="___X: y__"; filename*=UTF-8''%22%0D%0AX%3A%20y%5C%25"#
        ),
        ("%C3%BC", #"attachment; filename="_"; filename*=UTF-8''%C3%BC"#),
    ])
    func `name what is saved without harm`(download: String, field: String) throws {
        let services = services(MemoryFiles())
        _ = try ask(services, "docs/f.bin", .put, body: "x")
        #expect(try ask(services, "docs/f.bin?download=" + download)?.headers["content-disposition"] == field)
    }
}
