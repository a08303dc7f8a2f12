import Foundation
import Net
import Synchronization
import Testing

@testable import Daemon

@Suite struct `The health probe` {
    /// A server for one request, which it keeps.
    final class Server: Sendable {
        let request = Mutex("")

        /// Starts a thread that answers one connection, and tells its port.
        func start(answering answer: String) throws -> UInt16 {
            let listener = try Socket.listening(on: SocketAddress(host: "127.0.0.1", port: 0))
            let port = try listener.localPort()
            let descriptor = listener.handOver()
            Thread {
                let listener = Socket(owning: descriptor)
                var peer: IPAddress?
                guard Server.awaitReadable(listener), let client = try? listener.accept(from: &peer),
                    Server.awaitReadable(client)
                else { return }
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = (try? client.read(into: &buffer)) ?? 0
                self.request.withLock { $0 = String(decoding: buffer.prefix(count), as: UTF8.self) }
                _ = try? client.write(Array(answer.utf8)[...])
            }.start()
            return port
        }

        private static func awaitReadable(_ socket: borrowing Socket) -> Bool {
            var set = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&set, 1, 10_000) == 1
        }
    }

    @Test func `asks a daemon on every address at this machine's own, and believes a 200`() throws {
        let server = Server()
        let port = try server.start(answering: "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        try HealthProbe.ask(daemonListeningAt: SocketAddress(host: "0.0.0.0", port: port))
        let request = server.request.withLock { $0 }
        #expect(request.hasPrefix("GET /healthcheck HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"))
        #expect(request.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: [
        "HTTP/1.1 503 Service Unavailable\r\n\r\n", "", "SSH-2.0-x\r\n", String(repeating: "x", count: 9000),
    ])
    func `anything else is no health`(answer: String) throws {
        let port = try Server().start(answering: answer)
        #expect(throws: HealthError.self) {
            try HealthProbe.ask(daemonListeningAt: SocketAddress(host: "127.0.0.1", port: port))
        }
    }

    @Test func `that speaks TLS believes no server in clear`() throws {
        let port = try Server().start(answering: "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        #expect(throws: HealthError.self) {
            try HealthProbe.ask(
                daemonListeningAt: SocketAddress(host: "127.0.0.1", port: port), withTLS: true)
        }
    }

    @Test func `nobody there is no health`() throws {
        let listener = try Socket.listening(on: SocketAddress(host: "127.0.0.1", port: 0))
        let port = try listener.localPort()
        close(listener.handOver())
        #expect(throws: HealthError.self) {
            try HealthProbe.ask(daemonListeningAt: SocketAddress(host: "127.0.0.1", port: port))
        }
    }

    @Test func `an IPv6 wildcard is asked at the IPv6 loopback`() {
        #expect(HealthProbe.reachable(SocketAddress(host: "::", port: 7)).description == "[::1]:7")
        #expect(HealthProbe.reachable(SocketAddress(host: "192.0.2.1", port: 7)).description == "192.0.2.1:7")
    }
}
