// Golden exchanges are played to whoever speaks the protocol: a daemon over TCP, or a dialect alone.

/// What answers an exchange.
public protocol GoldenPeer {
    /// Holes that a file may use without having seen their values.
    var given: [String: String] { get }
    /// What `<WHAT of NAME>` stands for, given the value of NAME; nil if there is no such thing.
    var derive: @Sendable (_ what: String, _ value: String) -> String? { get }
    /// Answers a request.
    func answer(_ request: GoldenRequest) throws -> TestHTTPResponse
    /// Takes a request and gives a function that waits for its answer. A peer that has no waiting clients is asked when
    /// its answer is wanted.
    func begin(_ request: GoldenRequest) throws -> () throws -> TestHTTPResponse
    /// Opens a socket.
    func openSocket() throws -> any GoldenSocket
}

extension GoldenPeer {
    public func begin(_ request: GoldenRequest) throws -> () throws -> TestHTTPResponse {
        { try answer(request) }
    }
}

/// A socket that an exchange speaks on.
public protocol GoldenSocket {
    func say(_ message: String) throws
    /// The next message; waits for it for a while.
    func hear() throws -> String
    /// Throws if there is a message that no line wanted.
    func expectNothingMore() throws
}

/// Where an exchange went another way than its file says.
public struct GoldenFailure: Error, CustomStringConvertible {
    public let description: String
}

extension GoldenExchange {
    /// Plays the exchange. Throws at the first line that does not hold.
    public func run(on peer: some GoldenPeer) throws {
        var holes = GoldenHoles(given: peer.given, derive: peer.derive)
        var sockets: [String: any GoldenSocket] = [:]
        var waiting: [String: () throws -> TestHTTPResponse] = [:]
        for step in steps {
            var heard = ""
            do {
                switch step.action {
                case .ask(let request, let wanted):
                    let answer = try peer.answer(request.filled(holes))
                    heard = "\(answer.status) \(answer.text)"
                    try wanted.check(answer, &holes)
                case .begin(let request, let name):
                    waiting[name] = try peer.begin(request.filled(holes))
                case .end(let name, let wanted):
                    guard let wait = waiting.removeValue(forKey: name) else {
                        throw GoldenMismatch(description: "no request called \(name) waits")
                    }
                    let answer = try wait()
                    heard = "\(answer.status) \(answer.text)"
                    try wanted.check(answer, &holes)
                case .say(let message, let name):
                    try open(name, &sockets, peer).say(holes.fill(message))
                case .hear(let template, let name):
                    heard = try open(name, &sockets, peer).hear()
                    try holes.match(heard, template)
                }
            } catch {
                throw GoldenFailure(description: "\(name):\(step.line): \(error)\n  heard: \(heard)")
            }
        }
        if let name = waiting.keys.min() {
            throw GoldenFailure(description: "\(self.name): no line wants the answer to \(name)")
        }
        for (socketName, socket) in sockets {
            do {
                try socket.expectNothingMore()
            } catch {
                throw GoldenFailure(description: "\(name), at the end of socket \(socketName): \(error)")
            }
        }
    }

    private func open(
        _ name: String, _ sockets: inout [String: any GoldenSocket], _ peer: some GoldenPeer
    ) throws -> any GoldenSocket {
        if let socket = sockets[name] { return socket }
        let socket = try peer.openSocket()
        sockets[name] = socket
        return socket
    }
}

extension GoldenRequest {
    fileprivate func filled(_ holes: GoldenHoles) throws -> GoldenRequest {
        var request = self
        request.path = try holes.fill(path)
        request.headers = try headers.map { ($0.name, try holes.fill($0.value)) }
        request.body = try holes.fill(body)
        return request
    }
}

extension GoldenAnswer {
    fileprivate func check(_ answer: TestHTTPResponse, _ holes: inout GoldenHoles) throws {
        guard answer.status == status else { throw GoldenMismatch(description: "expected status \(status)") }
        for (name, value) in headers {
            let wanted = try holes.fill(value)
            guard answer[name] == wanted else {
                throw GoldenMismatch(
                    description: "expected \(name): \(wanted), got \(answer[name] ?? "none")")
            }
        }
        guard !body.isEmpty else {
            guard answer.body.isEmpty else { throw GoldenMismatch(description: "expected no body") }
            return
        }
        // Clients compare the type for equality: no charset (spec http-and-websocket 2.1).
        guard answer["Content-Type"] == "application/json" else {
            throw GoldenMismatch(description: "the type is \(answer["Content-Type"] ?? "none")")
        }
        try holes.match(answer.text, body)
    }
}
