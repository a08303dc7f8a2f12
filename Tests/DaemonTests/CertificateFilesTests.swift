import Foundation
import Net
import Primitives
import TestKit
import Testing

@testable import Daemon

/// A folder with certificates, gone with the test.
private final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID())")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func write(_ name: String, _ bytes: [UInt8], permissions: Int = 0o600) throws {
        try Data(bytes).write(to: url.appending(path: name), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path(name))
    }

    /// The two files of a new certificate.
    func make(_ name: String) throws {
        let made = try #require(SelfSignedCertificate(for: name, days: 1))
        try write(name + ".pem", made.certificate)
        try write(name + ".key", made.key)
    }
}

@Suite struct `The files of certificates` {
    private let folder: Folder

    init() throws {
        folder = try Folder()
        try folder.make("a.example")
        try folder.make("b.example")
    }

    private func configuration(_ certificates: [String], _ keys: [String]) -> Configuration {
        var configuration = Configuration()
        configuration.tlsCertificateFiles = certificates.map(folder.path)
        configuration.tlsKeyFiles = keys.map(folder.path)
        return configuration
    }

    private func complaint(_ certificates: [String], _ keys: [String]) -> String? {
        do throws(StartError) {
            _ = try CertificateFiles(configuration(certificates, keys))?.read(tickets: TLSTicketKeys())
            return nil
        } catch {
            return error.description.replacing(folder.url.path + "/", with: "")
        }
    }

    @Test func `are read in pairs, and their faults named with setting and file`() throws {
        try folder.write("empty.pem", [])
        try folder.write("large.pem", [UInt8](repeating: 0x20, count: 1_048_577))
        let locked = Process()
        locked.executableURL = URL(filePath: "/usr/bin/env")
        locked.arguments = [
            "openssl", "pkey", "-in", folder.path("a.example.key"), "-aes256", "-passout", "pass:hunter2",
            "-out", folder.path("locked.key"),
        ]
        try locked.run()
        #expect(locked.waitForEnd() == 0)
        let table: [([String], [String], String?)] = [
            ([], [], nil), (["a.example.pem"], ["a.example.key"], nil),
            (["a.example.pem", "b.example.pem"], ["a.example.key", "b.example.key"], nil),
            (["a.example.pem"], [], "tls_certificate is a.example.pem, but tls_key is not set"),
            ([], ["a.example.key"], "tls_key is a.example.key, but tls_certificate is not set"),
            (
                ["a.example.pem", "b.example.pem"], ["a.example.key"],
                "tls_certificate names 2 files (a.example.pem, …) and tls_key 1 (a.example.key, …): each certificate "
                    + "needs its key, in the same order"
            ),
            (
                ["none.pem"], ["a.example.key"],
                "tls_certificate: none.pem cannot be read: No such file or directory"
            ),
            (["a.example.pem"], ["none"], "tls_key: none cannot be read: No such file or directory"),
            ([""], ["a.example.key"], "tls_certificate: \(folder.path("")) is not a file"),
            (
                ["large.pem"], ["a.example.key"],
                "tls_certificate: large.pem has more than 1048576 bytes"
            ),
            (["empty.pem"], ["a.example.key"], "tls_certificate: empty.pem holds no certificate in PEM"),
            (["a.example.pem"], ["empty.pem"], "tls_key: empty.pem holds no key in PEM"),
            (
                ["a.example.pem", "b.example.pem"], ["a.example.key", "a.example.key"],
                "tls_key: the key in a.example.key is not that of the certificate in b.example.pem"
            ),
            (
                ["a.example.pem"], ["locked.key"],
                "tls_key: the key in locked.key is sealed with a passphrase, for which flowd can ask nobody; openssl pkey "
                    + "writes one without"
            ),
        ]
        for (certificates, keys, expected) in table {
            #expect(
                complaint(certificates, keys)
                    == expected.map { $0.replacing(folder.url.path + "/", with: "") })
        }
    }

    @Test func `are needed for an address of their own`() throws {
        var configuration = self.configuration([], [])
        configuration.tlsListen = SocketAddress(numeric: "127.0.0.1:8443")
        let lone = #expect(throws: StartError.self) { try CertificateFiles(configuration) }
        #expect(
            lone?.description == "tls_listen is 127.0.0.1:8443, but tls_certificate and tls_key are not set")
        configuration = self.configuration(["a.example.pem"], ["a.example.key"])
        configuration.tlsListen = configuration.listen
        let same = #expect(throws: StartError.self) { try CertificateFiles(configuration) }
        #expect(same?.description == "tls_listen and listen are both 127.0.0.1:8080")
    }

    @Test func `are read again when they change or somebody asks, and stay when that fails`() async throws {
        let lines = Inbox<String>()
        let log = Log(level: .debug) { lines.put(String(decoding: $0, as: UTF8.self)) }
        try folder.write(
            "a.example.key", Array(try Data(contentsOf: URL(filePath: folder.path("a.example.key")))),
            permissions: 0o604)
        let served = try #require(
            try ServedCertificates(configuration(["a.example.pem"], ["a.example.key"]), log: log))
        #expect(
            try await lines.next().contains(
                "warning tls \"every user of this machine may read a key\""))
        #expect(try await lines.next().contains("info tls \"certificates are read\" count=1"))
        let first = served.context.value
        served.watch()
        defer { served.stop() }
        served.reload()
        #expect(try await lines.next().contains("info tls \"certificates are read again\""))
        let second = served.context.value
        #expect(second !== first)
        // The key does not fit until it has come, too.
        let key = try Data(contentsOf: URL(filePath: folder.path("b.example.key")))
        let certificate = try Data(contentsOf: URL(filePath: folder.path("b.example.pem")))
        try folder.write("a.example.pem", Array(certificate))
        let failure = try await lines.next()
        #expect(
            failure.contains(
                "error tls \"certificates cannot be read again; those that are served stay\""))
        #expect(failure.contains("is not that of the certificate"))
        #expect(!failure.contains("PRIVATE"))
        #expect(served.context.value === second)
        try folder.write("a.example.key", Array(key))
        #expect(try await lines.next().contains("certificates are read again"))
        #expect(served.context.value !== second)
    }
}

@Suite struct `A certificate for a first try` {
    @Test func `is written with its key, closed to others, and never over another one`() throws {
        let folder = try Folder()
        var configuration = Configuration()
        configuration.dataFolder = folder.path("data")
        let text = try SelfSignedCommand.run("*.flows.example", configuration)
        let (certificate, key) = (
            folder.path("data/tls-any.flows.example.pem"), folder.path("data/tls-any.flows.example.key")
        )
        #expect(text.contains("  tls_certificate = \(certificate)\n  tls_key = \(key)\n"))
        func permissions(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try permissions(key) == 0o600)
        #expect(try permissions(certificate).map { $0 & 0o600 } == 0o600)
        let before = try Data(contentsOf: URL(filePath: key))
        for path in [certificate, key] {
            let error = #expect(throws: StartError.self) {
                try SelfSignedCommand.run("*.flows.example", configuration)
            }
            #expect(
                error?.description
                    == "\(path) is there already; remove it if another one shall take its place")
            #expect(try Data(contentsOf: URL(filePath: key)) == before)
            try FileManager.default.removeItem(atPath: path)
        }
        configuration.tlsCertificateFiles = [certificate]
        configuration.tlsKeyFiles = [key]
        _ = try SelfSignedCommand.run("*.flows.example", configuration)
        _ = try CertificateFiles(configuration)?.read(tickets: TLSTicketKeys())
        let refusal = #expect(throws: StartError.self) {
            try SelfSignedCommand.run("no name", configuration)
        }
        #expect(
            refusal?.description
                == "tls self-signed takes a host name such as flows.example, or a numeric address")
    }
}
