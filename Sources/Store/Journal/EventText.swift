// Events to the text of the journal's data column, as they declare their fields. What StoredEvent reads back is what was
// written here, to the last bit of every value: a replay must equal the live stream.

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// Writes the object of an event's own fields and remembers where values lie in it.
struct EventText: EventFields {
    /// The member with the names of values that are hidden or cut in what is written down.
    static let hidden = "hidden"

    private var bytes: [UInt8] = [UInt8(ascii: "{")]
    /// Where the values are, if the event has some.
    private(set) var values: WrittenValues?

    /// The whole text. Nothing can be written behind it.
    mutating func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    mutating func text(_ name: String, _ value: inout String) { member(name, value) }

    mutating func freeText(_ name: String, _ value: inout String) { member(name, value) }

    mutating func optionalFreeText(_ name: String, _ value: inout String?) {
        if let value { member(name, value) }
    }

    mutating func flag(_ name: String, _ value: inout Bool) {
        guard value else { return }
        key(name)
        bytes.append(contentsOf: "true".utf8)
    }

    mutating func number(_ name: String, _ value: inout some NumberedName) { member(name, value.number) }

    mutating func word(_ name: String, _ value: inout some RawRepresentable<String>) {
        member(name, value.rawValue)
    }

    mutating func run(_ name: String, _ value: inout RunID) { member(name, value.text) }

    mutating func publicKey(_ name: String, _ value: inout Bytes32) {
        member(name, Base58.encode(value.bytes))
    }

    mutating func bytes(_ name: String, _ value: inout [UInt8]) { member(name, Base64.encode(value)) }

    mutating func time(_ name: String, _ value: inout Timestamp) { member(name, value.milliseconds) }

    mutating func duration(_ name: String, _ value: inout Duration) {
        let (seconds, attoseconds) = value.components
        member(name, seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }

    mutating func nodes(_ name: String, _ value: inout [NodeID]) {
        key(name)
        bytes.append(UInt8(ascii: "["))
        for (index, node) in value.enumerated() {
            bytes.append(contentsOf: index > 0 ? ",\"".utf8 : "\"".utf8)
            node.id.append(to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "]"))
    }

    mutating func values(_ name: String, _ value: inout ValueMap) {
        write(name, value, remembersPorts: false)
    }

    mutating func markedValues(_ name: String, _ value: inout ValueMap) {
        write(name, value, remembersPorts: true)
        hidden(in: value)
    }

    private mutating func write(_ name: String, _ map: ValueMap, remembersPorts: Bool) {
        key(name)
        let start = bytes.count
        var ports: [WrittenValues.Port] = []
        if remembersPorts { ports.reserveCapacity(map.count) }
        bytes.append(contentsOf: #"{"M":{"#.utf8)
        for (index, entry) in map.entries.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let nameStart = bytes.count
            JSONWriter.append(entry.key, to: &bytes)
            let nameEnd = bytes.count
            bytes.append(UInt8(ascii: ":"))
            ValueJSON.append(entry.value, to: &bytes)
            guard remembersPorts else { continue }
            ports.append(WrittenValues.Port(name: nameStart..<nameEnd, value: nameEnd + 1..<bytes.count))
        }
        bytes.append(contentsOf: "}}".utf8)
        values = WrittenValues(range: start..<bytes.count, ports: ports)
    }

    private mutating func hidden(in map: ValueMap) {
        let names = map.entries.filter { $0.value.holdsSecret }.map(\.key)
        guard !names.isEmpty else { return }
        key(EventText.hidden)
        bytes.append(UInt8(ascii: "["))
        for (index, name) in names.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONWriter.append(name, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func member(_ name: String, _ text: String) {
        key(name)
        JSONWriter.append(text, to: &bytes)
    }

    private mutating func member(_ name: String, _ number: Int64) {
        key(name)
        bytes.append(contentsOf: "\(number)".utf8)
    }

    private mutating func key(_ name: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        JSONWriter.append(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }
}
