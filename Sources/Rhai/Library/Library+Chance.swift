// Functions that give values by chance.

internal import Values

extension Library {
    static func addChance(to library: inout LibraryBuilder) {
        library.add("rand", .nothing) { (_, _, session) throws(Fault) in
            .int(Int64(bitPattern: session.host.random()))
        }
        library.add("rand", [.int, .range]) { (value, arguments, session) throws(Fault) in
            switch value {
            case .range(let range) where arguments.count == 0:
                let last = range.isInclusive || range.isEmpty ? range.end : range.end - 1
                guard !range.isEmpty else { throw .arithmetic("the range \(value.text) has no numbers") }
                return .int(whole(range.start, last, &session))
            case .int(let first):
                guard let last = arguments.int else { return nil }
                guard first <= last else {
                    throw .arithmetic("there are no numbers from \(first) to \(last)")
                }
                return .int(whole(first, last, &session))
            default: return nil
            }
        }
        library.add("rand_float", .nothing) { (_, _, session) throws(Fault) in .float(fraction(&session)) }
        library.add("rand_float", [.float]) { (value, arguments, session) throws(Fault) in
            guard case .float(let first) = value, arguments.count == 1, case .float(let last) = arguments.a
            else {
                return nil
            }
            return .float(first + (last - first) * fraction(&session))
        }
        library.add("rand_bool", .nothing) { (_, _, session) throws(Fault) in
            .bool(session.host.random() & 1 == 1)
        }
        library.add("rand_bool", [.float]) { (value, arguments, session) throws(Fault) in
            guard case .float(let probability) = value, arguments.count == 0 else { return nil }
            guard (0...1).contains(probability) else {
                throw .arithmetic("a probability lies between 0 and 1, not at \(value.text)")
            }
            return .bool(fraction(&session) < probability)
        }
        library.add("rand_decimal", .nothing) { (_, _, session) throws(Fault) in .decimal(decimal(&session)) }
        library.add("rand_decimal", [.decimal]) { (value, arguments, session) throws(Fault) in
            guard case .decimal(let first) = value, arguments.count == 1,
                case .decimal(let last) = arguments.a
            else {
                return nil
            }
            guard let width = last.subtracting(first), let part = width.multiplied(by: decimal(&session)),
                let sum = first.adding(part)
            else { throw .arithmetic("there are no decimals from \(first) to \(last)") }
            return .decimal(sum)
        }
        addChoices(to: &library)
    }

    private static func addChoices(to library: inout LibraryBuilder) {
        library.add("shuffle", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard case .array(let box) = value, arguments.count == 0 else { return nil }
            let mixed = mixed(box.elements, &session)
            return try change(&value, &session) { (box) throws(Fault) in
                box.reorder { $0 = mixed }
                return .unit
            }
        }
        library.add("sample", [.array]) { (value, arguments, session) throws(Fault) in
            guard case .array(let box) = value else { return nil }
            if arguments.count == 0 {
                guard box.count > 0 else { return .unit }
                return box.elements[Int(whole(0, Int64(box.count - 1), &session))]
            }
            guard let count = arguments.int else { return nil }
            let mixed = mixed(box.elements, &session)
            return try session.array(Array(mixed.prefix(Int(clamping: max(0, count)))))
        }
    }

    private static func mixed(_ elements: [Dynamic], _ session: inout Session) -> [Dynamic] {
        var elements = elements
        session.made(elements.count * 24)
        for index in elements.indices.dropFirst().reversed() {
            elements.swapAt(index, Int(whole(0, Int64(index), &session)))
        }
        return elements
    }

    /// Every number from the first to the last is as likely.
    private static func whole(_ first: Int64, _ last: Int64, _ session: inout Session) -> Int64 {
        let count = UInt64(bitPattern: last) &- UInt64(bitPattern: first) &+ 1
        guard count > 0 else { return Int64(bitPattern: session.host.random()) }
        // The high half of the product; the error is below one in 2^64 divided by the count.
        let offset = count.multipliedFullWidth(by: session.host.random()).high
        return Int64(bitPattern: UInt64(bitPattern: first) &+ offset)
    }

    /// From 0 to below 1 in 2^53 steps.
    private static func fraction(_ session: inout Session) -> Double {
        Double(session.host.random() >> 11) * 0x1p-53
    }

    private static func decimal(_ session: inout Session) -> Decimal96 {
        Decimal96(mantissa: UInt128(session.host.random() % 1_000_000_000_000_000_000), scale: 18) ?? .zero
    }
}
