// A test's HTTP client: one connection, requests one after the other or ahead of their answers.

/// What a server answered.
public struct TestHTTPResponse: Sendable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of this name, in whatever case.
    public subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    public var text: String { String(decoding: body, as: UTF8.self) }
}

/// Speaks HTTP/1.1 on one connection that it keeps open.
public final class TestHTTPClient {
    public enum Failure: Error { case malformedResponse(String) }

    public let connection: TestConnection

    public convenience init(port: UInt16, patience: Duration = .seconds(60)) throws {
        self.init(on: try TestConnection(port: port, patience: patience))
    }

    public init(on connection: TestConnection) {
        self.connection = connection
    }

    /// Asks and waits for the answer.
    public func get(_ path: String, _ headers: KeyValuePairs<String, String> = [:]) throws -> TestHTTPResponse
    {
        try send("GET", path, headers)
        return try receive()
    }

    /// Posts JSON, or nothing at all without a body, and waits for the answer.
    public func post(_ path: String, _ headers: KeyValuePairs<String, String> = [:], json: String? = nil)
        throws
        -> TestHTTPResponse
    {
        var headers = Array(headers)
        if json != nil { headers.append(("Content-Type", "application/json")) }
        try send("POST", path, headers, body: json.map { Array($0.utf8) } ?? [])
        return try receive()
    }

    /// Sends a request and does not wait.
    public func send(_ method: String, _ path: String, _ headers: KeyValuePairs<String, String>) throws {
        try send(method, path, Array(headers))
    }

    /// Sends a request and does not wait. With a body, however empty, its length is sent too; a Host is sent in any
    /// case.
    public func send(
        _ method: String, _ path: String, _ headers: [(String, String)] = [], body: [UInt8]? = nil
    )
        throws
    {
        var head = "\(method) \(path) HTTP/1.1\r\n"
        if !headers.contains(where: { $0.0 == "Host" }) { head += "Host: localhost\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        try connection.send(Array((head + "\r\n").utf8) + (body ?? []))
    }

    /// All chunks up to the last one, which is empty.
    private func receiveChunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let chunk = try receiveChunk()
            guard !chunk.isEmpty else { return body }
            body += chunk
        }
    }

    /// Waits for the next chunk of an answer whose head has been read; the last one is empty.
    public func receiveChunk() throws -> [UInt8] {
        let line = String(decoding: try connection.read(through: "\r\n").dropLast(2), as: UTF8.self)
        guard let count = Int(line, radix: 16) else { throw Failure.malformedResponse(line) }
        return Array(try connection.read(count + 2).dropLast(2))
    }

    /// Waits for the next answer. Interim answers are taken as answers.
    ///
    /// - Parameter hasBody: false for the answer to HEAD, which announces a body and has none.
    public func receive(hasBody: Bool = true) throws -> TestHTTPResponse {
        let head = String(decoding: try connection.read(through: "\r\n\r\n"), as: UTF8.self)
        var lines = head.split(separator: "\r\n")
        guard !lines.isEmpty else { throw Failure.malformedResponse(head) }
        let statusLine = lines.removeFirst().split(separator: " ", maxSplits: 2)
        guard statusLine.count >= 2, statusLine[0] == "HTTP/1.1", let status = Int(statusLine[1]) else {
            throw Failure.malformedResponse(head)
        }
        let headers = try lines.map { line -> (name: String, value: String) in
            guard let colon = line.firstRange(of: ": ") else { throw Failure.malformedResponse(head) }
            return (String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
        }
        let response = TestHTTPResponse(status: status, headers: headers, body: [])
        guard hasBody, status >= 200, status != 204, status != 304 else { return response }
        if response["Transfer-Encoding"] == "chunked" {
            return TestHTTPResponse(status: status, headers: headers, body: try receiveChunks())
        }
        // This server always says how long its other answers are.
        guard let length = response["Content-Length"].flatMap({ Int($0) }) else {
            throw Failure.malformedResponse(head)
        }
        return TestHTTPResponse(status: status, headers: headers, body: try connection.read(length))
    }
}
