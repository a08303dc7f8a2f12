// Durable runs: every caller starts a run, watches it to its end, and starts the next.

internal import Primitives

/// Callers with one connection for requests and one WebSocket each.
struct RunLoad: Load {
    var name: String { "durable runs of \(sockets) callers" }
    let site: Site
    let requestConnections: Int
    let sockets: Int
    private(set) var figure: LatencyFigure?

    private let start: [UInt8]
    private var sent: [Int64]
    private var counting: (since: Int64, cost: CostMeter.Reading)?
    private var latencies: [Int64] = []

    init(callers: Int, site: Site) {
        self.site = site
        requestConnections = callers
        sockets = callers
        start = Requests.start(flow: "1", body: #"{"inputs":{"a":1,"b":2}}"#, key: site.key)
        sent = Array(repeating: 0, count: callers)
    }

    mutating func begin(_ wires: inout Wires) {
        for caller in 0..<requestConnections { send(caller, &wires) }
        wires.setTimer(.begins, milliseconds: Plan.warmUpMilliseconds)
    }

    mutating func answered(_ caller: Int, _ body: [UInt8], _ wires: inout Wires) throws(BenchError) {
        wires.say(Requests.subscribe(run: try Requests.run(in: body)), on: caller)
    }

    mutating func received(
        _ caller: Int, _ message: ArraySlice<UInt8>, _ wires: inout Wires
    ) throws(BenchError) {
        guard let event = Requests.event(in: message) else { return try Requests.checkSuccess(message) }
        guard Requests.isFinish(event) else { return }
        if counting != nil { latencies.append(wires.now - sent[caller]) }
        // The whole event, so that a run that went wrong is not taken for a fast one.
        guard String(decoding: event, as: UTF8.self).contains(#""not_run":[],"output":{"M":{"c":{"#) else {
            throw .wrong("a run of flow 1 ended without its output")
        }
        send(caller, &wires)
    }

    mutating func due(_ timer: LoadTimer, _ wires: inout Wires) {
        guard timer == .ends, let counting else {
            counting = (wires.now, site.meter.begin())
            wires.setTimer(.ends, milliseconds: Plan.runMilliseconds)
            return
        }
        figure = LatencyFigure(
            latencies, over: wires.now - counting.since, cost: site.meter.end(counting.cost))
    }

    private mutating func send(_ caller: Int, _ wires: inout Wires) {
        sent[caller] = wires.now
        wires.request(start, on: caller)
    }
}
