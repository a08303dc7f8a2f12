// Run events in this dialect's words: one track for each spelling.

internal import Dialect
internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// Encodes events as either spelling wants them (spec http-and-websocket 4.1, 4.2).
///
/// The subscriber's prefix is `{"sub_id":3,` or `{"stream_id":3,`; a body is all that follows.
struct SpaceOperatorTrack: EventTrack, SignatureTrack {
    let spelling: Spelling

    func encode(_ events: ArraySlice<RunEvent>, of run: RunID) -> [TrackMessage] {
        var messages: [TrackMessage] = []
        messages.reserveCapacity(events.count)
        var index = events.startIndex
        while index < events.endIndex {
            let next = index + 1
            // As documented, a node finishes before its last output is shown (spec 3.6).
            if spelling == .documented, next < events.endIndex, events[index].isFollowedBy(events[next]) {
                messages.append(message(of: events[next], run))
                messages.append(message(of: events[index], run))
                index += 2
            } else {
                messages.append(message(of: events[index], run))
                index = next
            }
        }
        return messages
    }

    func encode(_ request: WaitingSignature) -> [UInt8] { SignatureWords.message(request, spelling) }

    var tail: [UInt8]? {
        spelling == .documented ? Array(#""event":"Done"}"#.utf8) : nil
    }

    private func message(of event: RunEvent, _ run: RunID) -> TrackMessage {
        var writer = JSONWriter()
        writer.beginObject()
        switch spelling {
        case .documented:
            writer.key("event")
            writer.beginObject()
            writer.key("flow_run_id")
            writer.string(run.text)
            writer.key("time")
            writer.string(event.time.text)
            writer.key("content")
            writer.beginObject()
            writer.key(event.content.kind.name)
            writer.beginObject()
            event.content.writeFields(to: &writer)
            writer.endObject()
            writer.endObject()
            writer.endObject()
        case .numbered:
            writer.key("event")
            writer.string(event.content.kind.name)
            writer.key("data")
            writer.raw(event.data(of: run))
        }
        writer.endObject()
        // The opening brace belongs to the subscriber's prefix.
        return TrackMessage(event.content.kind, Array(writer.output.dropFirst()))
    }
}

extension RunEvent {
    /// What an event says, as a JSON object (spec http-and-websocket 4.2).
    func data(of run: RunID) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if case .signatureRequested(let asked) = content {
            SignatureWords.writeFields(asked.request, of: run, to: &writer)
        } else {
            writer.key("time")
            writer.string(time.text)
            content.writeFields(to: &writer)
            writer.key("flow_run_id")
            writer.string(run.text)
        }
        writer.endObject()
        return writer.output
    }
}

extension Spelling {
    /// The bytes in front of each message body of a subscription.
    func prefix(_ number: UInt64) -> [UInt8] {
        Array("{\"\(self == .documented ? "sub_id" : "stream_id")\":\(number),".utf8)
    }
}

extension RunEventKind {
    /// The kind as it stands on the wire (spec flow-engine 10.1).
    var name: String {
        switch self {
        case .flowStarted: "FlowStart"
        case .flowFailed: "FlowError"
        case .flowLogged: "FlowLog"
        case .flowFinished: "FlowFinish"
        case .flowPaused: "FlowPause"
        case .flowResumed: "FlowResume"
        case .nodeStarted: "NodeStart"
        case .nodeOutput: "NodeOutput"
        case .nodeFailed: "NodeError"
        case .nodeLogged: "NodeLog"
        case .nodeFinished: "NodeFinish"
        case .inputRequested: "ApiInput"
        case .signatureRequested: "SignatureRequest"
        }
    }
}

extension RunEvent.Content {
    /// Writes the event's own fields into an open object.
    fileprivate func writeFields(to writer: inout JSONWriter) {
        switch self {
        case .flowStarted:
            break
        case .flowFailed(let event):
            writer.key("error")
            writer.string(event.error)
        case .flowLogged(let event):
            event.line.writeFields(to: &writer)
        case .flowFinished(let event):
            writer.key("not_run")
            writer.beginArray()
            for node in event.notRun { writer.string(node.text) }
            writer.endArray()
            writer.key("output")
            writer.tagged(event.output)
        case .flowPaused(let event):
            writer.control(of: event.askedOf, event.reason)
        case .flowResumed(let event):
            writer.control(of: event.askedOf, event.reason)
            if event.isStillPaused {
                writer.key("still_paused")
                writer.bool(true)
            }
        case .nodeStarted(let event):
            event.execution.writeFields(to: &writer)
            writer.key("input")
            writer.tagged(event.input)
        case .nodeOutput(let event):
            event.execution.writeFields(to: &writer)
            writer.key("output")
            writer.tagged(event.output)
        case .nodeFailed(let event):
            event.execution.writeFields(to: &writer)
            writer.key("error")
            writer.string(event.error)
        case .nodeLogged(let event):
            event.execution.writeFields(to: &writer)
            event.line.writeFields(to: &writer)
        case .nodeFinished(let event):
            event.execution.writeFields(to: &writer)
        case .inputRequested(let event):
            writer.key("url")
            writer.string(event.url)
            event.execution.writeFields(to: &writer)
        case .signatureRequested(let event):
            SignatureWords.writeEnvelopedFields(event.request, to: &writer)
        }
    }
}

extension NodeExecution {
    fileprivate func writeFields(to writer: inout JSONWriter) {
        writer.key("node_id")
        writer.string(node.text)
        writer.key("times")
        writer.integer(times)
    }
}

extension RunLogLine {
    fileprivate func writeFields(to writer: inout JSONWriter) {
        writer.key("level")
        writer.string(level.rawValue)
        writer.key("module")
        if let module { writer.string(module) } else { writer.null() }
        writer.key("content")
        writer.string(content)
    }
}

extension JSONWriter {
    /// The run of which something was asked, and why.
    fileprivate mutating func control(of run: RunID, _ reason: String?) {
        key("asked_of")
        string(run.text)
        key("reason")
        if let reason { string(reason) } else { null() }
    }

    /// A map of named values in tagged form, with its outer `M`.
    fileprivate mutating func tagged(_ map: ValueMap) {
        raw(ValueJSON.encode(.map(map)))
    }
}
