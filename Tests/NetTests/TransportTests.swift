import Glibc
import Net
import Primitives
import Synchronization
import Testing

/// Sends back whatever it receives, and stops after the first connection has gone.
private final class Echo: Reactor {
    enum Message: Sendable {
        case nothing
    }

    private let listener: Listener
    private var connections: [UInt64: Connection] = [:]
    private var nextToken: UInt64 = 1

    private final class Connection {
        var transport: Transport
        init(_ transport: consuming Transport) { self.transport = transport }
    }

    init(on loop: inout LoopContext, port: borrowing Atomic<Int>) throws {
        let socket = try Socket.listening(on: SocketAddress(host: "127.0.0.1", port: 0))
        listener = try Listener(socket, token: 0, on: loop)
        port.store(Int(try listener.port), ordering: .sequentiallyConsistent)
    }

    func ready(_ token: UInt64, _ readiness: Readiness, on loop: inout LoopContext) {
        guard token != 0 else {
            _ = listener.accept { socket, _ in
                connections[nextToken] = Connection(Transport(socket, token: nextToken))
                nextToken += 1
            }
            return
        }
        guard let connection = connections[token], readiness != .writable else { return }
        switch connection.transport.receive(on: &loop) {
        case .bytes(let count): connection.transport.send(loop.scratch[..<count])
        case .nothing: break
        case .ended, .failed:
            connections[token] = nil
            loop.stop()
        }
    }

    func received(_ message: Message, on loop: inout LoopContext) {}
    func due(_ timer: UInt64, on loop: inout LoopContext) {}

    func turnEnded(on loop: inout LoopContext) {
        for connection in connections.values {
            _ = connection.transport.flush()
            connection.transport.isReading = connection.transport.waitingBytes < Limits.outputBytesHigh
            try? connection.transport.watch(on: loop)
        }
    }
}

private func connect(port: Int) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    return result == 0 ? descriptor : -1
}

@Suite struct `A transport` {
    @Test func `carries megabytes both ways through partial writes, for a peer that reads late`() throws {
        let holder = PortHolder()
        let loop = try EventLoop<Echo.Message>.start(name: "echo", capacity: 1) { _, loop in
            try Echo(on: &loop, port: holder.port)
        }
        let descriptor = connect(port: holder.port.load(ordering: .sequentiallyConsistent))
        #expect(descriptor >= 0)
        let total = 4 * 1024 * 1024
        let sent = (0..<total).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var back: [UInt8] = []
        var offset = 0
        var buffer = Array(repeating: UInt8(0), count: 65536)
        // Writes without reading until the kernel's buffers are full, so that the server must wait.
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        while back.count < total {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if offset < total {
                let count = sent[offset...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if count > 0 {
                    offset += count
                    continue
                }
            }
            #expect(poll(&request, 1, 5000) == 1)
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            back += buffer[..<count]
        }
        #expect(back == sent)
        _ = close(descriptor)
        loop.join()
    }
}

private final class PortHolder: Sendable {
    let port = Atomic(0)
}
