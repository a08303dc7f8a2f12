// Functions for values of every kind: text, order, functions as values, time, log.

internal import Primitives
internal import Values

extension Library {
    static func addGeneral(to library: inout LibraryBuilder) {
        library.add("to_string", .everything) { (value, arguments, session) throws(Fault) in
            arguments.count == 0 ? try session.string(value.text) : nil
        }
        library.add("to_debug", .everything) { (value, arguments, session) throws(Fault) in
            arguments.count == 0 ? try session.string(value.debugText) : nil
        }
        library.add("take", .everything, .changes) { (value, arguments, _) throws(Fault) in
            guard arguments.count == 0 else { return nil }
            defer { value = .unit }
            return value
        }
        library.add("type_of", .everything) { (value, arguments, _) throws(Fault) in
            arguments.count == 0 ? .string(value.typeName) : nil
        }
        library.add("print", .everything) { (value, arguments, session) throws(Fault) in
            arguments.count == 0 ? try log(.info, value.text, &session) : nil
        }
        library.add("debug", .everything) { (value, arguments, session) throws(Fault) in
            arguments.count == 0 ? try log(.debug, value.debugText, &session) : nil
        }
        library.add("print", .nothing) { (_, _, session) throws(Fault) in try log(.info, "", &session) }
        library.add("timestamp", .nothing) { (_, _, session) throws(Fault) in
            Int64(exactly: session.host.clock().rounded(.down)).map { .int($0) } ?? .int(0)
        }
        library.add("utc_now", .nothing) { (_, _, session) throws(Fault) in
            // A double holds microseconds of this century. Beyond the years that nanoseconds count, a clock is wrong.
            let seconds = session.host.clock()
            let whole = Int64(exactly: seconds.rounded(.down)) ?? 0
            let microseconds = Int64(exactly: ((seconds - seconds.rounded(.down)) * 1e6).rounded()) ?? 0
            let nanoseconds = whole.multipliedReportingOverflow(by: 1_000_000_000)
            guard !nanoseconds.overflow else { throw Fault(.system, "the clock is wrong") }
            return .string(Timestamp(nanoseconds: nanoseconds.partialValue &+ microseconds * 1_000).text)
        }
        addOrder(to: &library)
        addPointers(to: &library)
    }

    private static func log(
        _ level: RhaiHost.LogLevel, _ text: String, _ session: inout Session
    ) throws(Fault) -> Dynamic {
        try session.check(text)
        session.host.log(level, text, Int(session.position.line), Int(session.position.column))
        return .unit
    }

    private static func addOrder(to library: inout LibraryBuilder) {
        let ordered: [Dynamic.Kind] = [.int, .float, .decimal, .char, .string]
        library.add("min", ordered) { (value, arguments, _) throws(Fault) in
            guard arguments.count == 1, let order = Dynamic.order(value, arguments.a) else { return nil }
            return wider(order <= 0 ? value : arguments.a, of: value, arguments.a)
        }
        library.add("max", ordered) { (value, arguments, _) throws(Fault) in
            guard arguments.count == 1, let order = Dynamic.order(value, arguments.a) else { return nil }
            return wider(order >= 0 ? value : arguments.a, of: value, arguments.a)
        }
    }

    /// A whole number beside one of another kind becomes one of that kind.
    private static func wider(_ number: Dynamic, of left: Dynamic, _ right: Dynamic) -> Dynamic {
        guard case .int(let whole) = number else { return number }
        switch (left, right) {
        case (.float, _), (_, .float): return .float(Double(whole))
        case (.decimal, _), (_, .decimal): return .decimal(Decimal96(whole))
        default: return number
        }
    }

    private static func addPointers(to library: inout LibraryBuilder) {
        library.add("name", [.function], .property) { (value, arguments, _) throws(Fault) in
            guard arguments.count == 0, case .function(let pointer) = value else { return nil }
            return .string(pointer.name)
        }
        library.add("is_anonymous", [.function], .property) { (value, arguments, _) throws(Fault) in
            guard arguments.count == 0, case .function(let pointer) = value else { return nil }
            return .bool(pointer.code != nil)
        }
        library.add("curry", [.function]) { (value, arguments, session) throws(Fault) in
            guard arguments.count > 0, case .function(let pointer) = value else { return nil }
            session.made(64)
            return .function(try pointer.curry(arguments.all))
        }
        library.add("takes nothing", [.function, .string]) { (value, _, _) throws(Fault) in
            guard case .function(let pointer) = value, let code = pointer.code else { return .bool(false) }
            return .bool(code.parameterCount == pointer.curried.count)
        }
        library.add("place from", [.int]) { (value, arguments, _) throws(Fault) in
            guard case .int(let count) = value, case .int(let start) = arguments.a else { return nil }
            return .int(Int64(Library.place(start, count: Int(count))))
        }
    }

    // MARK: Places

    /// The place that a start means: from the end if it is below zero, never outside.
    static func place(_ start: Int64, count: Int) -> Int {
        let place = start < 0 ? max(0, start &+ Int64(count)) : min(start, Int64(count))
        return Int(max(0, place))
    }

    /// The part of a sequence that arguments mean: a start with a length, a start alone, or a range.
    static func part(_ arguments: Arguments, count: Int, needsLength: Bool = false) -> Range<Int>? {
        if let range = arguments.range { return range.indices(count: count) }
        if let (start, length) = arguments.ints { return part(start, length, count: count) }
        guard !needsLength, let start = arguments.int else { return nil }
        return place(start, count: count)..<count
    }

    static func part(_ start: Int64, _ length: Int64, count: Int) -> Range<Int> {
        let first = place(start, count: count)
        return first..<first + Int(max(0, min(length, Int64(count - first))))
    }
}
