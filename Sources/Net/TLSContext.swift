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
        /// Anybody's: for a question that tells nothing, and whose answer nobody would forge.
        case anybody
    }

    let handle: OpaquePointer
    let isServer: Bool
    /// A server's contexts, one for each certificate; the first one is `handle`.
    let choices: [OpaquePointer]
    /// What a server's tickets are sealed with.
    let tickets: TLSTicketKeys?

    /// For sessions with servers, whose certificates must be good and their own.
    public init(clientTrusting trust: Trust) throws(TLSError) {
        unsafe handle = unsafe TLSContext.made(TLS_client_method())
        isServer = false
        unsafe choices = []
        tickets = nil
        let isTrustRead =
            switch trust {
            case .system: unsafe SSL_CTX_set_default_verify_paths(handle)
            case .file(let path): unsafe SSL_CTX_load_verify_file(handle, path)
            case .anybody: Int32(1)
            }
        if case .anybody = trust {
            unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_NONE, nil)
        } else {
            unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nil)
        }
        guard isTrustRead == 1 else {
            ERR_clear_error()
            throw .certificatesUnreadable
        }
    }

    /// For sessions with clients, of whom nothing is asked. They get the certificate for the name that they want (RFC 6066
    /// section 3), or the first one.
    ///
    /// - Parameters:
    ///   - identities: at least one.
    ///   - tickets: sessions go on with the tickets of an earlier context if it had the same ones, and the same
    ///     certificates.
    public init(server identities: [TLSIdentity], tickets: TLSTicketKeys) throws(TLSIdentityError) {
        precondition(!identities.isEmpty, "A server has a certificate.")
        var made: [OpaquePointer] = unsafe []
        do throws(TLSIdentityError) {
            for (index, identity) in identities.enumerated() {
                let handle = unsafe TLSContext.made(TLS_server_method())
                unsafe made.append(handle)
                unsafe TLSContext.serve(handle)
                unsafe try identity.install(in: handle, at: index)
            }
        } catch {
            unsafe made.forEach { unsafe SSL_CTX_free($0) }
            throw error
        }
        unsafe handle = unsafe made[0]
        unsafe choices = unsafe made
        isServer = true
        self.tickets = tickets
        let mark = unsafe TLSContext.mark(of: made)
        unsafe made.forEach { handle in
            unsafe SSL_CTX_set_session_id_context(handle, mark, UInt32(mark.count))
            unsafe SSL_CTX_set_ex_data(handle, 0, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    deinit {
        if isServer {
            unsafe choices.forEach { unsafe SSL_CTX_free($0) }
        } else {
            unsafe SSL_CTX_free(handle)
        }
    }

    /// Until when the first certificate is good, as in `Nov 30 12:00:00 2027 GMT`; nil for a client.
    public var validUntil: String? {
        guard isServer, let certificate = unsafe SSL_CTX_get0_certificate(handle) else { return nil }
        return unsafe TLSIdentity.text(of: X509_get0_notAfter(certificate))
    }

    /// Throws if a server's certificate is not good today: each client would refuse it.
    public func requireValidity() throws(TLSIdentityError) {
        for index in unsafe choices.indices {
            let certificate = unsafe SSL_CTX_get0_certificate(choices[index])
            guard let begin = unsafe X509_get0_notBefore(certificate),
                let end = unsafe X509_get0_notAfter(certificate)
            else { throw TLSIdentityError(index, .certificateDamaged) }
            guard unsafe X509_cmp_current_time(begin) < 0 else {
                throw TLSIdentityError(index, .certificateEarly(from: unsafe TLSIdentity.text(of: begin)))
            }
            guard unsafe X509_cmp_current_time(end) > 0 else {
                throw TLSIdentityError(index, .certificateOver(since: unsafe TLSIdentity.text(of: end)))
            }
        }
    }

    private static func made(_ method: OpaquePointer?) -> OpaquePointer {
        guard let handle = unsafe SSL_CTX_new(method), unsafe flowd_tls_harden(handle) == 1 else {
            preconditionFailure("There is memory for a context, and the library speaks TLS 1.2.")
        }
        return unsafe handle
    }
}
