// `flowd tls self-signed`: a certificate and its key to try TLS with.

internal import Foundation
internal import Glibc
internal import Net
internal import Primitives

/// Makes the two files. Blocks; for a process that does nothing else.
enum SelfSignedCommand {
    /// Makes a certificate for a name and writes it and its key to the data folder, to files that were not there.
    ///
    /// - Returns: what to do with them, for the operator.
    static func run(_ name: String, _ configuration: Configuration) throws(StartError) -> String {
        guard let made = SelfSignedCertificate(for: name, days: Limits.selfSignedDays) else {
            throw StartError("tls self-signed takes a host name such as flows.example, or a numeric address")
        }
        let folder = DataFolder.absolute(configuration.dataFolder)
        do {
            // Like the daemon itself makes it.
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        } catch {
            throw StartError("the data folder \(folder) cannot be created: \(error.localizedDescription)")
        }
        let stem = folder + "/tls-" + name.replacing("*", with: "any").replacing(":", with: "-")
        let (certificate, key) = (stem + ".pem", stem + ".key")
        // Both are looked for first: a new key beside an old certificate is of no use.
        for path in [certificate, key] where FileManager.default.fileExists(atPath: path) {
            throw StartError("\(path) is there already; remove it if another one shall take its place")
        }
        try write(made.key, to: key, permissions: 0o600)
        do throws(StartError) {
            try write(made.certificate, to: certificate, permissions: 0o644)
        } catch {
            _ = unsafe unlink(key)
            throw error
        }
        return """
            A certificate for \(name), good until \(made.validUntil), and its key:

              \(certificate)
              \(key)

            The settings with which flowd speaks TLS with them:

              tls_certificate = \(certificate)
              tls_key = \(key)

            Nobody vouches for it, so each client must be told to trust it, as with curl --cacert FILE.
            """
    }

    private static func write(_ bytes: [UInt8], to path: String, permissions: mode_t) throws(StartError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw failure(path) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(bytes))
            try file.synchronize()
        } catch {
            _ = unsafe unlink(path)
            throw StartError("\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    private static func failure(_ path: String) -> StartError {
        let reason = errno == EEXIST ? "it is there already" : unsafe String(cString: strerror(errno))
        return StartError("\(path) cannot be made: \(reason)")
    }
}
