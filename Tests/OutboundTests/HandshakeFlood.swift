import COpenSSL
import TestKit

/// A server's side of TLS 1.2 that asks for new handshakes in the middle of its answer, and never reads what the client
/// says to that. Every call blocks.
final class HandshakeFlood {
    private let peer: LocalPeer
    private let context: OpaquePointer
    private let session: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    init(_ peer: LocalPeer, _ certificate: TestAuthority.Certificate) throws {
        guard let context = SSL_CTX_new(TLS_server_method()), let session = SSL_new(context),
            let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem())
        else { throw LocalServer.Failure("no session") }
        self.peer = peer
        self.context = context
        self.session = session
        self.incoming = incoming
        self.outgoing = outgoing
        SSL_set_bio(session, incoming, outgoing)
        _ = SSL_ctrl(session, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        guard SSL_use_certificate_chain_file(session, certificate.certificateFile) == 1,
            SSL_use_PrivateKey_file(session, certificate.keyFile, SSL_FILETYPE_PEM) == 1
        else { throw LocalServer.Failure("no certificate") }
        SSL_set_accept_state(session)
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    func answer(asking count: Int) throws {
        while SSL_do_handshake(session) != 1 {
            try flush()
            let bytes = try peer.receive()
            BIO_write(incoming, bytes, Int32(bytes.count))
        }
        try flush()
        _ = try peer.receive()
        try write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n")
        for number in 0..<count {
            guard SSL_renegotiate(session) == 1, SSL_do_handshake(session) == 1 else {
                throw LocalServer.Failure("no further handshake")
            }
            if number % 256 == 0 { try flush() }
        }
        try write("x")
    }

    private func write(_ text: String) throws {
        SSL_write(session, text, Int32(text.utf8.count))
        try flush()
    }

    private func flush() throws {
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(outgoing))
        guard !bytes.isEmpty else { return }
        BIO_read(outgoing, &bytes, Int32(bytes.count))
        try peer.send(bytes)
    }
}
