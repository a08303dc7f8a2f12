import COpenSSL
import Foundation
import Primitives
import TestKit
import Testing

@testable import Net

private func fail(_ what: Comment, at location: SourceLocation = #_sourceLocation) {
    Issue.record(what, sourceLocation: location)
}

/// A client and a server's side of a transport, whose bytes are carried between them by hand.
private struct Link: ~Copyable {
    let client: TLSPeer
    var server: TLSLayer
    /// Why the server has no session.
    private(set) var serverFailure: String?

    init(_ client: TLSPeer, _ context: TLSContext) {
        self.client = client
        server = TLSLayer(context)
    }

    /// Until both are done.
    mutating func shakeHands(pieces: Int = 64 * 1024) throws {
        var isDone = false
        while !isDone || server.isShakingHands {
            isDone = try client.handshake()
            let hello = client.takeOutput()
            for start in stride(from: 0, to: hello.count, by: pieces) {
                let piece = hello[start..<min(start + pieces, hello.count)]
                guard server.isShakingHands else {
                    server.received(piece)
                    continue
                }
                guard case .step(let handshake) = server.greet(piece) else { throw TLSError.protocolFailed }
                let progress = handshake.advance()
                server.takeBack(handshake, progress)
                if case .failed(let reason) = progress { serverFailure = reason }
            }
            let answer = Array(server.unsent)
            client.received(answer)
            server.took(answer.count)
            guard !hello.isEmpty || !answer.isEmpty || isDone else { throw TLSError.truncated }
            if serverFailure != nil { _ = try client.handshake() }
        }
    }

    /// Everything that the client has said, decrypted in portions, and what came behind it.
    mutating func readServer(room: Int = 64 * 1024) -> (bytes: [UInt8], end: Transport.Received) {
        server.received(client.takeOutput()[...])
        var all: [UInt8] = []
        var scratch = [UInt8](repeating: 0, count: room)
        while true {
            switch server.open(into: &scratch) {
            case .bytes(let count): all += scratch[..<count]
            case let end: return (all, end)
            }
        }
    }

    /// Encrypts everything, and carries it over as it comes.
    mutating func say(_ bytes: [UInt8], isLast: Bool = false) throws {
        var rest = bytes[...]
        repeat {
            rest = rest.dropFirst(try server.seal(rest, isLast: isLast))
            #expect(server.waitingBytes <= Limits.sealedBytesMax + 1_000)
            let portion = Array(server.unsent)
            client.received(portion)
            server.took(portion.count)
        } while !rest.isEmpty
    }
}

@Suite struct `TLS of a server` {
    private let authority: TestAuthority

    init() throws { authority = try TestAuthority() }

    private func context(
        _ names: String..., tickets: TLSTicketKeys = TLSTicketKeys()
    ) throws -> TLSContext {
        try TLSContext(
            server: names.map { try authority.certificate(for: $0).identity }, tickets: tickets)
    }

    @Test(arguments: [1, 7, 64 * 1024], [TLS1_2_VERSION, TLS1_3_VERSION])
    func `carries bytes both ways, however they are cut`(pieces: Int, version: Int32) throws {
        var link = Link(TLSPeer(versionMax: version), try context("DNS:localhost"))
        try link.shakeHands(pieces: pieces)
        let question = (0..<150_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        link.client.write(question)
        #expect(link.readServer(room: pieces * 1_000).bytes == question)
        try link.say(question.reversed())
        #expect(try link.client.read() == (question.reversed(), false))
        try link.say([1, 2, 3], isLast: true)
        #expect(try link.client.read() == ([1, 2, 3], true))
        // Nothing follows an end.
        try link.say([4])
        #expect(try link.client.read() == ([], true))
    }

    @Test func `keeps what does not fit, and says so until it has been read`() throws {
        var link = Link(TLSPeer(), try context("DNS:localhost"))
        try link.shakeHands()
        link.client.write([UInt8](repeating: 7, count: 40_000))
        link.client.close()
        link.server.received(link.client.takeOutput()[...])
        var room = [UInt8](repeating: 0, count: 30_000)
        guard case .bytes(30_000) = link.server.open(into: &room) else { return fail("not full") }
        #expect(link.server.holdsInput == true)
        guard case .bytes(10_000) = link.server.open(into: &room) else { return fail("not the rest") }
        #expect(link.server.holdsInput == true, "the end")
        guard case .ended = link.server.open(into: &room) else { return fail("no end") }
        #expect(link.server.holdsInput == false)
        // Half of the connection is closed, and the other half is not.
        try link.say([1])
        #expect(try link.client.read().bytes == [1])
    }

    @Test(arguments: [
        ([], nil), (["http/1.1"], "http/1.1"), (["h2", "http/1.1"], "http/1.1"),
        (["h3", "x", "http/1.1", "h2"], "http/1.1"),
    ])
    func `agrees on the one protocol that is spoken inside`(offered: [String], chosen: String?) throws {
        var link = Link(TLSPeer(protocols: offered), try context("DNS:localhost"))
        try link.shakeHands()
        #expect(link.client.chosenProtocol == chosen)
    }

    @Test(arguments: [["h2"], ["http/1.0", "http/1.11"]], [TLS1_2_VERSION, TLS1_3_VERSION])
    func `tells a client of other protocols so`(offered: [String], version: Int32) throws {
        let server = try context("DNS:localhost")
        let reason = "tlsv1 alert no application protocol"
        #expect(throws: TLSPeer.Refused(reason: reason)) {
            var link = Link(TLSPeer(protocols: offered, versionMax: version), server)
            try link.shakeHands()
        }
    }

    @Test(arguments: [
        (TLS1_1_VERSION, "ALL", "tlsv1 alert protocol version"),
        (TLS1_VERSION, "ALL", "tlsv1 alert protocol version"),
        (TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", "sslv3 alert handshake failure"),
        (TLS1_2_VERSION, "ECDHE-ECDSA-AES128-CCM", "sslv3 alert handshake failure"),
        (TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256", "sslv3 alert handshake failure"),
    ])
    func `refuses what is old or weak`(version: Int32, ciphers: String, reason: String) throws {
        let server = try context("DNS:localhost")
        #expect(throws: TLSPeer.Refused(reason: reason)) {
            var link = Link(TLSPeer(versionMax: version, ciphers: ciphers + ":@SECLEVEL=0"), server)
            try link.shakeHands()
        }
    }

    @Test func `puts its own order of ciphers first, but ChaCha20 for who has it first`() throws {
        let server = try context("DNS:localhost")
        for (offered, taken) in [
            ("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"),
            (
                "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256",
                "ECDHE-ECDSA-CHACHA20-POLY1305"
            ),
        ] {
            var link = Link(TLSPeer(versionMax: TLS1_2_VERSION, ciphers: offered), server)
            try link.shakeHands()
            #expect(link.client.cipher == taken)
        }
    }

    @Test(arguments: [
        ("a.example", "a.example"), ("A.Example", "a.example"), ("b.example", "b.example"),
        ("x.c.example", "*.c.example"), ("y.x.c.example", "a.example"), ("unknown", "a.example"),
        (nil, "a.example"),
    ])
    func `shows the certificate for the name that is wanted, else the first`(name: String?, shown: String)
        throws
    {
        let server = try context("DNS:a.example", "DNS:z.example, DNS:b.example", "DNS:*.c.example")
        var link = Link(TLSPeer(name: name), server)
        try link.shakeHands()
        #expect(link.client.isShownCertificate(for: shown.replacing("*", with: "x")))
    }

    @Test func `takes what is no TLS for that, and no end of greeting`() throws {
        let server = try context("DNS:localhost")
        var layer = TLSLayer(server)
        guard case .foreign = layer.greet(Array("GET / HTTP/1.1\r\n\r\n".utf8)[...]) else {
            return fail("plain text was taken")
        }
        // Records of a handshake message that goes on and on.
        var greedy = TLSLayer(server)
        let record: [UInt8] = [22, 3, 1, 0x10, 0] + [1, 1, 0, 0] + [UInt8](repeating: 0, count: 0xFFC)
        for _ in 0..<100 {
            guard case .step(let handshake) = greedy.greet(record[...]) else { return }
            let progress = handshake.advance()
            greedy.takeBack(handshake, progress)
            if case .failed = progress { return }
        }
        Issue.record("it was taken for ever")
    }

    @Test func `fails for good when a record is damaged, after what came before it`() throws {
        var link = Link(TLSPeer(), try context("DNS:localhost"))
        try link.shakeHands()
        link.client.write([1, 2, 3])
        var bytes = link.client.takeOutput()
        link.client.write([4])
        var damaged = link.client.takeOutput()
        damaged[damaged.count - 1] ^= 1
        bytes += damaged
        link.server.received(bytes[...])
        var room = [UInt8](repeating: 0, count: 100)
        guard case .bytes(3) = link.server.open(into: &room) else {
            return fail("lost what was good")
        }
        for _ in 0..<2 {
            guard case .failed = link.server.open(into: &room) else { return fail("went on") }
        }
        do {
            link.client.received(Array(link.server.unsent))
            _ = try link.client.read()
            Issue.record("was told nothing")
        } catch {
            #expect((error as? TLSPeer.Refused)?.reason.contains("bad record mac") == true)
        }
    }

    @Test func `gives new keys to who asks, but not again and again`() throws {
        var link = Link(TLSPeer(), try context("DNS:localhost"))
        try link.shakeHands()
        for _ in 0..<Limits.keyUpdatesMax {
            link.client.changeKeys()
            link.client.write([1])
            #expect(link.readServer().bytes == [1])
            try link.say([2])
            #expect(try link.client.read().bytes == [2])
        }
        for _ in 0..<1_000 { link.client.changeKeys() }
        link.client.write([1])
        let rest = link.readServer()
        #expect(rest.bytes.isEmpty)
        guard case .failed = rest.end else { return fail("went on") }
    }

    // MARK: Resumption

    private func visit(
        _ server: TLSContext, resuming: TLSPeer.Kept? = nil, version: Int32, name: String? = nil
    ) throws -> (isResumed: Bool, kept: TLSPeer.Kept) {
        var link = Link(TLSPeer(name: name, versionMax: version, resuming: resuming), server)
        try link.shakeHands()
        try link.say([1])
        _ = try link.client.read()
        let kept = link.client.keep()
        // A session whose end nobody has said is not gone on with.
        link.client.close()
        return (link.client.isResumed, kept)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `goes on with sessions by their tickets, also when certificates were read again`(version: Int32)
        throws
    {
        let identities = try ["DNS:a.example", "DNS:b.example"].map {
            try authority.certificate(for: $0).identity
        }
        let tickets = TLSTicketKeys()
        let server = try TLSContext(server: identities, tickets: tickets)
        for name in ["a.example", "b.example"] {
            let first = try visit(server, version: version, name: name)
            #expect(!first.isResumed)
            let second = try visit(server, resuming: first.kept, version: version, name: name)
            #expect(second.isResumed)
            let again = try TLSContext(server: identities, tickets: tickets)
            let third = try visit(again, resuming: second.kept, version: version, name: name)
            #expect(third.isResumed)
            // Other keys of tickets, or other certificates, begin anew.
            let stranger = try TLSContext(server: identities, tickets: TLSTicketKeys())
            #expect(try !visit(stranger, resuming: third.kept, version: version, name: name).isResumed)
            let changed = try TLSContext(
                server: [identities[0], authority.certificate(for: "DNS:b.example").identity],
                tickets: tickets)
            #expect(try !visit(changed, resuming: third.kept, version: version, name: name).isResumed)
        }
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `changes the key of tickets, and takes those of the old one while they are good`(version: Int32)
        throws
    {
        let clock = MadeClock(at: 1_000_000)
        let server = try context("DNS:localhost", tickets: TLSTicketKeys(clock: clock.clock))
        let first = try visit(server, version: version)
        clock.advance(milliseconds: Int64(Limits.ticketKeySeconds + 1) * 1_000)
        #expect(try visit(server, version: version).isResumed == false)
        #expect(try visit(server, resuming: first.kept, version: version).isResumed)
        clock.advance(milliseconds: Int64(Limits.tlsSessionSecondsMax) * 1_000)
        #expect(try !visit(server, resuming: first.kept, version: version).isResumed)
    }

    @Test func `keeps a few keys of tickets and no more`() {
        var ring = TLSTicketKeyRing()
        for hour in 0..<1_000 {
            let now = Int64(hour) * 3_600 * 1_000_000_000
            if ring.current(at: now) == nil { _ = ring.add(.random(at: now), at: now) }
            #expect(ring.keys.count <= 4)
            #expect(ring.current(at: now)?.name == ring.keys[0].name)
        }
        #expect(Set(ring.keys.map(\.name)).count == ring.keys.count)
    }
}

@Suite struct `A server's identity` {
    private let authority: TestAuthority

    init() throws { authority = try TestAuthority() }

    private func reason(_ certificates: [UInt8], _ key: [UInt8]) -> TLSIdentityError.Reason? {
        do throws(TLSIdentityError) {
            let identity = TLSIdentity(certificates: certificates, key: key)
            try TLSContext(server: [identity], tickets: TLSTicketKeys()).requireValidity()
            return nil
        } catch {
            return error.reason
        }
    }

    private func files(_ certificate: TestAuthority.Certificate) throws -> (pem: [UInt8], key: [UInt8]) {
        (
            Array(try Data(contentsOf: URL(filePath: certificate.certificateFile))),
            Array(try Data(contentsOf: URL(filePath: certificate.keyFile)))
        )
    }

    @Test func `is refused with what is wrong with it`() throws {
        let good = try files(try authority.certificate(for: "DNS:localhost"))
        let other = try files(try authority.certificate(for: "DNS:localhost"))
        let old = try files(try authority.certificate(for: "DNS:localhost", days: -1))
        let weak = try files(try authority.certificate(for: "DNS:localhost", key: ["rsa:1024"]))
        let chain = Array(try Data(contentsOf: URL(filePath: authority.trustFile)))
        #expect(reason(good.pem, good.key) == nil)
        #expect(reason(good.pem + chain, good.key) == nil)
        #expect(reason(good.key + good.pem, good.pem + good.key) == nil, "one file for both")
        #expect(reason([], good.key) == .certificateMissing)
        #expect(reason(good.key, good.key) == .certificateMissing)
        #expect(reason(Array("nonsense".utf8), good.key) == .certificateMissing)
        #expect(reason(good.pem, []) == .keyMissing)
        #expect(reason(good.pem, good.pem) == .keyMissing)
        #expect(reason(good.pem, other.key) == .keyOfAnother)
        let half = Array(good.pem.prefix(good.pem.count / 2))
        #expect(reason(half, good.key) == .certificateDamaged)
        #expect(reason(good.pem + half, good.key) == .certificateDamaged)
        guard case .certificateOver(let end) = reason(old.pem, old.key) else {
            return fail("\(String(describing: reason(old.pem, old.key)))")
        }
        #expect(end.hasSuffix(" GMT"))
        guard case .refused(let words) = reason(weak.pem, weak.key) else {
            return fail("\(String(describing: reason(weak.pem, weak.key)))")
        }
        #expect(words == "ee key too small")
    }

    @Test(arguments: ["localhost", "flows.example", "*.flows.example", "127.0.0.1", "::1"])
    func `can be made for a name, and is trusted by who is told to`(name: String) throws {
        let made = try #require(SelfSignedCertificate(for: name, days: 365))
        let file = FileManager.default.temporaryDirectory.appending(path: "self-signed-\(UUID()).pem")
        try Data(made.certificate).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let server = try TLSContext(
            server: [TLSIdentity(certificates: made.certificate, key: made.key)], tickets: TLSTicketKeys())
        #expect(server.validUntil == made.validUntil)
        var client = try TLSSession(
            client: TLSContext(clientTrusting: .file(file.path)), host: name.replacing("*", with: "any"))
        var peer = TLSSession(server: server)
        var isDone = false
        while !isDone {
            isDone = try client.handshake()
            var bytes: [UInt8] = []
            client.takeOutput(to: &bytes)
            peer.received(bytes[...])
            _ = try peer.handshake()
            bytes = []
            peer.takeOutput(to: &bytes)
            client.received(bytes[...])
        }
    }

    @Test(arguments: [
        "", "*", "a b", "a..b", ".a", "a,DNS:b", "a\nb", "ä.example", "*.", "a.*.b", "1.2.3.4:80",
        String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "aa",
    ])
    func `is not made for what is no name`(name: String) {
        #expect(SelfSignedCertificate(for: name, days: 1) == nil)
    }
}
