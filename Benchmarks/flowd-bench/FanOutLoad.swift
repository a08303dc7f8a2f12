// Fan-out: one busy run, watched by many from before it gets busy until each has its last event; then once more by
// one who comes too late and reads it from the journal.

internal import Primitives

/// Subscribers of one run. Counting begins when all have subscribed and the run is in its pause, and ends when the
/// last of them has received the end of the run.
struct FanOutLoad: Load {
    struct Figure: Sendable {
        let live: DeliveryFigure
        let replay: DeliveryFigure
    }

    /// What one subscriber has got.
    private struct Subscriber {
        var fingerprint = Fingerprint()
        var byteCount = 0
        var hasEnded = false
    }

    /// Messages that count: from the first to the last, whoever got it.
    private struct Delivery {
        var cost: CostMeter.Reading
        var messageCount = 0
        var byteCount = 0
        var first: Int64?
        var last: Int64 = 0
    }

    private enum Phase {
        case idle
        case subscribing(remaining: Int)
        case settling
        case live
        case replaying
    }

    var name: String { "fan-out to \(subscribers.count - 1) subscribers" }
    let site: Site
    let requestConnections = 1
    var sockets: Int { subscribers.count }
    private(set) var figure: Figure?

    private let flow: String
    private var run = ""
    private var phase = Phase.idle
    /// The last one is the one who comes late.
    private var subscribers: [Subscriber]
    private var remaining: Int
    private var delivery: Delivery?
    private var live: DeliveryFigure?

    init(subscribers count: Int, flow: String, site: Site) {
        self.site = site
        self.flow = flow
        subscribers = Array(repeating: Subscriber(), count: count + 1)
        remaining = count
    }

    private var late: Int { subscribers.count - 1 }

    mutating func begin(_ wires: inout Wires) {
        let body = #"{"inputs":{"count":\#(Plan.busyElements)}}"#
        wires.request(Requests.start(flow: flow, body: body, key: site.key), on: 0)
    }

    mutating func answered(_ connection: Int, _ body: [UInt8], _ wires: inout Wires) throws(BenchError) {
        run = try Requests.run(in: body)
        phase = .subscribing(remaining: late)
        for subscriber in 0..<late { wires.say(Requests.subscribe(run: run), on: subscriber) }
    }

    mutating func received(
        _ socket: Int, _ message: ArraySlice<UInt8>, _ wires: inout Wires
    ) throws(BenchError) {
        guard let event = Requests.event(in: message) else {
            try Requests.checkSuccess(message)
            if case .subscribing(let remaining) = phase {
                phase = remaining == 1 ? .settling : .subscribing(remaining: remaining - 1)
                if remaining == 1 { wires.setTimer(.begins, milliseconds: Plan.settleMilliseconds) }
            }
            return
        }
        subscribers[socket].fingerprint.add(event)
        subscribers[socket].byteCount += message.count
        if delivery != nil {
            let now = wires.now
            if delivery?.first == nil { delivery?.first = now }
            delivery?.last = now
            delivery?.messageCount += 1
            delivery?.byteCount += message.count
        }
        if Requests.isFinish(event) { try ended(socket, &wires) }
    }

    /// Everybody has subscribed; what the run said before its pause is there.
    mutating func due(_ timer: LoadTimer, _ wires: inout Wires) throws(BenchError) {
        guard subscribers[..<late].allSatisfy({ $0.fingerprint == subscribers[0].fingerprint }) else {
            throw .wrong("the run got busy before all \(late) had subscribed")
        }
        phase = .live
        delivery = Delivery(cost: site.meter.begin())
    }

    private mutating func ended(_ socket: Int, _ wires: inout Wires) throws(BenchError) {
        guard !subscribers[socket].hasEnded else { throw .wrong("a run ended twice") }
        subscribers[socket].hasEnded = true
        switch phase {
        case .live:
            remaining -= 1
            guard remaining == 0 else { return }
            live = try finishDelivery()
            phase = .replaying
            delivery = Delivery(cost: site.meter.begin())
            wires.say(Requests.subscribe(run: run), on: late)
        case .replaying:
            guard let live else { preconditionFailure("the live part comes first") }
            let replay = try finishDelivery()
            for subscriber in subscribers where subscriber.fingerprint != subscribers[late].fingerprint {
                throw .wrong(
                    "of \(subscribers[late].fingerprint.count) messages in the journal, a live subscriber got "
                        + "\(subscriber.fingerprint.count), or not the same, or in another order")
            }
            figure = Figure(live: live, replay: replay)
        case .idle, .subscribing, .settling:
            throw .wrong("the run ended before all \(late) had subscribed")
        }
    }

    private func finishDelivery() throws(BenchError) -> DeliveryFigure {
        guard let delivery, let first = delivery.first, delivery.last > first else {
            throw .wrong("the run was over in one moment")
        }
        return DeliveryFigure(
            messageCount: delivery.messageCount, byteCount: delivery.byteCount,
            nanoseconds: delivery.last - first, cost: site.meter.end(delivery.cost))
    }
}
