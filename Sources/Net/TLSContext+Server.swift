// What a server speaks, and what it answers while hands are shaken: certificates by name, protocols, tickets.

internal import COpenSSL
internal import Glibc
internal import Primitives

extension TLSContext {
    /// Of TLS 1.2, key agreement with ECDHE and encryption that authenticates, nothing else (RFC 9325 section 4.2). The
    /// cheapest come first, as none of them is weak.
    private static let ciphers = """
        ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:\
        ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
        ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
        """
    private static let suites =
        "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    private static let groups = "X25519:P-256:P-384"
    /// What is spoken inside, as clients offer it (RFC 7301 section 6).
    private static let protocolName = Array("http/1.1".utf8)

    /// Makes a server's context of a new one.
    static func serve(_ handle: OpaquePointer) {
        // This level refuses certificates and signatures that are too weak.
        unsafe SSL_CTX_set_security_level(handle, 2)
        unsafe SSL_CTX_set_timeout(handle, Int(Limits.tlsSessionSecondsMax))
        guard unsafe SSL_CTX_set_cipher_list(handle, ciphers) == 1,
            unsafe SSL_CTX_set_ciphersuites(handle, suites) == 1,
            unsafe flowd_tls_serve(handle, groups) == 1,
            unsafe SSL_CTX_set_tlsext_ticket_key_evp_cb(handle, sealTicket) == 1
        else { preconditionFailure("The library knows these ciphers and groups.") }
        unsafe flowd_tls_choose_by_name(handle, chooseCertificate)
        unsafe SSL_CTX_set_alpn_select_cb(handle, chooseProtocol, nil)
        unsafe SSL_CTX_set_msg_callback(handle, countKeyUpdates)
    }

    /// Stands for the certificates in sessions: no ticket is good for others than those that it was made under.
    static func mark(of handles: [OpaquePointer]) -> [UInt8] {
        var digests: [UInt8] = []
        unsafe handles.forEach { handle in
            var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
            var count: UInt32 = 0
            guard let certificate = unsafe SSL_CTX_get0_certificate(handle),
                unsafe X509_digest(certificate, EVP_sha256(), &digest, &count) == 1
            else { preconditionFailure("Each context has a certificate.") }
            digests += digest
        }
        var mark = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        _ = unsafe SHA256(digests, digests.count, &mark)
        return mark
    }

    /// Whose session it is. The session keeps its context alive.
    private static func of(_ session: OpaquePointer) -> TLSContext? {
        guard let raw = unsafe SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), 0) else { return nil }
        return unsafe Unmanaged<TLSContext>.fromOpaque(raw).takeUnretainedValue()
    }

    private static let chooseCertificate:
        @convention(c) (OpaquePointer?, UnsafeMutablePointer<Int32>?, UnsafeMutableRawPointer?) -> Int32 = {
            session, _, _ in
            guard let session = unsafe session,
                let name = unsafe SSL_get_servername(session, TLSEXT_NAMETYPE_host_name),
                let context = unsafe TLSContext.of(session)
            else { return SSL_TLSEXT_ERR_NOACK }
            let flags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
            let length = unsafe strlen(name)
            let choice = unsafe context.choices.first {
                unsafe X509_check_host(SSL_CTX_get0_certificate($0), name, length, flags, nil) == 1
            }
            if let choice = unsafe choice { unsafe SSL_set_SSL_CTX(session, choice) }
            return SSL_TLSEXT_ERR_OK
        }

    /// Takes the one protocol that is spoken here. Who offers others only is told so with an alert (RFC 7301 section 3.2).
    private static let chooseProtocol: SSL_CTX_alpn_select_cb_func = {
        _, chosen, chosenCount, offered, offeredCount, _ in
        let list = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredCount))
        var place = 0
        while place < list.count {
            let name = unsafe list[(place + 1)...].prefix(Int(list[place]))
            guard unsafe name.elementsEqual(TLSContext.protocolName) else {
                place += 1 + Int(unsafe list[place])
                continue
            }
            unsafe chosen?.pointee = offered.map { unsafe $0 + place + 1 }
            unsafe chosenCount?.pointee = UInt8(name.count)
            return SSL_TLSEXT_ERR_OK
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }

    /// How often a session's client has asked for new keys.
    static func keyUpdates(of session: OpaquePointer?) -> Int {
        unsafe Int(bitPattern: SSL_get_ex_data(session, 0))
    }

    /// Ends a session whose client asks for new keys again and again (RFC 8446 section 4.6.3): each time costs more than its
    /// few bytes, and the library has no bound. Nothing of the session is read any more, and reading it fails.
    private static let countKeyUpdates:
        @convention(c) (
            Int32, Int32, Int32, UnsafeRawPointer?, Int, OpaquePointer?, UnsafeMutableRawPointer?
        ) -> Void = { isOurs, _, kind, message, count, session, _ in
            guard isOurs == 0, kind == SSL3_RT_HANDSHAKE, count > 0,
                unsafe message?.load(as: UInt8.self) == UInt8(SSL3_MT_KEY_UPDATE)
            else { return }
            let updates = unsafe TLSContext.keyUpdates(of: session) + 1
            _ = unsafe SSL_set_ex_data(session, 0, UnsafeMutableRawPointer(bitPattern: updates))
            guard updates > Limits.keyUpdatesMax else { return }
            unsafe SSL_set_shutdown(session, SSL_get_shutdown(session) | SSL_RECEIVED_SHUTDOWN)
        }

    private static let sealTicket:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?, OpaquePointer?,
            OpaquePointer?, Int32
        ) -> Int32 = { session, name, iv, cipher, mac, isSealing in
            guard let session = unsafe session, let name = unsafe name, let iv = unsafe iv,
                let tickets = unsafe TLSContext.of(session)?.tickets
            else { return -1 }
            let room = unsafe UnsafeMutableBufferPointer(start: name, count: TLSTicketKey.nameByteCount)
            let key: TLSTicketKey
            if isSealing != 0 {
                key = tickets.current()
                guard unsafe RAND_bytes(iv, EVP_MAX_IV_LENGTH) == 1 else { return -1 }
                _ = unsafe room.update(fromContentsOf: key.name)
            } else {
                // A ticket of a key that is gone: hands are shaken in full.
                guard let known = tickets.key(named: unsafe Array(room)) else { return 0 }
                key = known
            }
            let isArmed = unsafe flowd_tls_arm_ticket(
                cipher, mac, key.cipherKey, key.macKey, iv, isSealing)
            return isArmed == 1 ? 1 : -1
        }
}
