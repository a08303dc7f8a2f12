import Engine
import Net
import Outbound
import TestKit

/// A client that may reach this machine, and stops when the test lets it go.
final class OutboundBench: Sendable {
    let loop: OutboundLoop

    init(
        allowed: [String] = ["127.0.0.0/8", "::1"], responseBytesMax: Int = 1 << 20, secondsMax: Int = 60,
        trust: TLSContext.Trust = .system, ownAddresses: [String] = []
    ) throws {
        var settings = OutboundSettings(
            policy: AddressPolicy(allowed: allowed.compactMap(IPNetwork.init)),
            responseBytesMax: responseBytesMax, secondsMax: secondsMax, trust: trust)
        let own = Set(ownAddresses.compactMap(IPAddress.init))
        settings.ownAddresses = { own }
        loop = try OutboundLoop.start(settings)
    }

    deinit { loop.stop() }

    /// Sends a request and waits; a second reply would end the test.
    func ask(
        _ url: String, method: String = "GET", headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil, cancellation: NodeCancellation = NodeCancellation()
    ) async -> Result<OutboundResponse, OutboundError> {
        await withCheckedContinuation { continuation in
            loop.send(
                OutboundRequest(method: method, url: url, headers: headers, body: body),
                cancellation: cancellation
            ) { continuation.resume(returning: $0) }
        }
    }

    /// The answer as text: status and content, or why there is none.
    func text(_ url: String, method: String = "GET", body: [UInt8]? = nil) async -> String {
        switch await ask(url, method: method, body: body) {
        case .success(let response): "\(response.status) \(String(decoding: response.body, as: UTF8.self))"
        case .failure(let error): "failed: \(error)"
        }
    }
}

/// Speaks TLS on a server's connection. Every call blocks.
struct TLSPeer: ~Copyable {
    private let peer: LocalPeer
    private var session: TLSSession

    init(_ peer: LocalPeer, _ context: TLSContext) throws {
        self.peer = peer
        session = TLSSession(server: context)
        while try !session.handshake() {
            try flush()
            session.received(try peer.receive()[...])
        }
        try flush()
    }

    mutating func readRequest() throws -> String {
        var room = [UInt8](repeating: 0, count: 64 * 1024)
        var text = ""
        while !text.contains("\r\n\r\n") {
            switch try session.read(into: &room) {
            case .bytes(let count): text += String(decoding: room[..<count], as: UTF8.self)
            case .nothing: session.received(try peer.receive()[...])
            case .ended: throw LocalServer.Failure("ended in a request")
            }
        }
        return text
    }

    mutating func send(_ text: String) throws {
        try session.write(Array(text.utf8)[...])
        try flush()
    }

    mutating func close() throws {
        session.close()
        try flush()
    }

    private mutating func flush() throws {
        var output: [UInt8] = []
        session.takeOutput(to: &output)
        try peer.send(output)
    }
}
