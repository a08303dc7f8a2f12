// A value of a running script.

internal import Values

/// Any value of a script. Small values lie in the enumeration itself; arrays, maps and blobs are shared until one of
/// their holders changes them.
enum Dynamic {
    /// The place of a variable that does not exist (yet).
    case missing
    case unit
    case bool(Bool)
    case int(Int64)
    case float(Double)
    case decimal(Decimal96)
    case char(Unicode.Scalar)
    case string(String)
    case array(ArrayBox)
    case map(MapBox)
    case blob(BlobBox)
    case range(RangeBox)
    case series(SeriesBox)
    case function(FunctionPointer)
    /// A value that a script can only pass on.
    case opaque(OpaqueBox)
    /// A variable that closures share. Stands in places of variables only, never inside of a value.
    case cell(Cell)

    /// The kinds that functions are chosen by.
    enum Kind: Int, CaseIterable {
        case missing, unit, bool, int, float, decimal, char, string, array, map, blob, range, series, function
        case opaque, cell
    }

    var kind: Kind {
        switch self {
        case .missing: .missing
        case .unit: .unit
        case .bool: .bool
        case .int: .int
        case .float: .float
        case .decimal: .decimal
        case .char: .char
        case .string: .string
        case .array: .array
        case .map: .map
        case .blob: .blob
        case .range: .range
        case .series: .series
        case .function: .function
        case .opaque: .opaque
        case .cell: .cell
        }
    }

    init(_ constant: Constant) {
        switch constant {
        case .unit: self = .unit
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .float(let value): self = .float(value)
        case .char(let value): self = .char(value)
        case .string(let value): self = .string(value)
        }
    }

    /// What `type_of` says.
    var typeName: String {
        switch self {
        case .missing, .unit: "()"
        case .bool: "bool"
        case .int: "i64"
        case .float: "f64"
        case .decimal: "decimal"
        case .char: "char"
        case .string: "string"
        case .array: "array"
        case .map: "map"
        case .blob: "blob"
        case .range(let range): range.isInclusive ? "range=" : "range"
        case .series: "iterator"
        case .function: "Fn"
        case .opaque(let box):
            switch box.value {
            case .i128: "i128"
            default: "u128"
            }
        case .cell(let cell): cell.value.typeName
        }
    }

    /// The value itself, of a shared variable, too.
    var content: Dynamic {
        if case .cell(let cell) = self { cell.value } else { self }
    }

    var isUnit: Bool {
        if case .unit = self { true } else { false }
    }

    static func array(_ elements: [Dynamic]) -> Dynamic { .array(ArrayBox(elements)) }

    static func blob(_ bytes: [UInt8]) -> Dynamic { .blob(BlobBox(bytes)) }
}

/// A variable that closures share with the place where it was declared.
final class Cell {
    var value: Dynamic

    init(_ value: Dynamic) { self.value = value }
}

/// The bytes of a blob.
final class BlobBox {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// A range of whole numbers.
final class RangeBox {
    let start: Int64
    /// Beyond the last number, or the last number of an inclusive range.
    let end: Int64
    let isInclusive: Bool

    init(start: Int64, end: Int64, isInclusive: Bool) {
        self.start = start
        self.end = end
        self.isInclusive = isInclusive
    }

    func contains(_ number: Int64) -> Bool {
        number >= start && (isInclusive ? number <= end : number < end)
    }

    var isEmpty: Bool { isInclusive ? start > end : start >= end }

    /// The places of a sequence of `count` elements that the range covers.
    func indices(count: Int) -> Range<Int> {
        let first = min(max(start, 0), Int64(count))
        let beyond = isInclusive && end < .max ? end + 1 : end
        return Int(first)..<Int(min(max(beyond, first), Int64(count)))
    }
}

/// Numbers from one to another in steps.
final class SeriesBox {
    let start: Dynamic
    let end: Dynamic
    let step: Dynamic

    init(start: Dynamic, end: Dynamic, step: Dynamic) {
        self.start = start
        self.end = end
        self.step = step
    }
}

/// A value from outside that no operator knows.
final class OpaqueBox {
    let value: Value

    init(_ value: Value) { self.value = value }
}

/// A function as a value, with arguments that it was given ahead.
final class FunctionPointer {
    let name: String
    /// The code of a closure; nil if the function is looked up by its name at each call.
    let code: Code?
    /// The variables that a closure shares.
    let captured: [Cell]
    /// Arguments in front of those of a call.
    let curried: [Dynamic]
    let weight: Weight

    init(name: String, code: Code? = nil, captured: [Cell] = [], curried: [Dynamic] = []) throws(Fault) {
        self.name = name
        self.code = code
        self.captured = captured
        self.curried = curried
        var weight = Weight(bytes: name.utf8.count, depth: 1)
        for value in curried { weight.add(value) }
        try weight.check()
        self.weight = weight
    }
}
