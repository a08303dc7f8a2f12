// Certificates that tests make for themselves, with the openssl command.

import Foundation
import Net

/// An authority of its own in a folder of its own, which goes when it does.
public final class TestAuthority: Sendable {
    /// Files of a certificate and its secret half, in PEM.
    public struct Certificate: Sendable {
        public let certificateFile: String
        public let keyFile: String

        /// What is in the files.
        public var identity: TLSIdentity {
            get throws {
                TLSIdentity(
                    certificates: Array(try Data(contentsOf: URL(filePath: certificateFile))),
                    key: Array(try Data(contentsOf: URL(filePath: keyFile))))
            }
        }
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private let folder: URL

    /// The authority's own certificate, for those who shall trust it.
    public var trustFile: String { path("authority.pem") }

    public init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "authority-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=A test's authority", "-keyout", path("authority.key"), "-out", trustFile)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// A certificate signed by the authority.
    ///
    /// - Parameters:
    ///   - names: as extensions are written, such as `DNS:localhost, IP:127.0.0.1`.
    ///   - days: how long it is good; a negative number makes one that was good in the past.
    ///   - key: how openssl is asked for a key.
    public func certificate(
        for names: String, days: Int = 10, key: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    ) throws -> Certificate {
        let name = UUID().uuidString
        try "subjectAltName=\(names)\n".write(
            toFile: path("\(name).ext"), atomically: true, encoding: .utf8)
        try openssl(
            ["req", "-new", "-newkey"] + key + [
                "-nodes", "-subj", "/CN=server", "-keyout", path("\(name).key"), "-out", path("\(name).csr"),
            ])
        try openssl(
            "x509", "-req", "-in", path("\(name).csr"), "-CA", trustFile, "-CAkey", path("authority.key"),
            "-CAcreateserial", "-days", "\(days)", "-extfile", path("\(name).ext"), "-out",
            path("\(name).pem"))
        return Certificate(certificateFile: path("\(name).pem"), keyFile: path("\(name).key"))
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func openssl(_ arguments: String...) throws { try openssl(arguments) }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        guard process.waitForEnd() == 0 else {
            throw Failure(description: "openssl \(arguments.joined(separator: " ")) failed")
        }
    }
}
