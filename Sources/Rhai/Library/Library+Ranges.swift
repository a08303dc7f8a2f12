// Functions for ranges and for numbers in steps.

extension Library {
    static func addRanges(to library: inout LibraryBuilder) {
        property("start", &library) { .int($0.start) }
        property("end", &library) { .int($0.end) }
        property("is_inclusive", &library) { .bool($0.isInclusive) }
        property("is_exclusive", &library) { .bool(!$0.isInclusive) }
        property("is_empty", &library) { .bool($0.isEmpty) }
        library.add("range", [.int]) { (value, arguments, _) throws(Fault) in
            guard case .int(let start) = value else { return nil }
            if let end = arguments.int { return .range(RangeBox(start: start, end: end, isInclusive: false)) }
            return try series(value, arguments)
        }
        library.add("range", [.float, .decimal]) { (value, arguments, _) throws(Fault) in
            try series(value, arguments)
        }
        library.add("range", [.range]) { (value, arguments, _) throws(Fault) in
            guard case .range(let range) = value else { return nil }
            var bounds = Arguments()
            let isLonger = range.isInclusive && range.end < .max
            bounds.append(.int(isLonger ? range.end + 1 : range.end))
            bounds.append(arguments.a)
            return arguments.count == 1 ? try series(.int(range.start), bounds) : nil
        }
    }

    private static func property(
        _ name: String, _ library: inout LibraryBuilder, _ read: @escaping @Sendable (RangeBox) -> Dynamic
    ) {
        library.add(name, [.range], .property) { (value, arguments, _) throws(Fault) in
            guard case .range(let range) = value, arguments.count == 0 else { return nil }
            return read(range)
        }
    }

    /// From one number to another in steps, all of one kind.
    private static func series(_ start: Dynamic, _ arguments: Arguments) throws(Fault) -> Dynamic? {
        guard arguments.count == 2, arguments.a.kind == start.kind, arguments.b.kind == start.kind else {
            return nil
        }
        guard let direction = Dynamic.order(arguments.b, .int(0)), direction != 0 else {
            throw .arithmetic("the steps of a range cannot be zero")
        }
        return .series(SeriesBox(start: start, end: arguments.a, step: arguments.b))
    }
}
