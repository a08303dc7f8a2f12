import Glibc
import Primitives
import TestKit
import Testing

@testable import Net

/// A socket's option.
private func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32 {
    var value: Int32 = -1
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, level, name, &value, &size) == 0 ? value : -1
}

@Suite struct `A socket that was accepted` {
    @Test func `finds out by itself that its peer's machine is gone, and waits for no full segment`() throws {
        let listening = try Socket.listening(on: SocketAddress(host: "127.0.0.1", port: 0))
        let client = try TestConnection(port: try listening.localPort())
        defer { client.close() }
        var peer: IPAddress?
        let accepted = try listening.accept(from: &peer)
        #expect(peer == IPAddress("127.0.0.1"))
        let tcp = Int32(IPPROTO_TCP)
        #expect(option(accepted.descriptor, SOL_SOCKET, SO_KEEPALIVE) == 1)
        #expect(option(accepted.descriptor, tcp, TCP_KEEPIDLE) == Limits.keepAliveProbeSeconds)
        #expect(option(accepted.descriptor, tcp, TCP_KEEPINTVL) == Limits.keepAliveProbeSeconds)
        #expect(option(accepted.descriptor, tcp, TCP_KEEPCNT) == Limits.keepAliveProbesMax)
        #expect(option(accepted.descriptor, tcp, TCP_NODELAY) == 1)
    }
}

@Suite struct `An address` {
    @Test func `is not free while somebody listens on it, and is when nobody does any more`() throws {
        func taken() throws -> SocketAddress {
            let listening = try Socket.listening(on: SocketAddress(host: "127.0.0.1", port: 0))
            let address = SocketAddress(host: "127.0.0.1", port: try listening.localPort())
            #expect(throws: NetError.self) { try Socket.requireFree(address) }
            // Threads of one server may.
            _ = try Socket.listening(on: address)
            return address
        }
        try Socket.requireFree(taken())
    }
}
