// Rows of the journal back to events. Stored rows are not trusted: one that this project cannot have written is
// no event.

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// The columns of a stored event, as they come from the database.
struct StoredEvent {
    let sequence: UInt64
    let time: Timestamp
    let name: String
    let execution: NodeExecution?
    let data: [UInt8]
    /// The status of the run, which a FlowFinish needs.
    let status: RunStatus

    /// The event of the row; nil if this project cannot have written it.
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
            return .flowFinished(notRun: notRun, output: output.hiding(fields.hidden), status: status)
        case .nodeStart:
            guard let execution, let input = fields.input else { return nil }
            return .nodeStarted(execution, input: input)
        case .nodeOutput:
            guard let execution, let output = fields.output else { return nil }
            return .nodeOutput(execution, output: output.hiding(fields.hidden))
        case .nodeError:
            guard let execution, let error = fields.error else { return nil }
            return .nodeFailed(execution, error: error, isDerived: fields.isDerived)
        case .nodeFinish: return execution.map { .nodeFinished($0) }
        case .apiInput:
            guard let execution, let url = fields.url else { return nil }
            return .inputRequested(execution, url: url)
        case .signatureRequest:
            guard let execution, let request = fields.signatureRequest else { return nil }
            return .signatureRequested(execution, request)
        }
    }
}

/// The members of an event's own object, as far as they are there.
private struct EventFields {
    private(set) var error: String?
    private(set) var isDerived = false
    private(set) var input: ValueMap?
    private(set) var output: ValueMap?
    private(set) var notRun: [NodeID]?
    private(set) var url: String?
    private var id: Int64?
    private var time: Int64?
    private var publicKey: String?
    private var message: String?
    private var timeout: Int64?
    private var kind: String?
    /// Ports whose stored value stands for one that was hidden or too large.
    private(set) var hidden: [String] = []

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
            case "url": url = try reader.readString()
            case "id": id = try reader.readNumber().integer(Int64.self)
            case "time": time = try reader.readNumber().integer(Int64.self)
            case "pubkey": publicKey = try reader.readString()
            case "message": message = try reader.readString()
            case "timeout": timeout = try reader.readNumber().integer(Int64.self)
            case "kind": kind = try reader.readString()
            case "hidden":
                try reader.beginArray()
                while try reader.nextElement() { hidden.append(try reader.readString()) }
            default: try reader.skipValue()
            }
        }
        try reader.finish()
    }

    var signatureRequest: SignatureRequest? {
        guard let id, let time, let publicKey, let message, let timeout, let kind else { return nil }
        return SignatureRequest(
            storedID: id, publicKey: publicKey, message: message, kind: kind, milliseconds: time,
            timeLimitMilliseconds: timeout)
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
    /// The same entries, with those of these names marked as secrets: their stored values stand for something that is
    /// not known here.
    fileprivate func hiding(_ names: [String]) -> ValueMap {
        var map = self
        for name in names {
            guard let value = map[name] else { continue }
            map[name] = .secret(SecretValue(.null, shownAs: value))
        }
        return map
    }
}
