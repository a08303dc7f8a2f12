// Small answers: every connection has one request on its way, all the time.

internal import Primitives

/// Asks for the health check on many connections and counts the answers.
struct AnswerLoad: Load {
    let name = "small answers"
    let site: Site
    let requestConnections: Int
    let sockets = 0
    private(set) var figure: LatencyFigure?

    private var sent: [Int64]
    private var counting: (since: Int64, cost: CostMeter.Reading)?
    private var latencies: [Int64] = []

    init(connections: Int, site: Site) {
        self.site = site
        requestConnections = connections
        sent = Array(repeating: 0, count: connections)
    }

    mutating func begin(_ wires: inout Wires) {
        for connection in 0..<requestConnections { send(connection, &wires) }
        wires.setTimer(.begins, milliseconds: Plan.warmUpMilliseconds)
    }

    mutating func answered(_ connection: Int, _ body: [UInt8], _ wires: inout Wires) {
        if counting != nil { latencies.append(wires.now - sent[connection]) }
        send(connection, &wires)
    }

    mutating func due(_ timer: LoadTimer, _ wires: inout Wires) {
        guard timer == .ends, let counting else {
            counting = (wires.now, site.meter.begin())
            wires.setTimer(.ends, milliseconds: Plan.answerMilliseconds)
            return
        }
        figure = LatencyFigure(
            latencies, over: wires.now - counting.since, cost: site.meter.end(counting.cost))
    }

    private mutating func send(_ connection: Int, _ wires: inout Wires) {
        sent[connection] = wires.now
        wires.request(Requests.healthCheck, on: connection)
    }
}
