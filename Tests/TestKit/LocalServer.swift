// A server on this machine that answers as a test wants, for tests of what asks other servers.

import Foundation
import Glibc

/// Listens on a port of 127.0.0.1 and gives each connection to a function on a thread of its own.
public final class LocalServer: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }
    }

    public let port: UInt16
    private let descriptor: Int32

    /// - Parameter serve: what to do with a connection, which closes when it returns or throws.
    public init(_ serve: @escaping @Sendable (LocalPeer) throws -> Void) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) + listen(descriptor, 64) + getsockname(descriptor, $0, &size)
            }
        }
        guard descriptor >= 0, result == 0 else { throw Failure("no port to listen on") }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread {
            while true {
                let accepted = accept(descriptor, nil, nil)
                // Closed by the thread that uses it: its number may be somebody else's socket a moment later.
                guard accepted >= 0 else {
                    Glibc.close(descriptor)
                    return
                }
                Thread.detachNewThread { try? serve(LocalPeer(accepted)) }
            }
        }
    }

    deinit {
        // Wakes the thread that accepts.
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// A server that answers every request with the same bytes.
    public convenience init(answering bytes: String) throws {
        try self.init { peer in
            _ = try peer.readRequest()
            try peer.send(bytes)
        }
    }
}

/// The other end of a connection to a `LocalServer`. Every call blocks; used by one thread.
public final class LocalPeer {
    private var descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close() }

    /// What has come; empty at the end of the stream.
    public func receive() throws -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count >= 0 else { throw LocalServer.Failure("the connection broke") }
        return Array(piece[..<count])
    }

    /// One request: its head, and content if it says how long that is.
    public func readRequest() throws -> String {
        var bytes: [UInt8] = []
        var count = Int.max
        while bytes.count < count {
            let piece = try receive()
            guard !piece.isEmpty else { throw LocalServer.Failure("ended in a request") }
            bytes += piece
            guard count == .max else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let head = text.range(of: "\r\n\r\n") else { continue }
            let length = text.firstMatch(of: /[Cc]ontent-[Ll]ength: (\d+)/).flatMap { Int($0.1) } ?? 0
            count = text[..<head.upperBound].utf8.count + length
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Blocks until the other end has closed.
    public func waitForEnd() throws {
        while try !receive().isEmpty {}
    }

    public func send(_ text: String) throws { try send(Array(text.utf8)) }

    public func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw LocalServer.Failure("the connection broke") }
            rest = rest.dropFirst(count)
        }
    }

    /// Ends the connection with a reset instead of an end.
    public func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    public func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }
}
