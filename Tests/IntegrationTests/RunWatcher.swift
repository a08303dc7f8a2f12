// A socket on which runs are watched, in either spelling of the protocol, and what it shows of them.

import TestKit
import Testing

/// The two spellings in which a client may speak.
enum WatchSpelling: CaseIterable, Sendable {
    case documented, numbered
}

/// One event as a watcher saw it.
struct WatchedEvent: Sendable {
    /// The message from behind the subscription's number to its end, byte for byte.
    let text: String
    let kind: String
    let run: String
    let time: String
    /// The event's own members, without run and time.
    let fields: [String: TestJSON]

    var node: String? { fields["node_id"]?.string }
    var times: Int? { fields["times"]?.integer }
    /// What the event is about: its kind and, if it has one, its execution.
    var subject: String { kind + (node.map { " \($0)#\(times ?? -1)" } ?? "") }
}

/// Authenticated, and speaking one spelling.
final class RunWatcher {
    struct Unexpected: Error { let message: String }

    let socket: TestWebSocket
    let spelling: WatchSpelling
    private var nextID = 0
    /// Events that came before the answer to a later request.
    private var early = ArraySlice<String>()

    /// - Parameter receiveBufferBytes: what the kernel may hold while the test does not read, roughly.
    init(
        _ port: UInt16, _ spelling: WatchSpelling, token: String, receiveBufferBytes: Int32? = nil
    ) throws {
        let connection = try TestConnection(
            port: port, receiveBufferBytes: receiveBufferBytes)
        socket = try TestWebSocket(on: TestHTTPClient(on: connection))
        self.spelling = spelling
        _ = try ask("Authenticate", ["token": token])
    }

    /// Subscribes and gives the number under which the events will come.
    func subscribe(to run: String) throws -> Int {
        let answer = try ask("SubscribeFlowRunEvents", ["flow_run_id": run])
        let key = spelling == .documented ? "subscription_id" : "stream_id"
        guard let number = answer[key]?.integer else { throw Unexpected(message: "\(answer)") }
        return number
    }

    /// Subscribes and waits for everything up to the run's end.
    func watch(_ run: String) throws -> [WatchedEvent] {
        try receiveToEnd(of: subscribe(to: run))
    }

    /// The next event, which must be of this subscription.
    func receive(of number: Int) throws -> WatchedEvent {
        let message = try receiveMessage()
        guard let event = try event(message, of: number) else { throw Unexpected(message: message) }
        return event
    }

    /// The next message that is no answer, as it came.
    func receiveMessage() throws -> String {
        try early.popFirst() ?? socket.receiveText()
    }

    /// Events until the given one, which comes last in the result.
    func receive(of number: Int, until isLast: (WatchedEvent) -> Bool) throws -> [WatchedEvent] {
        var events: [WatchedEvent] = []
        while true {
            let event = try receive(of: number)
            events.append(event)
            if isLast(event) { return events }
        }
    }

    /// All events of the subscription that are still to come. In the documented spelling `Done` must follow.
    func receiveToEnd(of number: Int) throws -> [WatchedEvent] {
        let events = try receive(of: number) { $0.kind == "FlowFinish" }
        if spelling == .documented {
            let message = try receiveMessage()
            guard message == #"{"sub_id":\#(number),"event":"Done"}"# else {
                throw Unexpected(message: message)
            }
        }
        return events
    }

    private func ask(_ method: String, _ parameters: [String: String]) throws -> TestJSON {
        let list = parameters.map { #""\#($0.key)":"\#($0.value)""# }.joined(separator: ",")
        let id = nextID
        nextID += 1
        switch spelling {
        case .documented: try socket.send(#"{"\#(method)":{\#(list)}}"#)
        case .numbered: try socket.send(#"{"id":\#(id),"method":"\#(method)","params":{\#(list)}}"#)
        }
        while true {
            let message = try socket.receiveText()
            let answer = try TestJSON(message)
            guard answer["id"] != nil else {
                early.append(message)
                continue
            }
            guard answer["id"]?.integer == id, let content = answer["Ok"] else {
                throw Unexpected(message: message)
            }
            return content
        }
    }

    private func event(_ message: String, of number: Int) throws -> WatchedEvent? {
        let prefix = "{\"\(spelling == .documented ? "sub_id" : "stream_id")\":\(number),"
        guard message.hasPrefix(prefix) else { return nil }
        let text = String(message.dropFirst(prefix.count))
        let tree = try TestJSON(message)
        switch spelling {
        case .documented:
            guard let event = tree["event"]?.object, event.count == 3, let content = event["content"]?.object,
                content.count == 1, let (kind, fields) = content.first,
                let run = event["flow_run_id"]?.string,
                let time = event["time"]?.string
            else { return nil }
            return WatchedEvent(text: text, kind: kind, run: run, time: time, fields: fields.object ?? [:])
        case .numbered:
            guard let kind = tree["event"]?.string, var fields = tree["data"]?.object,
                let run = fields.removeValue(forKey: "flow_run_id")?.string,
                let time = fields.removeValue(forKey: "time")?.string
            else { return nil }
            return WatchedEvent(text: text, kind: kind, run: run, time: time, fields: fields)
        }
    }
}

/// Checks what holds for the events of every run (spec http-and-websocket 3.6), in the order of a spelling.
func checkOrder(
    _ events: [WatchedEvent], of run: String, _ spelling: WatchSpelling,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(events.allSatisfy { $0.run == run }, sourceLocation: sourceLocation)
    #expect(events.first { $0.kind != "FlowLog" }?.kind == "FlowStart", sourceLocation: sourceLocation)
    #expect(events.last?.kind == "FlowFinish", sourceLocation: sourceLocation)
    #expect(events.count { $0.kind == "FlowStart" } == 1, sourceLocation: sourceLocation)
    #expect(events.count { $0.kind == "FlowFinish" } == 1, sourceLocation: sourceLocation)
    var open: Set<String> = []
    var nextTimes: [String: Int] = [:]
    for (index, event) in events.enumerated() {
        guard let node = event.node, let times = event.times else { continue }
        let execution = "\(node)#\(times)"
        switch event.kind {
        case "NodeStart":
            #expect(
                times == nextTimes[node, default: 0], "\(execution) starts", sourceLocation: sourceLocation)
            nextTimes[node] = times + 1
            open.insert(execution)
        case "NodeFinish":
            #expect(open.remove(execution) != nil, "\(execution) finishes", sourceLocation: sourceLocation)
        case "NodeOutput" where spelling == .documented && !open.contains(execution):
            let before = index > 0 ? events[index - 1].subject : ""
            #expect(before == "NodeFinish \(execution)", sourceLocation: sourceLocation)
        default:
            #expect(open.contains(execution), "\(event.subject) in between", sourceLocation: sourceLocation)
        }
    }
    #expect(open.isEmpty, sourceLocation: sourceLocation)
}
