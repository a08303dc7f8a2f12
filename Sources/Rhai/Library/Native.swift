// Functions of the library that are written in Swift.

internal import Primitives

/// The arguments of a function behind its first value. Nearly no function has more than three.
struct Arguments {
    private(set) var count = 0
    private(set) var a = Dynamic.unit
    private(set) var b = Dynamic.unit
    private(set) var c = Dynamic.unit
    private var more: [Dynamic] = []

    init() {}

    mutating func append(_ value: Dynamic) {
        switch count {
        case 0: a = value
        case 1: b = value
        case 2: c = value
        default: more.append(value)
        }
        count += 1
    }

    var all: [Dynamic] { Array([a, b, c].prefix(count)) + more }

    /// The first argument, if it is the only one and a whole number.
    var int: Int64? {
        guard count == 1, case .int(let number) = a else { return nil }
        return number
    }

    /// The two arguments, if they are whole numbers.
    var ints: (Int64, Int64)? {
        guard count == 2, case .int(let first) = a, case .int(let second) = b else { return nil }
        return (first, second)
    }

    /// The first argument, if it is the only one and a range.
    var range: RangeBox? {
        guard count == 1, case .range(let range) = a else { return nil }
        return range
    }
}

/// A function on its first value and on arguments. It may change the value in place. Gives nil if it does not take such
/// arguments.
typealias NativeFunction =
    @Sendable (_ value: inout Dynamic, _ arguments: Arguments, _ session: inout Session) throws(Fault) ->
    Dynamic?

/// All functions of one name.
final class Native: Sendable {
    let name: String
    /// True if one of them changes its first value.
    let isMutating: Bool
    /// True if it can be asked for without parentheses.
    let isProperty: Bool
    /// True if it takes time that grows with a number, not only with the sizes of its arguments.
    let isCostly: Bool
    /// True if it tells the place of its call.
    let needsPlace: Bool
    private let functions: [NativeFunction?]

    init(name: String, isMutating: Bool, isProperty: Bool, isCostly: Bool, functions: [NativeFunction?]) {
        needsPlace = name == "print" || name == "debug"
        self.name = name
        self.isMutating = isMutating
        self.isProperty = isProperty
        self.isCostly = isCostly
        self.functions = functions
    }

    /// Calls the function for this kind of value. A function without arguments has `.missing` as its value.
    func call(
        _ value: inout Dynamic, _ arguments: Arguments, _ session: inout Session
    ) throws(Fault) -> Dynamic? {
        guard let function = functions[value.kind.rawValue] else { return nil }
        return try function(&value, arguments, &session)
    }
}

/// Collects the functions of the library.
struct LibraryBuilder {
    private struct Entry {
        var isMutating = false
        var isProperty = false
        var isCostly = false
        var functions = [NativeFunction?](repeating: nil, count: Dynamic.Kind.allCases.count)
    }

    /// What a function does besides giving a value.
    struct Traits: OptionSet {
        let rawValue: Int
        /// It changes its first value.
        static let changes = Traits(rawValue: 1)
        /// It can be asked for without parentheses.
        static let property = Traits(rawValue: 2)
        /// Its cost grows with a number.
        static let costly = Traits(rawValue: 4)
    }

    private var entries: [String: Entry] = [:]

    /// Adds a function for values of some kinds.
    mutating func add(
        _ name: String, _ kinds: [Dynamic.Kind], _ traits: Traits = [], _ function: @escaping NativeFunction
    ) {
        var entry = entries[name] ?? Entry()
        if traits.contains(.changes) { entry.isMutating = true }
        if traits.contains(.property) { entry.isProperty = true }
        if traits.contains(.costly) { entry.isCostly = true }
        for kind in kinds { entry.functions[kind.rawValue] = function }
        entries[name] = entry
    }

    var natives: [String: Native] {
        var natives: [String: Native] = [:]
        for (name, entry) in entries {
            natives[name] = Native(
                name: name, isMutating: entry.isMutating, isProperty: entry.isProperty,
                isCostly: entry.isCostly,
                functions: entry.functions)
        }
        return natives
    }
}

/// The functions that every script knows.
enum Library {
    /// By name.
    static let natives: [String: Native] = {
        var builder = LibraryBuilder()
        addGeneral(to: &builder)
        addNumbers(to: &builder)
        addFloats(to: &builder)
        addDecimals(to: &builder)
        addBits(to: &builder)
        addTexts(to: &builder)
        addTextParts(to: &builder)
        addTextChanges(to: &builder)
        addArrays(to: &builder)
        addArrayParts(to: &builder)
        addMaps(to: &builder)
        addBlobs(to: &builder)
        addBlobNumbers(to: &builder)
        addRanges(to: &builder)
        addEncodings(to: &builder)
        addJSON(to: &builder)
        addChance(to: &builder)
        return builder.natives
    }()
}

/// The kinds that most functions are for.
extension [Dynamic.Kind] {
    /// Every value that a script can hold.
    static let everything: [Dynamic.Kind] = Dynamic.Kind.allCases.filter { $0 != .missing && $0 != .cell }
    /// No value: functions without arguments.
    static let nothing: [Dynamic.Kind] = [.missing]
}
