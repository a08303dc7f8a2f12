// Reading inside of values: properties and indices.

internal import Values

/// Reads of properties and of elements.
enum Access {
    /// `value.name`. A map gives `()` for a name that it does not have.
    static func property(
        _ name: String, of value: Dynamic, _ session: inout Session
    ) throws(Fault) -> Dynamic {
        if case .map(let box) = value { return box.value(of: name) ?? .unit }
        if let native = Library.natives[name], native.isProperty {
            var copy = value
            if let result = try native.call(&copy, Arguments(), &session) { return result }
        }
        throw unknown(name, value)
    }

    static func unknown(_ name: String, _ value: Dynamic) -> Fault {
        Fault(.propertyNotFound, "unknown property '\(name)' of a value of type '\(value.typeName)'")
    }

    /// `value[key]`.
    static func element(
        _ key: Dynamic, of value: Dynamic, _ session: inout Session
    ) throws(Fault) -> Dynamic {
        switch (value, key) {
        case (.array(let box), .int(let index)):
            return box.elements[try place(index, of: "array", count: box.count)]
        case (.map(let box), .string(let name)): return box.value(of: name) ?? .unit
        case (.map(let box), .char(let scalar)): return box.value(of: String(Character(scalar))) ?? .unit
        case (.string(let text), .int(let index)):
            session.read(text.utf8.count)
            let scalars = text.unicodeScalars
            guard let place = TextIndex.place(index, in: text) else {
                throw .index(index, of: "string", count: scalars.count)
            }
            return .char(scalars[place])
        case (.string(let text), .range(let range)):
            session.read(text.utf8.count)
            return try session.string(
                TextIndex.part(range.indices(count: text.unicodeScalars.count), of: text))
        case (.blob(let box), .int(let index)):
            return .int(Int64(box.bytes[try place(index, of: "blob", count: box.bytes.count)]))
        case (.int(let number), .int(let bit)):
            return .bool(number >> Int64(try place(bit, of: "bit", count: 64)) & 1 == 1)
        case (.int(let number), .range(let range)):
            return .int(BitField(range).read(number))
        default: throw wrongIndex(key, value)
        }
    }

    static func wrongIndex(_ key: Dynamic, _ value: Dynamic) -> Fault {
        switch value {
        case .array, .map, .string, .blob, .int:
            Fault(
                .typeMismatch, "a value of type '\(value.typeName)' has no index of type '\(key.typeName)'",
                name: "ErrorMismatchDataType")
        default:
            Fault(
                .indexNotFound, "a value of type '\(value.typeName)' cannot be indexed",
                name: "ErrorIndexingType")
        }
    }

    /// The place that an index means: from the end if it is below zero.
    static func place(_ index: Int64, of what: String, count: Int) throws(Fault) -> Int {
        let place = index < 0 ? index &+ Int64(count) : index
        guard place >= 0, place < Int64(count) else { throw .index(index, of: what, count: count) }
        return Int(place)
    }
}

/// A row of bits in a whole number.
struct BitField {
    private let first: Int64
    private let mask: Int64

    /// Bits beyond the number are left out.
    init(_ range: RangeBox) {
        let bits = range.indices(count: 64)
        self.init(first: bits.lowerBound, count: bits.count)
    }

    init(first: Int, count: Int) {
        self.first = Int64(first)
        mask = count >= 64 ? -1 : (1 << Int64(count)) &- 1
    }

    func read(_ number: Int64) -> Int64 {
        Int64(bitPattern: UInt64(bitPattern: number) >> UInt64(first)) & mask
    }

    func write(_ value: Int64, into number: Int64) -> Int64 {
        (number & ~(mask << first)) | ((value & mask) << first)
    }
}

/// Places in texts, counted in characters.
enum TextIndex {
    /// The place of a character, from the end if the index is below zero.
    static func place(_ index: Int64, in text: String) -> String.UnicodeScalarView.Index? {
        let scalars = text.unicodeScalars
        let limit = text.utf8.count
        if index < 0 {
            guard index >= -Int64(limit) else { return nil }
            return scalars.index(scalars.endIndex, offsetBy: Int(index), limitedBy: scalars.startIndex)
        }
        guard index < Int64(limit),
            let place = scalars.index(scalars.startIndex, offsetBy: Int(index), limitedBy: scalars.endIndex),
            place < scalars.endIndex
        else { return nil }
        return place
    }

    /// The characters at some places, all of which are there.
    static func part(_ range: Range<Int>, of text: String) -> String {
        let scalars = text.unicodeScalars
        let start = scalars.index(scalars.startIndex, offsetBy: range.lowerBound)
        return String(scalars[start..<scalars.index(start, offsetBy: range.count)])
    }
}
