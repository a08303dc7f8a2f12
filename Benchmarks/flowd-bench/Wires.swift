// What a load can do: send on its connections, set timers, look at the clock. Owned by the reactor of the load's loop.

internal import Net
internal import Primitives
internal import Wire

/// All connections of a load: first those for requests, then the WebSockets, each kind numbered from 0.
struct Wires {
    let clients: [Client]
    let requestCount: Int
    private let clock: Clock
    /// Connections that may have something to send.
    private(set) var touched: [Int] = []
    /// Timers that were asked for in this turn.
    private(set) var timers: [(timer: LoadTimer, milliseconds: Int)] = []

    init(_ clients: [Client], requestCount: Int, clock: Clock) {
        self.clients = clients
        self.requestCount = requestCount
        self.clock = clock
    }

    /// Nanoseconds of the steady clock.
    var now: Int64 { clock.steady() }

    mutating func request(_ bytes: [UInt8], on connection: Int) {
        clients[connection].send(bytes)
        touched.append(connection)
    }

    mutating func say(_ text: [UInt8], on socket: Int) {
        clients[requestCount + socket].say(.text, text)
        touched.append(requestCount + socket)
    }

    mutating func setTimer(_ timer: LoadTimer, milliseconds: Int) {
        timers.append((timer, milliseconds))
    }

    /// Says that a connection, of whichever kind, must be looked at when the turn ends.
    mutating func touch(_ client: Int) {
        touched.append(client)
    }

    /// What must be done at the end of a turn.
    mutating func takeTouched() -> [Int] {
        let taken = touched
        touched.removeAll(keepingCapacity: true)
        return taken
    }

    mutating func takeTimers() -> [(timer: LoadTimer, milliseconds: Int)] {
        let taken = timers
        timers.removeAll()
        return taken
    }
}

/// The timers of loads.
enum LoadTimer: UInt64 {
    /// Counting begins.
    case begins
    /// Counting ends.
    case ends
    /// The load counts as hung.
    case hangs
}
