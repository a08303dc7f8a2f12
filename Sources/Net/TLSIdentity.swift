// A server's certificate with its key, as the texts of their files, and what can be wrong with them.

internal import COpenSSL
internal import Primitives

/// Who a server is: what it shows to clients, and the secret by which it proves it.
public struct TLSIdentity: Sendable {
    /// In PEM: the server's certificate, then those between it and its root.
    private let certificates: [UInt8]
    /// In PEM.
    private let key: [UInt8]

    /// Of the contents of two files. They are not looked at before a context is made of them.
    public init(certificates: [UInt8], key: [UInt8]) {
        self.certificates = certificates
        self.key = key
    }

    /// Puts certificate and key into a new context.
    ///
    /// - Parameter index: its place among the identities, for the error.
    func install(in context: OpaquePointer, at index: Int) throws(TLSIdentityError) {
        defer { ERR_clear_error() }
        let chain = unsafe try readCertificates(at: index)
        defer { unsafe chain.forEach { unsafe X509_free($0) } }
        let own = unsafe chain[0]
        let secret = unsafe try readKey(at: index)
        defer { unsafe EVP_PKEY_free(secret) }
        guard unsafe X509_check_private_key(own, secret) == 1 else {
            throw TLSIdentityError(index, .keyOfAnother)
        }
        var isTaken = unsafe SSL_CTX_use_certificate(context, own) == 1
        unsafe chain.dropFirst().forEach {
            isTaken = unsafe isTaken && flowd_tls_add_chain(context, $0) == 1
        }
        guard isTaken, unsafe SSL_CTX_use_PrivateKey(context, secret) == 1 else {
            throw TLSIdentityError(index, .refused(TLSIdentity.lastReason))
        }
    }

    /// At least one.
    private func readCertificates(at index: Int) throws(TLSIdentityError) -> [OpaquePointer] {
        ERR_clear_error()
        let file = unsafe TLSIdentity.memory(certificates)
        defer { unsafe BIO_free(file) }
        var chain: [OpaquePointer] = unsafe []
        while let certificate = unsafe PEM_read_bio_X509(file, nil, nil, nil) {
            unsafe chain.append(certificate)
            guard unsafe chain.count <= Limits.certificateChainMax else { break }
        }
        let isAtEnd = TLSIdentity.lastReasonNumber == PEM_R_NO_START_LINE
        guard isAtEnd, unsafe !chain.isEmpty else {
            unsafe chain.forEach { unsafe X509_free($0) }
            throw TLSIdentityError(index, isAtEnd ? .certificateMissing : .certificateDamaged)
        }
        return unsafe chain
    }

    private func readKey(at index: Int) throws(TLSIdentityError) -> OpaquePointer {
        ERR_clear_error()
        let file = unsafe TLSIdentity.memory(key)
        defer { unsafe BIO_free(file) }
        var isLocked = false
        let secret = unsafe PEM_read_bio_PrivateKey(
            file, nil,
            { _, _, _, isLocked in
                // There is nobody who could be asked for it.
                unsafe isLocked?.assumingMemoryBound(to: Bool.self).pointee = true
                return -1
            }, &isLocked)
        if let secret = unsafe secret { return unsafe secret }
        if isLocked { throw TLSIdentityError(index, .keyLocked) }
        // The library does not tell a file without a key from one with a key that it cannot read.
        let isThere = String(decoding: key, as: UTF8.self).contains("PRIVATE KEY-----")
        throw TLSIdentityError(index, isThere ? .keyDamaged : .keyMissing)
    }

    private static func memory(_ bytes: [UInt8]) -> OpaquePointer {
        guard let memory = unsafe BIO_new(BIO_s_mem()) else {
            preconditionFailure("There is memory for a file.")
        }
        let count = unsafe bytes.withUnsafeBytes { unsafe BIO_write(memory, $0.baseAddress, Int32($0.count)) }
        precondition(bytes.isEmpty || Int(count) == bytes.count, "Memory takes what it is given.")
        return unsafe memory
    }

    /// A time of a certificate, as people write it.
    @unsafe static func text(of time: UnsafePointer<ASN1_TIME>) -> String {
        guard let memory = unsafe BIO_new(BIO_s_mem()) else {
            preconditionFailure("There is memory for a text.")
        }
        defer { unsafe BIO_free(memory) }
        var text = [UInt8](repeating: 0, count: 64)
        guard unsafe ASN1_TIME_print(memory, time) == 1 else { return "?" }
        let count = unsafe BIO_read(memory, &text, Int32(text.count))
        return String(decoding: text.prefix(max(0, Int(count))), as: UTF8.self)
    }

    private static var lastReasonNumber: Int32 { ERR_GET_REASON(ERR_peek_last_error()) }

    /// The library's words, which hold nothing of the files.
    private static var lastReason: String {
        unsafe ERR_reason_error_string(ERR_peek_last_error()).map { unsafe String(cString: $0) } ?? "unknown"
    }
}

/// Why a server cannot have an identity.
public struct TLSIdentityError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        case certificateMissing, certificateDamaged
        case certificateOver(since: String)
        case certificateEarly(from: String)
        case keyMissing, keyDamaged
        /// The key is sealed with a passphrase.
        case keyLocked
        /// The key is no half of the certificate's.
        case keyOfAnother
        /// Certificate or key are not what is accepted today; the text is the library's.
        case refused(String)
    }

    /// Whose it is, counted from 0.
    public let index: Int
    /// What is wrong.
    public let reason: Reason

    init(_ index: Int, _ reason: Reason) {
        self.index = index
        self.reason = reason
    }
}
