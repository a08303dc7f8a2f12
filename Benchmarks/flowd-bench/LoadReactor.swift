// Runs a load: opens its connections, reads and writes, and stops when it has its figure. On the load's own loop.

internal import Net
internal import Primitives
internal import Synchronization
internal import Wire

/// The shell around a load.
struct LoadReactor<L: Load>: Reactor {
    typealias Message = Never

    private var load: L
    private var wires: Wires
    private let outcome: Outcome<L.Figure>
    private var readySockets = 0

    /// Runs a load on a thread of its own and waits for its end.
    static func perform(_ load: L) throws(BenchError) -> L.Figure {
        let outcome = Outcome<L.Figure>()
        do {
            let loop = try EventLoop<Never>.start(name: "load", capacity: 1) { _, loop in
                try LoadReactor(load, outcome, on: &loop)
            }
            loop.join()
        } catch let error as BenchError {
            throw error
        } catch let error as NetError {
            throw .system(error)
        } catch {
            throw .wrong("\(error)")
        }
        guard let result = outcome.result.withLock({ $0 }) else {
            throw .wrong("\(load.name) ended without a figure")
        }
        return try result.get()
    }

    private init(_ load: L, _ outcome: Outcome<L.Figure>, on loop: inout LoopContext) throws {
        self.load = load
        self.outcome = outcome
        var clients: [Client] = []
        for number in 0..<load.requestConnections + load.sockets {
            let socket = try Socket.connected(toLoopbackPort: load.site.port)
            clients.append(Client(Transport(socket, token: UInt64(number))))
        }
        wires = Wires(clients, requestCount: load.requestConnections, clock: loop.clock)
        loop.setTimer(LoadTimer.hangs.rawValue, milliseconds: Plan.loadMillisecondsMax)
        for number in load.requestConnections..<clients.count {
            wires.request(Requests.upgrade, on: number)
        }
        if load.sockets == 0 { try self.load.begin(&wires) }
        for number in clients.indices { wires.touch(number) }
        turnEnded(on: &loop)
    }

    mutating func ready(_ token: UInt64, _ readiness: Readiness, on loop: inout LoopContext) {
        do throws(BenchError) {
            let number = Int(token)
            wires.touch(number)
            guard readiness != .writable else { return }
            let client = wires.clients[number]
            switch client.transport.receive(on: &loop) {
            case .nothing: return
            // A server may close a connection that has been quiet for long.
            case .ended where client.frames == nil && !client.isAwaiting:
                client.transport.isReading = false
            case .ended: throw .connectionLost("\(load.name), \(kind(number))")
            case .failed(let error): throw .system(error)
            case .bytes(let count): client.take(loop.scratch[..<count])
            }
            while client.frames == nil, let answer = try client.nextAnswer() {
                try answered(number, answer)
            }
            while let frame = try client.frames?.next() { try received(number, frame) }
        } catch {
            end(.failure(error), on: &loop)
        }
    }

    mutating func received(_ message: Never, on loop: inout LoopContext) {}

    mutating func due(_ timer: UInt64, on loop: inout LoopContext) {
        do throws(BenchError) {
            guard let timer = LoadTimer(rawValue: timer), timer != .hangs else { throw .hung(load.name) }
            try load.due(timer, &wires)
        } catch {
            end(.failure(error), on: &loop)
        }
    }

    mutating func turnEnded(on loop: inout LoopContext) {
        for (timer, milliseconds) in wires.takeTimers() {
            loop.setTimer(timer.rawValue, milliseconds: milliseconds)
        }
        do throws(NetError) {
            for number in wires.takeTouched() {
                let client = wires.clients[number]
                if case .failed(let error) = client.transport.flush() { throw error }
                try client.transport.watch(on: loop)
            }
        } catch {
            end(.failure(.system(error)), on: &loop)
        }
        if let figure = load.figure { end(.success(figure), on: &loop) }
    }

    private func kind(_ number: Int) -> String {
        number < wires.requestCount ? "one for requests" : "a WebSocket"
    }

    private func end(_ result: Result<L.Figure, BenchError>, on loop: inout LoopContext) {
        // What comes after the first error is its consequence.
        outcome.result.withLock { if $0 == nil { $0 = result } }
        loop.stop()
    }

    private mutating func answered(_ number: Int, _ answer: AnswerReader.Answer) throws(BenchError) {
        let client = wires.clients[number]
        switch answer.status {
        case 101 where number >= wires.requestCount:
            client.becomeSocket()
            client.say(.text, Requests.authenticate(load.site.key))
        case 200,
            201 where number < wires.requestCount:
            try load.answered(number, answer.body, &wires)
        default:
            throw .refused("\(answer.status) \(String(decoding: answer.body.prefix(200), as: UTF8.self))")
        }
    }

    private mutating func received(_ number: Int, _ frame: FrameReader.Frame) throws(BenchError) {
        switch frame.opcode {
        case .ping: wires.clients[number].say(.pong, Array(frame.payload))
        case .close:
            let reason = String(decoding: frame.payload.dropFirst(2), as: UTF8.self)
            throw .connectionLost("\(load.name), \(kind(number)), \(reason)")
        case .text where readySockets < load.sockets:
            // Until all are authenticated, nothing but the answers to that can come.
            try Requests.checkSuccess(frame.payload)
            readySockets += 1
            if readySockets == load.sockets { try load.begin(&wires) }
        case .text: try load.received(number - wires.requestCount, frame.payload, &wires)
        case .binary, .pong, .continuation: throw .malformed("a frame that nobody asked for")
        }
    }
}

/// How a load ended, for the thread that waits for it.
private final class Outcome<Figure: Sendable>: Sendable {
    let result = Mutex<Result<Figure, BenchError>?>(nil)
}
