// The condition that branch and filter share: an operator, a path, and something to compare with.

internal import Primitives
internal import Values

/// A question about a value (spec flow-engine 13.4, nodes 2.2).
struct Condition {
    /// In the order in which an error lists them.
    private enum Operator: String, CaseIterable {
        case isNull = "is_null"
        case isNotNull = "is_not_null"
        case isTrue = "is_true"
        case isFalse = "is_false"
        case equal = "eq"
        case notEqual = "ne"
        case greater = "gt"
        case less = "lt"
        case greaterOrEqual = "gte"
        case lessOrEqual = "lte"
        case isEmpty = "is_empty"
        case isNotEmpty = "is_not_empty"
        case contains
        case startsWith = "starts_with"
        case endsWith = "ends_with"
    }

    private static let names = Operator.allCases.map(\.rawValue)

    private let `operator`: Operator
    private let path: ValuePath
    /// Nil if there is none or if it is Null.
    private let comparand: Value?

    /// Reads `operator`, `field` and `compare_to`.
    init(_ inputs: ValueMap) throws(ValueReadingError) {
        let name = try inputs.required("operator", as: Value.self).readName(of: Condition.names)
        guard let found = Operator(rawValue: name) else {
            preconditionFailure("a name from the list of operators is an operator")
        }
        `operator` = found
        path = ValuePath(dotted: try inputs.optional("field", as: String.self) ?? "")
        comparand = try inputs.optional("compare_to", as: Value.self)
    }

    /// The answer for the value at the path in `value`; Null if there is nothing at the path.
    func holds(for value: Value) throws -> Bool {
        let subject = value.value(at: path) ?? .null
        switch `operator` {
        case .isNull: return subject == .null
        case .isNotNull: return subject != .null
        case .isTrue: return subject == .bool(true)
        case .isFalse: return subject == .bool(false)
        case .equal: return try isAlike(subject)
        case .notEqual: return try !isAlike(subject)
        case .greater: return try order(of: subject) > 0
        case .less: return try order(of: subject) < 0
        case .greaterOrEqual: return try order(of: subject) >= 0
        case .lessOrEqual: return try order(of: subject) <= 0
        case .isEmpty: return try isEmpty(subject)
        case .isNotEmpty: return try !isEmpty(subject)
        case .contains: return try contains(subject)
        case .startsWith, .endsWith: return try beginsOrEnds(subject)
        }
    }

    private func isAlike(_ subject: Value) throws(NodeFailure) -> Bool {
        let comparand = comparand ?? .null
        try subject.requireComparable()
        try comparand.requireComparable()
        return subject.isAlike(comparand)
    }

    private func order(of subject: Value) throws -> Int {
        guard let comparand else {
            throw NodeFailure("compare_to is required for numeric comparison operators")
        }
        return try subject.compared(to: comparand)
    }

    private func isEmpty(_ subject: Value) throws(NodeFailure) -> Bool {
        switch subject {
        case .null: return true
        case .string(let text): return text.isEmpty
        case .array(let elements): return elements.isEmpty
        case .map(let map): return map.isEmpty
        default: throw unsupported(.isEmpty, subject)
        }
    }

    private func contains(_ subject: Value) throws(NodeFailure) -> Bool {
        let comparand = try required()
        switch subject {
        case .string(let text):
            guard case .string(let part) = comparand else {
                throw NodeFailure("contains on string requires a string compare_to")
            }
            return ByteSearch(part.utf8).occurs(in: text.utf8)
        case .array(let elements):
            try subject.requireComparable()
            try comparand.requireComparable()
            return elements.contains { $0.isAlike(comparand) }
        case .map(let map):
            guard case .string(let key) = comparand else {
                throw NodeFailure("contains on map requires a string key as compare_to")
            }
            return map[key] != nil
        default: throw unsupported(.contains, subject)
        }
    }

    private func beginsOrEnds(_ subject: Value) throws(NodeFailure) -> Bool {
        let comparand = try required()
        guard case .string(let text) = subject else { throw unsupported(`operator`, subject) }
        guard case .string(let part) = comparand else {
            throw NodeFailure("\(`operator`.rawValue) on string requires a string compare_to")
        }
        return `operator` == .startsWith
            ? text.utf8.starts(with: part.utf8) : text.utf8.reversed().starts(with: part.utf8.reversed())
    }

    private func required() throws(NodeFailure) -> Value {
        guard let comparand else {
            throw NodeFailure("compare_to is required for \(`operator`.rawValue) operator")
        }
        return comparand
    }

    private func unsupported(_ name: Operator, _ subject: Value) -> NodeFailure {
        NodeFailure("\(name.rawValue) not supported for type: \(subject.debugDescription)")
    }
}
