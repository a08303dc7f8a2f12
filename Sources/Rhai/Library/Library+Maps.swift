// Functions for maps.

extension Library {
    static func addMaps(to library: inout LibraryBuilder) {
        library.add("len", [.map]) { (value, arguments, _) throws(Fault) in
            guard case .map(let box) = value, arguments.count == 0 else { return nil }
            return .int(Int64(box.count))
        }
        library.add("is_empty", [.map]) { (value, arguments, _) throws(Fault) in
            guard case .map(let box) = value, arguments.count == 0 else { return nil }
            return .bool(box.count == 0)
        }
        library.add("clear", [.map], .changes) { (value, arguments, _) throws(Fault) in
            guard arguments.count == 0 else { return nil }
            value = .map(MapBox())
            return .unit
        }
        library.add("get", [.map]) { (value, arguments, _) throws(Fault) in
            guard case .map(let box) = value, arguments.count == 1, case .string(let key) = arguments.a else {
                return nil
            }
            return box.value(of: key) ?? .unit
        }
        library.add("set", [.map], .changes) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 2, case .string(let key) = arguments.a else { return nil }
            return try changeMap(&value, &session) { (box, _) throws(Fault) in
                try box.set(arguments.b, for: key)
                return .unit
            }
        }
        library.add("remove", [.map], .changes) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 1, case .string(let key) = arguments.a else { return nil }
            return try changeMap(&value, &session) { (box, session) throws(Fault) in
                session.work += box.count / 16
                return box.remove(key) ?? .unit
            }
        }
        library.add("keys", [.map]) { (value, arguments, session) throws(Fault) in
            guard case .map(let box) = value, arguments.count == 0 else { return nil }
            return try session.array(box.entries.map { .string($0.key) })
        }
        library.add("values", [.map]) { (value, arguments, session) throws(Fault) in
            guard case .map(let box) = value, arguments.count == 0 else { return nil }
            return try session.array(box.entries.map(\.value))
        }
        library.add("mixin", [.map], .changes) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 1, case .map(let other) = arguments.a else { return nil }
            return try changeMap(&value, &session) { (box, session) throws(Fault) in
                session.made(other.count * 64)
                for entry in other.entries { try box.set(entry.value, for: entry.key) }
                return .unit
            }
        }
        library.add("fill_with", [.map], .changes) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 1, case .map(let other) = arguments.a else { return nil }
            return try changeMap(&value, &session) { (box, session) throws(Fault) in
                session.made(other.count * 64)
                for entry in other.entries where box.position(of: entry.key) == nil {
                    try box.set(entry.value, for: entry.key)
                }
                return .unit
            }
        }
    }

    /// Changes a map where it is.
    private static func changeMap(
        _ value: inout Dynamic, _ session: inout Session,
        _ body: (MapBox, inout Session) throws(Fault) -> Dynamic
    ) throws(Fault) -> Dynamic? {
        guard let box = value.takeMap() else { return nil }
        defer { value = .map(box) }
        session.madeBytes += 64
        return try body(box, &session)
    }
}
