// The files of certificates and keys: read whole, and looked at for changes.

internal import Foundation
internal import Glibc
internal import Net
internal import Primitives

/// The files that `tls_certificate` and `tls_key` name.
struct CertificateFiles: Sendable {
    /// What a file looks like from outside: it changes when the file is written or replaced.
    struct Mark: Hashable, Sendable {
        let device: UInt
        let number: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    private let certificates: [String]
    private let keys: [String]

    /// Nil if the configuration has no TLS.
    ///
    /// - Throws: if its settings do not fit each other.
    init?(_ configuration: Configuration) throws(StartError) {
        certificates = configuration.tlsCertificateFiles
        keys = configuration.tlsKeyFiles
        guard let certificate = certificates.first, let key = keys.first else {
            if let certificate = certificates.first {
                throw StartError("tls_certificate is \(certificate), but tls_key is not set")
            }
            if let key = keys.first {
                throw StartError("tls_key is \(key), but tls_certificate is not set")
            }
            if let address = configuration.tlsListen {
                throw StartError("tls_listen is \(address), but tls_certificate and tls_key are not set")
            }
            return nil
        }
        guard certificates.count == keys.count else {
            throw StartError(
                "tls_certificate names \(certificates.count) files (\(certificate), …) and tls_key \(keys.count) "
                    + "(\(key), …): each certificate needs its key, in the same order")
        }
        if let address = configuration.tlsListen, address == configuration.listen, address.port != 0 {
            throw StartError("tls_listen and listen are both \(address)")
        }
    }

    /// What all the files look like now; nil for those that are not there.
    var marks: [Mark?] { (certificates + keys).map(CertificateFiles.mark) }

    var count: Int { certificates.count }

    /// The keys that every user of this machine may read.
    var keysOpenToAll: [String] {
        keys.filter { path in
            var facts = stat()
            return unsafe stat(path, &facts) == 0 && facts.st_mode & 0o004 != 0
        }
    }

    /// Reads all of them.
    ///
    /// - Throws: one sentence with the setting and the file that is wrong, and with nothing that is in it.
    func read(tickets: TLSTicketKeys) throws(StartError) -> TLSContext {
        var identities: [TLSIdentity] = []
        for (certificate, key) in zip(certificates, keys) {
            identities.append(
                TLSIdentity(
                    certificates: try CertificateFiles.content(certificate, of: "tls_certificate"),
                    key: try CertificateFiles.content(key, of: "tls_key")))
        }
        do throws(TLSIdentityError) {
            let context = try TLSContext(server: identities, tickets: tickets)
            try context.requireValidity()
            return context
        } catch {
            throw StartError(
                CertificateFiles.sentence(error.reason, certificates[error.index], keys[error.index]))
        }
    }

    private static func sentence(
        _ reason: TLSIdentityError.Reason, _ certificate: String, _ key: String
    ) -> String {
        switch reason {
        case .certificateMissing: "tls_certificate: \(certificate) holds no certificate in PEM"
        case .certificateDamaged: "tls_certificate: a certificate in \(certificate) cannot be read"
        case .certificateOver(let end):
            "tls_certificate: the certificate in \(certificate) was good until \(end)"
        case .certificateEarly(let begin):
            "tls_certificate: the certificate in \(certificate) is good only from \(begin)"
        case .keyMissing: "tls_key: \(key) holds no key in PEM"
        case .keyDamaged: "tls_key: the key in \(key) cannot be read"
        case .keyLocked:
            "tls_key: the key in \(key) is sealed with a passphrase, for which flowd can ask nobody; openssl pkey "
                + "writes one without"
        case .keyOfAnother: "tls_key: the key in \(key) is not that of the certificate in \(certificate)"
        case .refused(let words):
            "tls_certificate: the certificate in \(certificate), or its key in \(key), is refused: \(words)"
        }
    }

    private static func content(_ path: String, of setting: String) throws(StartError) -> [UInt8] {
        // A pipe would wait for somebody to write.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw StartError("\(setting): \(path) cannot be read: \(unsafe String(cString: strerror(errno)))")
        }
        defer { _ = close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw StartError("\(setting): \(path) is not a file")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        let content: Data
        do {
            content = try file.read(upToCount: Limits.certificateFileBytesMax + 1) ?? Data()
        } catch {
            throw StartError("\(setting): \(path) cannot be read: \(error.localizedDescription)")
        }
        guard content.count <= Limits.certificateFileBytesMax else {
            throw StartError("\(setting): \(path) has more than \(Limits.certificateFileBytesMax) bytes")
        }
        return Array(content)
    }

    private static func mark(of path: String) -> Mark? {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { return nil }
        return Mark(
            device: UInt(facts.st_dev), number: UInt(facts.st_ino), size: Int(facts.st_size),
            seconds: facts.st_mtim.tv_sec, nanoseconds: facts.st_mtim.tv_nsec)
    }
}
