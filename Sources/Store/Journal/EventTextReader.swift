// The text of the journal's data column back to the fields of an event.

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// Reads the object of an event's own fields, whose members may stand in any order. Members that are no fields are skipped.
///
/// Each member is offered to all fields, by one walk. A last walk looks for fields that no member was for.
struct EventTextReader: EventFields {
    private var reader: JSONReader
    /// The name of the member whose value comes next; nil in the last walk.
    private var member: String?
    private var isTaken = false
    /// Which field of the walk this is, and which ones have been read.
    private var place: UInt64 = 1
    private var known: UInt64 = 0
    /// Nothing is wrong so far.
    private var isSound = true
    private var hidden: [String] = []

    init(_ data: [UInt8]) { reader = JSONReader(data) }

    /// Reads all fields; false if the text is not that of such fields. To be called once.
    mutating func fill(_ holder: inout some FieldHolder) -> Bool {
        do {
            try reader.beginObject()
            while let name = try reader.nextKey() {
                begin(name)
                holder.walk(&self)
                guard isSound else { return false }
                if !isTaken { try reader.skipValue() }
            }
            try reader.finish()
        } catch { return false }
        begin(nil)
        holder.walk(&self)
        return isSound
    }

    private mutating func begin(_ name: String?) {
        member = name
        isTaken = false
        place = 1
    }

    mutating func text(_ name: String, _ value: inout String) {
        field(name, &value) { reader throws(JSONError) in try reader.readString() }
    }

    mutating func freeText(_ name: String, _ value: inout String) { text(name, &value) }

    mutating func optionalFreeText(_ name: String, _ value: inout String?) {
        field(name, &value, isOptional: true) { reader throws(JSONError) in try reader.readString() }
    }

    mutating func flag(_ name: String, _ value: inout Bool) {
        field(name, &value, isOptional: true) { reader throws(JSONError) in try reader.readBool() }
    }

    mutating func number<Name: NumberedName>(_ name: String, _ value: inout Name) {
        field(name, &value) { reader throws(JSONError) in
            try reader.readNumber().integer(Int64.self).flatMap { Name($0) }
        }
    }

    mutating func word<Word: RawRepresentable<String>>(_ name: String, _ value: inout Word) {
        field(name, &value) { reader throws(JSONError) in Word(rawValue: try reader.readString()) }
    }

    mutating func run(_ name: String, _ value: inout RunID) {
        field(name, &value) { reader throws(JSONError) in RunID(try reader.readString()) }
    }

    mutating func publicKey(_ name: String, _ value: inout Bytes32) {
        field(name, &value) { reader throws(JSONError) in
            Base58.decode(try reader.readString()).flatMap { Bytes32($0) }
        }
    }

    mutating func bytes(_ name: String, _ value: inout [UInt8]) {
        field(name, &value) { reader throws(JSONError) in Base64.decode(try reader.readString()) }
    }

    mutating func time(_ name: String, _ value: inout Timestamp) {
        field(name, &value) { reader throws(JSONError) in
            try reader.readNumber().integer(Int64.self).flatMap { EventTextReader.time(milliseconds: $0) }
        }
    }

    mutating func duration(_ name: String, _ value: inout Duration) {
        field(name, &value) { reader throws(JSONError) in
            let milliseconds = try reader.readNumber().integer(Int64.self)
            return milliseconds.flatMap {
                0...Int64(Limits.waitMillisecondsMax) ~= $0 ? .milliseconds($0) : nil
            }
        }
    }

    mutating func nodes(_ name: String, _ value: inout [NodeID]) {
        field(name, &value) { reader throws(JSONError) in
            var nodes: [NodeID] = []
            var isValid = true
            try reader.beginArray()
            while try reader.nextElement() {
                if let node = NodeID(try reader.readString()) { nodes.append(node) } else { isValid = false }
            }
            return isValid ? nodes : nil
        }
    }

    mutating func values(_ name: String, _ value: inout ValueMap) {
        field(name, &value) { reader in try? ValueMap(tagged: &reader) }
    }

    mutating func markedValues(_ name: String, _ value: inout ValueMap) {
        values(name, &value)
        var names = hidden
        field(EventText.hidden, &names, isOptional: true) { reader throws(JSONError) in
            var names: [String] = []
            try reader.beginArray()
            while try reader.nextElement() { names.append(try reader.readString()) }
            return names
        }
        hidden = names
        if member == nil { value.hide(names) }
    }

    /// Takes the value of the member that comes next, if it is this field's.
    private mutating func field<Value>(
        _ name: String, _ value: inout Value, isOptional: Bool = false,
        _ read: (inout JSONReader) throws(JSONError) -> Value?
    ) {
        defer { place <<= 1 }
        guard let member else {
            if !isOptional, known & place == 0 { isSound = false }
            return
        }
        guard !isTaken, member == name else { return }
        isTaken = true
        known |= place
        if let found = (try? read(&reader)) ?? nil { value = found } else { isSound = false }
    }

    /// Nil for a moment that is out of range, or after which no wait could end.
    private static func time(milliseconds: Int64) -> Timestamp? {
        let room = Int64.max / 1_000_000 - Int64(Limits.waitMillisecondsMax)
        return 0...room ~= milliseconds ? Timestamp(nanoseconds: milliseconds * 1_000_000) : nil
    }
}

extension ValueMap {
    /// Marks those of these names as secrets: their stored values stand for something that is not known here.
    fileprivate mutating func hide(_ names: [String]) {
        for name in names {
            guard let value = self[name] else { continue }
            self[name] = .secret(SecretValue(.null, shownAs: value))
        }
    }
}
