import Net
import TestKit
import Testing

/// A client and a server whose bytes are carried between them by hand.
private struct Conversation: ~Copyable {
    var client: TLSSession
    var server: TLSSession

    /// Carries what waits on both sides, in pieces of this size; false if there was nothing.
    mutating func carry(pieces: Int = 64 * 1024) -> Bool {
        var toServer: [UInt8] = []
        var toClient: [UInt8] = []
        client.takeOutput(to: &toServer)
        server.takeOutput(to: &toClient)
        for start in stride(from: 0, to: toServer.count, by: pieces) {
            server.received(toServer[start..<min(start + pieces, toServer.count)])
        }
        for start in stride(from: 0, to: toClient.count, by: pieces) {
            client.received(toClient[start..<min(start + pieces, toClient.count)])
        }
        return !toServer.isEmpty || !toClient.isEmpty
    }

    /// Until both are done. The client's refusal goes through; the server's is what follows from it.
    mutating func shakeHands() throws {
        var isDone = (client: false, server: false)
        while isDone != (true, true) {
            if !isDone.client { isDone.client = try client.handshake() }
            if !isDone.server { isDone.server = try server.handshake() }
            guard carry() || isDone == (true, true) else { throw TLSError.truncated }
        }
    }
}

/// Everything that a session has to give now, and whether the peer said that this was all.
private func readAll(_ session: inout TLSSession) throws -> (bytes: [UInt8], hasEnded: Bool) {
    var room = [UInt8](repeating: 0, count: 1000)
    var bytes: [UInt8] = []
    while true {
        switch try session.read(into: &room) {
        case .bytes(let count): bytes += room[..<count]
        case .nothing: return (bytes, false)
        case .ended: return (bytes, true)
        }
    }
}

@Suite struct `TLS over memory` {
    private let authority: TestAuthority

    init() throws { authority = try TestAuthority() }

    private func conversation(
        host: String, with certificate: TestAuthority.Certificate, trusting trust: TLSContext.Trust? = nil
    ) throws -> Conversation {
        let client = try TLSContext(clientTrusting: trust ?? .file(authority.trustFile))
        let server = try TLSContext(server: [certificate.identity], tickets: TLSTicketKeys())
        return Conversation(
            client: try TLSSession(client: client, host: host), server: TLSSession(server: server))
    }

    @Test func `carries bytes both ways, however large, and says when one side ends`() throws {
        var talk = try conversation(
            host: "localhost", with: authority.certificate(for: "DNS:localhost"))
        try talk.shakeHands()
        let question = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try talk.client.write(question[...])
        try talk.server.write([1, 2, 3])
        #expect(talk.client.waitingBytes > question.count)
        while talk.carry(pieces: 777) {}
        #expect(try readAll(&talk.server).bytes == question)
        #expect(try readAll(&talk.client) == ([1, 2, 3], false))
        talk.server.close()
        while talk.carry() {}
        #expect(try readAll(&talk.client) == ([], true))
    }

    @Test(arguments: [
        ("DNS:localhost", "localhost"), ("DNS:localhost", "localhost."),
        ("DNS:*.flow.example", "a.flow.example"),
        ("IP:127.0.0.1", "127.0.0.1"), ("IP:::1", "::1"), ("DNS:a.example, IP:127.0.0.1", "127.0.0.1"),
    ])
    func `trusts a certificate for the host it asks for`(names: String, host: String) throws {
        var talk = try conversation(host: host, with: authority.certificate(for: names))
        try talk.shakeHands()
        try talk.client.write([1, 2, 3])
        while talk.carry() {}
        #expect(try readAll(&talk.server) == ([1, 2, 3], false))
    }

    @Test(arguments: [
        ("DNS:localhost", "example.com", "hostname mismatch"),
        ("DNS:*.flow.example", "a.b.flow.example", "hostname mismatch"),
        ("DNS:x*.flow.example", "xy.flow.example", "hostname mismatch"),
        ("DNS:127.0.0.1", "127.0.0.1", "IP address mismatch"),
        ("IP:127.0.0.2", "127.0.0.1", "IP address mismatch"),
    ])
    func `refuses a certificate for another host`(names: String, host: String, reason: String) throws {
        var talk = try conversation(host: host, with: authority.certificate(for: names))
        do {
            try talk.shakeHands()
            Issue.record("was trusted")
        } catch {
            #expect(error as? TLSError == .peerNotTrusted(reason))
        }
    }

    @Test func `refuses certificates that are over, or of somebody unknown`() throws {
        func reason(_ talk: consuming Conversation) -> String {
            do {
                try talk.shakeHands()
                return "trusted"
            } catch {
                return "\(error)"
            }
        }
        let old = try authority.certificate(for: "DNS:localhost", days: -1)
        #expect(reason(try conversation(host: "localhost", with: old)).hasSuffix("certificate has expired"))
        let good = try authority.certificate(for: "DNS:localhost")
        let stranger = try TestAuthority()
        #expect(
            reason(try conversation(host: "localhost", with: good, trusting: .file(stranger.trustFile)))
                .contains("the server's certificate is not trusted: "))
        #expect(
            reason(try conversation(host: "localhost", with: good, trusting: .system))
                .contains("unable to get local issuer certificate"))
    }

    @Test func `refuses what is no TLS, and a stream that is damaged`() throws {
        let certificate = try authority.certificate(for: "DNS:localhost")
        var talk = try conversation(host: "localhost", with: certificate)
        #expect(try !talk.client.handshake())
        talk.client.received(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)[...])
        #expect(throws: TLSError.protocolFailed) { try talk.client.handshake() }

        talk = try conversation(host: "localhost", with: certificate)
        try talk.shakeHands()
        while talk.carry() {}
        #expect(try readAll(&talk.client) == ([], false))
        try talk.server.write([1, 2, 3])
        var record: [UInt8] = []
        talk.server.takeOutput(to: &record)
        record[record.count - 1] ^= 1
        talk.client.received(record[...])
        #expect(throws: TLSError.protocolFailed) { try readAll(&talk.client) }
    }

    @Test func `says which files it cannot read`() {
        #expect(throws: TLSError.certificatesUnreadable) {
            try TLSContext(clientTrusting: .file("/nowhere"))
        }
    }
}
