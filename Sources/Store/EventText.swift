// Events to the text of the journal's data column and back. What was read back is what was written, to the
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
        }
    }

    var execution: NodeExecution? {
        switch self {
        case .flowStarted, .flowFailed, .flowFinished: nil
        case .nodeStarted(let execution, _), .nodeOutput(let execution, _), .nodeFailed(let execution, _),
            .nodeFinished(let execution):
            execution
        }
    }
}

// MARK: Writing

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
        case .nodeStarted(let execution, let input):
            detail = .nodeStarted(execution, input: text.member("input", input).range)
        case .nodeOutput(let execution, let output):
            detail = .nodeOutput(execution, ports: text.member("output", output).ports)
        case .nodeFailed(let execution, let error, let isDerived):
            text.member("error", error)
            if isDerived { text.flag("derived") }
            detail = .nodeFailed(execution, error: error)
        case .nodeFinished(let execution):
            detail = .nodeFinished(execution)
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

// MARK: Reading

/// The columns of a stored event, as they come from the database.
struct StoredEvent {
    let sequence: UInt64
    let time: Timestamp
    let name: String
    let execution: NodeExecution?
    let data: [UInt8]
    /// The status of the run, which a FlowFinish needs.
    let status: RunStatus

    /// What the row says, or nil if it cannot have been written by this project.
    func event() -> RunEvent? {
        guard let name = EventName(rawValue: name), let fields = try? EventFields(data),
            let content = content(name, fields)
        else { return nil }
        return RunEvent(sequence: sequence, time: time, content: content)
    }

    private func content(_ name: EventName, _ fields: EventFields) -> RunEvent.Content? {
        switch name {
        case .flowStart: return .flowStarted
        case .flowError: return fields.error.map { .flowFailed(error: $0) }
        case .flowFinish:
            guard let output = fields.output, let notRun = fields.notRun else { return nil }
            return .flowFinished(notRun: notRun, output: output, status: status)
        case .nodeStart:
            guard let execution, let input = fields.input else { return nil }
            return .nodeStarted(execution, input: input)
        case .nodeOutput:
            guard let execution, let output = fields.output else { return nil }
            return .nodeOutput(execution, output: output)
        case .nodeError:
            guard let execution, let error = fields.error else { return nil }
            return .nodeFailed(execution, error: error, isDerived: fields.isDerived)
        case .nodeFinish: return execution.map { .nodeFinished($0) }
        }
    }
}

/// The members of an event's own object, whichever are there.
private struct EventFields {
    private(set) var error: String?
    private(set) var isDerived = false
    private(set) var input: ValueMap?
    private(set) var output: ValueMap?
    private(set) var notRun: [NodeID]?

    init(_ data: [UInt8]) throws {
        var reader = JSONReader(data)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "error": error = try reader.readString()
            case "derived": isDerived = try reader.readBool()
            case "input": input = try ValueMap(tagged: &reader)
            case "output": output = try ValueMap(tagged: &reader)
            case "not_run": notRun = try EventFields.nodes(&reader)
            default: try reader.skipValue()
            }
        }
        try reader.finish()
    }

    private static func nodes(_ reader: inout JSONReader) throws(JSONError) -> [NodeID]? {
        var nodes: [NodeID] = []
        var isValid = true
        try reader.beginArray()
        while try reader.nextElement() {
            if let node = NodeID(try reader.readString()) { nodes.append(node) } else { isValid = false }
        }
        return isValid ? nodes : nil
    }
}

extension ValueMap {
    /// The tagged form, `{"M":{…}}`.
    var taggedJSON: [UInt8] {
        var bytes = Array(#"{"M":"#.utf8)
        ValueJSON.append(self, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Reads the tagged form of a whole text; nil for anything else.
    init?(taggedJSON bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        guard let map = try? ValueMap(tagged: &reader), (try? reader.finish()) != nil else { return nil }
        self = map
    }

    /// Reads the tagged form member by member, so that the map itself is no level of a value's nesting. The reader
    /// cannot be used any further after an error.
    fileprivate init(tagged reader: inout JSONReader) throws {
        self.init()
        try reader.beginObject()
        guard try reader.nextKey() == "M" else { throw NotAMap() }
        try reader.beginObject()
        while let key = try reader.nextKey() { self[key] = try ValueJSON.decode(from: &reader) }
        guard try reader.nextKey() == nil else { throw NotAMap() }
    }
}

/// A tagged value where the tagged form of a map must be.
private struct NotAMap: Error {}
