// What all TLS sessions of one side share: whom they trust, what they speak. Made once, used by any thread.

internal import COpenSSL

/// The settings of TLS sessions. Once made it is only read, which the library allows on all threads at once.
@safe public final class TLSContext: @unchecked Sendable {
    /// Whose certificates a client believes.
    public enum Trust: Sendable {
        /// Those that the system trusts; `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
        case system
        /// Those of a PEM file alone.
        case file(String)
    }

    let handle: OpaquePointer
    let isServer: Bool

    /// For sessions with servers, whose certificates must be good and their own.
    public init(clientTrusting trust: Trust) throws(TLSError) {
        unsafe handle = unsafe TLSContext.made(TLS_client_method())
        isServer = false
        unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nil)
        let isTrustRead =
            switch trust {
            case .system: unsafe SSL_CTX_set_default_verify_paths(handle)
            case .file(let path): unsafe SSL_CTX_load_verify_file(handle, path)
            }
        guard isTrustRead == 1 else { throw TLSContext.unreadable }
    }

    /// For sessions with clients, of whom nothing is asked.
    ///
    /// - Parameters:
    ///   - certificateFile: a PEM file with this side's certificate and those between it and its root.
    ///   - keyFile: a PEM file with the certificate's secret half.
    public init(serverCertificate certificateFile: String, keyFile: String) throws(TLSError) {
        unsafe handle = unsafe TLSContext.made(TLS_server_method())
        isServer = true
        guard unsafe SSL_CTX_use_certificate_chain_file(handle, certificateFile) == 1,
            unsafe SSL_CTX_use_PrivateKey_file(handle, keyFile, SSL_FILETYPE_PEM) == 1,
            unsafe SSL_CTX_check_private_key(handle) == 1
        else { throw TLSContext.unreadable }
    }

    deinit {
        unsafe SSL_CTX_free(handle)
    }

    private static func made(_ method: OpaquePointer?) -> OpaquePointer {
        guard let handle = unsafe SSL_CTX_new(method), unsafe flowd_tls_harden(handle) == 1 else {
            preconditionFailure("There is memory for a context, and the library speaks TLS 1.2.")
        }
        return unsafe handle
    }

    /// A refusal leaves its reason in this thread's error queue, where the next reader would take it for its own error.
    private static var unreadable: TLSError {
        ERR_clear_error()
        return .certificatesUnreadable
    }
}
