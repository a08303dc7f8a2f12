import COpenSSL

/// A client of TLS as strange as a test wants it, over memory.
final class TLSPeer {
    /// A session that another client may go on with.
    final class Kept {
        let session: OpaquePointer
        init(_ session: OpaquePointer) { self.session = session }
        deinit { SSL_SESSION_free(session) }
    }

    struct Refused: Error, Hashable { let reason: String }

    private let context: OpaquePointer
    private let session: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    /// - Parameters:
    ///   - versionMax: of the protocol, as the library numbers them.
    ///   - ciphers: of TLS 1.2, in the library's words.
    init(
        name: String? = nil, protocols: [String] = [], versionMax: Int32? = nil, ciphers: String? = nil,
        resuming: Kept? = nil
    ) {
        context = SSL_CTX_new(TLS_client_method())
        SSL_CTX_set_security_level(context, 0)
        session = SSL_new(context)
        incoming = BIO_new(BIO_s_mem())
        outgoing = BIO_new(BIO_s_mem())
        SSL_set_bio(session, incoming, outgoing)
        SSL_set_connect_state(session)
        if let versionMax {
            SSL_ctrl(session, SSL_CTRL_SET_MIN_PROTO_VERSION, 0, nil)
            SSL_ctrl(session, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(versionMax), nil)
        }
        if let name { _ = flowd_tls_set_server_name(session, name) }
        if let ciphers { SSL_set_cipher_list(session, ciphers) }
        if let resuming { SSL_set_session(session, resuming.session) }
        let list = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !list.isEmpty { SSL_set_alpn_protos(session, list, UInt32(list.count)) }
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    var isResumed: Bool { SSL_session_reused(session) == 1 }
    var version: String { String(cString: SSL_get_version(session)) }
    var cipher: String {
        SSL_CIPHER_get_name(SSL_get_current_cipher(session)).map { String(cString: $0) } ?? ""
    }

    /// What has been agreed on to speak inside.
    var chosenProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(session, &name, &count)
        return name.map { String(decoding: UnsafeBufferPointer(start: $0, count: Int(count)), as: UTF8.self) }
    }

    /// Whether the server's certificate is for a name.
    func isShownCertificate(for name: String) -> Bool {
        guard let certificate = SSL_get1_peer_certificate(session) else { return false }
        defer { X509_free(certificate) }
        return X509_check_host(certificate, name, 0, 0, nil) == 1
    }

    /// The session, once its ticket has been read.
    func keep() -> Kept { Kept(SSL_get1_session(session)) }

    /// True once hands are shaken.
    func handshake() throws -> Bool {
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        if result == 1 { return true }
        guard SSL_get_error(session, result) == SSL_ERROR_WANT_READ else { throw refusal() }
        return false
    }

    func write(_ bytes: [UInt8]) { SSL_write(session, bytes, Int32(bytes.count)) }
    func close() { SSL_shutdown(session) }
    /// Asks for new keys, and for new ones of the other side.
    func changeKeys() {
        SSL_key_update(session, SSL_KEY_UPDATE_REQUESTED)
        SSL_do_handshake(session)
    }

    /// All that has come, and whether the peer has said that it was all.
    func read() throws -> (bytes: [UInt8], isEnded: Bool) {
        var all: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            ERR_clear_error()
            let count = SSL_read(session, &room, Int32(room.count))
            if count > 0 {
                all += room[..<Int(count)]
                continue
            }
            switch SSL_get_error(session, count) {
            case SSL_ERROR_WANT_READ: return (all, false)
            case SSL_ERROR_ZERO_RETURN: return (all, true)
            default: throw refusal()
            }
        }
    }

    func takeOutput() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: flowd_bio_waiting(outgoing))
        BIO_read(outgoing, &bytes, Int32(bytes.count))
        return bytes
    }

    func received(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        if !bytes.isEmpty { BIO_write(incoming, bytes, Int32(bytes.count)) }
    }

    private func refusal() -> Refused {
        Refused(
            reason: ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) } ?? "unknown")
    }
}
