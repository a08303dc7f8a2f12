// Named values as the tables hold them.

internal import Values
internal import Wire

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

    /// Reads the tagged form member by member, so that the map itself does not count as a level of nesting. The reader
    /// cannot be used any further after an error.
    init(tagged reader: inout JSONReader) throws {
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
