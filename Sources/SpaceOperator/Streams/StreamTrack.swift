// Run events in the forms of streams.

internal import Dialect
internal import Engine
internal import Primitives
internal import Wire

/// Encodes events for streams. A message is an event with its place in front, which `placing` puts there.
struct StreamTrack: EventTrack {
    let form: StreamForm

    func encode(_ events: ArraySlice<RunEvent>, of run: RunID) -> [TrackMessage] {
        events.map { TrackMessage($0.content.kind, message(of: $0, run)) }
    }

    /// A stream ends behind its last event.
    var tail: [UInt8]? { nil }

    private func message(of event: RunEvent, _ run: RunID) -> [UInt8] {
        let (name, data) = (event.content.kind.name, StreamTrack.oneLine(event.data(of: run)))
        return switch form {
        case .serverSent: Array("event: \(name)\ndata: ".utf8) + data + Array("\n\n".utf8)
        case .lines: Array(#""event":"\#(name)","data":"#.utf8) + data + Array("}\n".utf8)
        }
    }

    /// The place as it stands in front of the event.
    static func placing(_ form: StreamForm) -> PlaceWords {
        switch form {
        case .serverSent: PlaceWords(before: Array("id: ".utf8), after: Array("\n".utf8))
        case .lines: PlaceWords(before: Array(#"{"seq":"#.utf8), after: Array(",".utf8))
        }
    }

    /// JSON without the characters that some readers of lines take for the end of one: U+0085, U+2028 and U+2029. They can
    /// stand in texts only, where each has another form.
    static func oneLine(_ json: [UInt8]) -> [UInt8] {
        guard json.contains(where: { $0 == 0xC2 || $0 == 0xE2 }) else { return json }
        var line: [UInt8] = []
        line.reserveCapacity(json.count + 16)
        var rest = json[...]
        while let byte = rest.popFirst() {
            switch (byte, rest.first, rest.dropFirst().first) {
            case (0xC2, 0x85?, _):
                line.append(contentsOf: #"\u0085"#.utf8)
                rest.removeFirst()
            case (0xE2, 0x80?, let last?) where last == 0xA8 || last == 0xA9:
                line.append(contentsOf: last == 0xA8 ? #"\u2028"#.utf8 : #"\u2029"#.utf8)
                rest.removeFirst(2)
            default: line.append(byte)
            }
        }
        return line
    }
}
