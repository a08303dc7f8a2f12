// Functions for arrays: elements one by one.

internal import Primitives

extension Library {
    static func addArrays(to library: inout LibraryBuilder) {
        library.add("len", [.array], .property) { (value, arguments, _) throws(Fault) in
            guard case .array(let box) = value, arguments.count == 0 else { return nil }
            return .int(Int64(box.count))
        }
        library.add("is_empty", [.array], .property) { (value, arguments, _) throws(Fault) in
            guard case .array(let box) = value, arguments.count == 0 else { return nil }
            return .bool(box.elements.isEmpty)
        }
        library.add("get", [.array]) { (value, arguments, _) throws(Fault) in
            guard case .array(let box) = value, let index = arguments.int else { return nil }
            guard let place = try? Access.place(index, of: "", count: box.count) else { return .unit }
            return box.elements[place]
        }
        library.add("set", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 2, case .int(let index) = arguments.a else { return nil }
            return try change(&value, &session) { (box) throws(Fault) in
                guard let place = try? Access.place(index, of: "", count: box.count) else { return .unit }
                try box.set(arguments.b, at: place)
                return .unit
            }
        }
        library.add("push", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 1 else { return nil }
            return try change(&value, &session) { (box) throws(Fault) in
                try box.append(arguments.a)
                return .unit
            }
        }
        library.add("insert", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 2, case .int(let index) = arguments.a else { return nil }
            return try change(&value, &session) { (box) throws(Fault) in
                let place = place(index, count: box.count)
                _ = try box.replace(place..<place, with: [arguments.b])
                return .unit
            }
        }
        library.add("pop", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 0 else { return nil }
            return try change(&value, &session) { (box) throws(Fault) in box.removeLast() ?? .unit }
        }
        library.add("shift", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 0 else { return nil }
            return try change(&value, &session) { (box) throws(Fault) in
                box.count == 0 ? .unit : try box.replace(0..<1, with: [])[0]
            }
        }
        library.add("remove", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard let index = arguments.int else { return nil }
            return try change(&value, &session) { (box) throws(Fault) in
                guard let place = try? Access.place(index, of: "", count: box.count) else { return .unit }
                return try box.replace(place..<place + 1, with: [])[0]
            }
        }
        library.add("reverse", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 0 else { return nil }
            return try change(&value, &session) { (box) throws(Fault) in
                box.reorder { $0.reverse() }
                return .unit
            }
        }
        library.add("sort", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard case .array(let box) = value, arguments.count == 0 else { return nil }
            let sorted = try sorted(box.elements, &session)
            return try change(&value, &session) { (box) throws(Fault) in
                box.reorder { $0 = sorted }
                return .unit
            }
        }
        library.add("index_of", [.array]) { (value, arguments, session) throws(Fault) in
            guard case .array(let box) = value, arguments.count == 1 || arguments.count == 2 else {
                return nil
            }
            var start = 0
            if arguments.count == 2 {
                guard case .int(let first) = arguments.b else { return nil }
                start = place(first, count: box.count)
            }
            session.read(box.weight.byteCount)
            let found = box.elements[start...].firstIndex { Dynamic.areEqual($0, arguments.a) }
            return .int(Int64(found ?? -1))
        }
    }

    /// Changes an array where it is.
    static func change(
        _ value: inout Dynamic, _ session: inout Session, _ body: (ArrayBox) throws(Fault) -> Dynamic
    ) throws(Fault) -> Dynamic? {
        guard let box = value.takeArray() else { return nil }
        defer { value = .array(box) }
        session.madeBytes += 24
        return try body(box)
    }

    /// Values of one kind, or numbers of both kinds that can be compared.
    private static func sorted(_ elements: [Dynamic], _ session: inout Session) throws(Fault) -> [Dynamic] {
        guard let first = elements.first else { return [] }
        if let other = elements.first(where: { Dynamic.order(first, $0) == nil && !isNotNumber($0) }) {
            throw Fault(
                .typeMismatch,
                "values of types '\(first.typeName)' and '\(other.typeName)' have no order; sort them with a function"
            )
        }
        session.made(elements.count * 24 * 16)
        return elements.sorted { (Dynamic.order($0, $1) ?? 0) < 0 }
    }

    private static func isNotNumber(_ value: Dynamic) -> Bool {
        if case .float(let number) = value { number.isNaN } else { false }
    }
}
