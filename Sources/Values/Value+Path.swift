// Reading, taking out and putting in along a path (spec values.md 8.3 to 8.5).

/// A place in a value that does not exist.
public enum ValuePathError: Error, Sendable, CustomStringConvertible {
    /// The parent is missing or cannot hold values, or the position is beyond the end.
    case noSuchPlace

    public var description: String { "failed to insert" }
}

extension Value {
    /// The value at the end of a path; nil if a name is missing, a position is wrong or a value on the way has no
    /// parts.
    public func value(at path: ValuePath) -> Value? {
        var value = self
        for segment in path.segments {
            switch value {
            case .map(let map):
                guard let next = map[segment] else { return nil }
                value = next
            case .array(let elements):
                guard let position = ValuePath.position(segment), position < elements.count else {
                    return nil
                }
                value = elements[position]
            default:
                return nil
            }
        }
        return value
    }

    /// Takes out the value at the end of a path and returns it; nil if there is none. The other entries keep their
    /// order. Taking out the value itself leaves Null.
    public mutating func remove(at path: ValuePath) -> Value? {
        guard let last = path.segments.last else {
            defer { self = .null }
            return self
        }
        var removed: Value?
        withParent(of: path.segments[...]) { parent in
            switch parent {
            case .map(var map):
                removed = map[last]
                guard removed != nil else { return }
                map[last] = nil
                parent = .map(map)
            case .array(var elements):
                guard let position = ValuePath.position(last), position < elements.count else { return }
                removed = elements.remove(at: position)
                parent = .array(elements)
            default:
                return
            }
        }
        return removed
    }

    /// Puts a value at the end of a path: sets a map's entry, inserts before an array's position, appends at
    /// the position after the last or at `-`, replaces the value itself for the empty path. Parents are never
    /// made.
    public mutating func insert(_ value: Value, at path: ValuePath) throws(ValuePathError) {
        guard let last = path.segments.last else {
            self = value
            return
        }
        var isInserted = false
        withParent(of: path.segments[...]) { parent in
            switch parent {
            case .map(var map):
                map[last] = value
                parent = .map(map)
            case .array(var elements):
                let position = last == "-" ? elements.count : ValuePath.position(last)
                guard let position, position <= elements.count else { return }
                elements.insert(value, at: position)
                parent = .array(elements)
            default:
                return
            }
            isInserted = true
        }
        guard isInserted else { throw .noSuchPlace }
    }

    /// Calls `change` with the value that holds the last segment, if there is one. Each level releases the value below
    /// while that changes, so a value without another owner is changed in place and not copied.
    private mutating func withParent(of segments: ArraySlice<String>, _ change: (inout Value) -> Void) {
        guard segments.count > 1, let segment = segments.first else { return change(&self) }
        switch self {
        case .map(var map):
            guard var child = map[segment] else { return }
            self = .null
            map[segment] = .null
            child.withParent(of: segments.dropFirst(), change)
            map[segment] = child
            self = .map(map)
        case .array(var elements):
            guard let position = ValuePath.position(segment), position < elements.count else { return }
            self = .null
            elements[position].withParent(of: segments.dropFirst(), change)
            self = .array(elements)
        default:
            return
        }
    }
}
