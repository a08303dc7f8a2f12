// Events to the text of the journal's data column. What StoredEvent reads back is what was written here, to the
// last bit of every value: a replay must equal the live stream.

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// The names of events in the journal (spec flow-engine 10.1). Log lines have a table of their own.
enum EventName: String, Sendable {
    case flowStart = "FlowStart"
    case flowError = "FlowError"
    case flowFinish = "FlowFinish"
    case nodeStart = "NodeStart"
    case nodeOutput = "NodeOutput"
    case nodeError = "NodeError"
    case nodeFinish = "NodeFinish"
    case apiInput = "ApiInput"
    case signatureRequest = "SignatureRequest"
}

extension EventRow.Detail {
    var name: EventName {
        switch self {
        case .flowStarted: .flowStart
        case .flowFailed: .flowError
        case .flowFinished: .flowFinish
        case .nodeStarted: .nodeStart
        case .nodeOutput: .nodeOutput
        case .nodeFailed: .nodeError
        case .nodeFinished: .nodeFinish
        case .inputRequested: .apiInput
        case .signatureRequested: .signatureRequest
        }
    }

    var execution: NodeExecution? {
        switch self {
        case .flowStarted, .flowFailed, .flowFinished: nil
        case .nodeStarted(let execution, _), .nodeOutput(let execution, _), .nodeFailed(let execution, _),
            .nodeFinished(let execution), .inputRequested(let execution, _),
            .signatureRequested(let execution, _):
            execution
        }
    }
}

extension JournalRow {
    /// The row of an event.
    init(run: RunID, owner: UserID, event: RunEvent, form: Form = .original) {
        self.run = run
        self.owner = owner
        self.form = form
        sequence = event.sequence
        var text = EventText()
        let detail: EventRow.Detail
        switch event.content {
        case .flowLogged(let line):
            content = .log(LogRow(time: event.time, execution: nil, line: line))
            return
        case .nodeLogged(let execution, let line):
            content = .log(LogRow(time: event.time, execution: execution, line: line))
            return
        case .flowStarted:
            detail = .flowStarted
        case .flowFailed(let error):
            text.member("error", error)
            detail = .flowFailed(error: error)
        case .flowFinished(let notRun, let output, let status):
            text.member("not_run", notRun)
            detail = .flowFinished(
                notRun: notRun, output: text.member("output", output).range, status: status)
            text.hidden(in: output)
        case .nodeStarted(let execution, let input):
            detail = .nodeStarted(execution, input: text.member("input", input).range)
        case .nodeOutput(let execution, let output):
            detail = .nodeOutput(execution, ports: text.member("output", output).ports)
            text.hidden(in: output)
        case .nodeFailed(let execution, let error, let isDerived):
            text.member("error", error)
            if isDerived { text.flag("derived") }
            detail = .nodeFailed(execution, error: error)
        case .nodeFinished(let execution):
            detail = .nodeFinished(execution)
        case .inputRequested(let execution, let url):
            text.member("url", url)
            detail = .inputRequested(execution, url: url)
        case .signatureRequested(let execution, let request):
            text.members(of: request)
            detail = .signatureRequested(execution, request)
        }
        content = .event(EventRow(time: event.time, detail: detail, data: text.finished()))
    }
}

/// Writes the object of an event's own fields and remembers where values lie in it.
private struct EventText {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    mutating func member(_ name: String, _ text: String) {
        key(name)
        JSONWriter.append(text, to: &bytes)
    }

    mutating func member(_ name: String, _ number: Int64) {
        key(name)
        bytes.append(contentsOf: "\(number)".utf8)
    }

    /// Times in milliseconds.
    mutating func members(of request: SignatureRequest) {
        member("id", request.id.number)
        member("time", request.createdAt.milliseconds)
        member("pubkey", Base58.encode(request.publicKey.bytes))
        member("message", Base64.encode(request.message))
        member("timeout", request.timeLimitMilliseconds)
        member("kind", request.kind.rawValue)
    }

    mutating func member(_ name: String, _ texts: [String]) {
        key(name)
        bytes.append(UInt8(ascii: "["))
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONWriter.append(text, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func member(_ name: String, _ nodes: [NodeID]) {
        key(name)
        bytes.append(UInt8(ascii: "["))
        for (index, node) in nodes.enumerated() {
            bytes.append(contentsOf: index > 0 ? ",\"".utf8 : "\"".utf8)
            node.id.append(to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func member(_ name: String, _ map: ValueMap) -> (range: Range<Int>, ports: [EventRow.Port]) {
        key(name)
        let start = bytes.count
        var ports: [EventRow.Port] = []
        ports.reserveCapacity(map.count)
        bytes.append(contentsOf: #"{"M":{"#.utf8)
        for (index, entry) in map.entries.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let nameStart = bytes.count
            JSONWriter.append(entry.key, to: &bytes)
            let nameEnd = bytes.count
            bytes.append(UInt8(ascii: ":"))
            ValueJSON.append(entry.value, to: &bytes)
            ports.append(EventRow.Port(name: nameStart..<nameEnd, value: nameEnd + 1..<bytes.count))
        }
        bytes.append(contentsOf: "}}".utf8)
        return (start..<bytes.count, ports)
    }

    /// Writes the names of the entries that are hidden or cut in what is written down.
    mutating func hidden(in map: ValueMap) {
        let names = map.entries.filter { $0.value.holdsSecret }.map(\.key)
        if !names.isEmpty { member("hidden", names) }
    }

    mutating func flag(_ name: String) {
        key(name)
        bytes.append(contentsOf: "true".utf8)
    }

    mutating func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private mutating func key(_ name: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        JSONWriter.append(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }
}
