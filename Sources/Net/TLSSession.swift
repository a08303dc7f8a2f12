// One TLS connection over memory: bytes of the peer go in, bytes for the peer come out. No I/O; the owner of the socket
// owns this.

internal import COpenSSL
internal import Glibc
internal import Primitives

/// A step machine that encrypts and decrypts one connection.
///
/// What the socket brought goes in with `received`; then `handshake` until it is done, and from there `read` and
/// `write`. After each of these, and before the connection closes, `takeOutput` gives what must be sent. The session's
/// owner bounds its memory: the session holds what `received` was given and `read` has not taken, and what `write` was
/// given and `takeOutput` has not taken. After an error only `takeOutput` may be called: it gives the alert for the
/// peer.
///
/// It may go to another thread with its owner: the library keeps nothing of a session elsewhere.
@safe public struct TLSSession: ~Copyable, @unchecked Sendable {
    private let session: OpaquePointer
    /// Both belong to the session.
    private var incoming: OpaquePointer
    private var outgoing: OpaquePointer
    /// Answers of the library go through it.
    private let context: TLSContext
    /// Why the last call failed, in the library's words; they hold nothing of the peer.
    private(set) var failureReason = ""

    /// A session with a server.
    ///
    /// - Parameter host: the name or the numeric address that the server's certificate must be for. A name is told
    ///   to the server (RFC 6066 section 3), an address is not.
    public init(client context: TLSContext, host: String) throws(TLSError) {
        precondition(!context.isServer, "A client's session has a client's context.")
        self.init(context)
        unsafe SSL_set_connect_state(session)
        unsafe SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        guard IPAddress(host) == nil else {
            guard unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1 else {
                throw refusal(.hostNotAcceptable)
            }
            return
        }
        // The dot that ends a full name is no part of it in certificates.
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        guard !name.isEmpty, unsafe SSL_set1_host(session, name) == 1,
            unsafe flowd_tls_set_server_name(session, name) == 1
        else { throw refusal(.hostNotAcceptable) }
    }

    /// A session with a client.
    public init(server context: TLSContext) {
        precondition(context.isServer, "A server's session has a server's context.")
        self.init(context)
        unsafe SSL_set_accept_state(session)
    }

    private init(_ context: TLSContext) {
        guard let session = unsafe SSL_new(context.handle), let incoming = unsafe BIO_new(BIO_s_mem()),
            let outgoing = unsafe BIO_new(BIO_s_mem())
        else { preconditionFailure("There is memory for a session.") }
        unsafe SSL_set_bio(session, incoming, outgoing)
        unsafe self.session = session
        unsafe self.incoming = incoming
        unsafe self.outgoing = outgoing
        self.context = context
    }

    deinit {
        unsafe SSL_free(session)
    }

    /// Adds what the socket brought.
    public mutating func received(_ bytes: ArraySlice<UInt8>) {
        guard !bytes.isEmpty else { return }
        let count = unsafe bytes.withUnsafeBytes {
            unsafe BIO_write(incoming, $0.baseAddress, Int32($0.count))
        }
        precondition(Int(count) == bytes.count, "Memory takes what it is given.")
    }

    /// Goes on with the handshake; true once it is done.
    public mutating func handshake() throws(TLSError) -> Bool {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(session)
        if result == 1 { return true }
        guard unsafe SSL_get_error(session, result) == SSL_ERROR_WANT_READ else { throw failure() }
        return false
    }

    /// What a read brought.
    public enum Received: Sendable {
        /// So many bytes, at the front of the room that was given.
        case bytes(Int)
        /// Nothing until more comes from the peer.
        case nothing
        /// The peer said that it will send nothing more.
        case ended
    }

    /// Decrypts into `room`, of which `start` bytes are taken already. To be called until it gives `nothing` or `ended`.
    public mutating func read(into room: inout [UInt8], from start: Int = 0) throws(TLSError) -> Received {
        ERR_clear_error()
        let count = unsafe room.withUnsafeMutableBytes {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: $0[start...])
            return unsafe SSL_read(session, rest.baseAddress, Int32(clamping: rest.count))
        }
        if count > 0 { return .bytes(Int(count)) }
        switch unsafe SSL_get_error(session, count) {
        case SSL_ERROR_WANT_READ: return .nothing
        case SSL_ERROR_ZERO_RETURN:
            // A session that was ended here looks like one that the peer has ended.
            guard unsafe TLSContext.keyUpdates(of: session) <= Limits.keyUpdatesMax else { throw failure() }
            return .ended
        default: throw failure()
        }
    }

    /// False if `read` would give `nothing`: cheaper to ask for than that.
    var mayHoldBytes: Bool {
        unsafe flowd_bio_waiting(incoming) > 0 || SSL_has_pending(session) == 1
    }

    /// Encrypts all of `bytes`. Only once the handshake is done.
    public mutating func write(_ bytes: ArraySlice<UInt8>) throws(TLSError) {
        guard !bytes.isEmpty else { return }
        ERR_clear_error()
        let count = unsafe bytes.withUnsafeBytes {
            unsafe SSL_write(session, $0.baseAddress, Int32($0.count))
        }
        guard Int(count) == bytes.count else { throw failure() }
    }

    /// Says that this side will send nothing more.
    public mutating func close() {
        _ = unsafe SSL_shutdown(session)
        ERR_clear_error()
    }

    /// Bytes that `takeOutput` would give.
    public var waitingBytes: Int { unsafe flowd_bio_waiting(outgoing) }

    /// Appends what must be sent to the peer.
    public mutating func takeOutput(to output: inout [UInt8]) {
        let waiting = waitingBytes
        guard waiting > 0 else { return }
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: waiting))
        let count = unsafe output[start...].withUnsafeMutableBytes {
            unsafe BIO_read(outgoing, $0.baseAddress, Int32($0.count))
        }
        precondition(Int(count) == waiting, "Memory gives what it has.")
    }

    /// Gives back the room that much traffic has taken. Only when everything has been read and taken.
    mutating func shrink() {
        guard let incoming = unsafe BIO_new(BIO_s_mem()), let outgoing = unsafe BIO_new(BIO_s_mem()) else {
            preconditionFailure("There is memory for a session.")
        }
        unsafe SSL_set0_rbio(session, incoming)
        unsafe SSL_set0_wbio(session, outgoing)
        unsafe self.incoming = incoming
        unsafe self.outgoing = outgoing
    }

    /// Gives the reason of a refusal, and empties this thread's error queue for its next user.
    private mutating func failure() -> TLSError {
        let words = unsafe ERR_reason_error_string(ERR_peek_last_error())
        failureReason = unsafe words.map { unsafe String(cString: $0) } ?? "unknown"
        let verdict = unsafe SSL_get_verify_result(session)
        guard verdict != Int(X509_V_OK) else { return refusal(.protocolFailed) }
        let reason = unsafe String(cString: X509_verify_cert_error_string(verdict))
        return refusal(.peerNotTrusted(reason))
    }

    private borrowing func refusal(_ error: TLSError) -> TLSError {
        ERR_clear_error()
        return error
    }
}
