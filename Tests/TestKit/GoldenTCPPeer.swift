// Plays golden exchanges to a server over TCP.

/// A server on a port of this machine. Each request and each socket gets a connection of its own.
public struct GoldenTCPPeer: GoldenPeer, Sendable {
    public let given: [String: String]
    public let derive: @Sendable (String, String) -> String?
    private let port: UInt16

    public init(
        port: UInt16, given: [String: String], derive: @escaping @Sendable (String, String) -> String?
    ) {
        self.port = port
        self.given = given
        self.derive = derive
    }

    public func answer(_ request: GoldenRequest) throws -> TestHTTPResponse { try begin(request)() }

    public func begin(_ request: GoldenRequest) throws -> () throws -> TestHTTPResponse {
        let client = try TestHTTPClient(port: port)
        try client.send(
            request.method, request.path, request.headers.map { ($0.name, $0.value) },
            body: request.method == "GET" ? nil : Array(request.body.utf8))
        return { try client.receive() }
    }

    public func openSocket() throws -> any GoldenSocket {
        GoldenTCPSocket(socket: try TestWebSocket(port: port))
    }
}

private struct GoldenTCPSocket: GoldenSocket {
    let socket: TestWebSocket

    func say(_ message: String) throws { try socket.send(message) }
    func hear() throws -> String { try socket.receiveText() }
    func expectNothingMore() throws { try socket.expectNothingMore() }
}
