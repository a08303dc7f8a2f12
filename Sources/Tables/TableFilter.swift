// A condition on a column, and its reading from a query. Pure.

internal import Primitives

/// One condition that every row must meet.
public struct TableFilter: Hashable, Sendable {
    /// How a column's value is compared; raw values are the words of queries.
    public enum Comparison: String, Hashable, Sendable {
        case equal = "eq"
        case notEqual = "neq"
        case greater = "gt"
        case greaterOrEqual = "gte"
        case less = "lt"
        case lessOrEqual = "lte"
    }

    /// What is asked of a column's value.
    public enum Condition: Hashable, Sendable {
        case compare(Comparison, TableValue)
        /// A pattern with `%` and `_`.
        case like(String, ignoresCase: Bool)
        case isOneOf([TableValue])
        case isNull
        case isNotNull
        /// True, false, or for nil neither.
        case isTruth(Bool?)
    }

    public let column: TableColumn
    public let condition: Condition
    public let isNegated: Bool
}

extension TableFilter {
    /// Reads `eq.5`, `not.in.(a,b)` and their like.
    init(_ column: TableColumn, _ text: String) throws(TableError) {
        var rest = text[...]
        var isNegated = false
        if rest.utf8.starts(with: "not.".utf8) {
            isNegated = true
            rest = rest.dropFirst("not.".count)
        }
        guard let dot = rest.firstIndex(of: ".") else { throw TableFilter.noOperator(column) }
        let operatorName = String(rest[..<dot])
        let operand = String(rest[rest.index(after: dot)...])
        self.column = column
        self.isNegated = isNegated
        condition = try TableFilter.condition(operatorName, operand, column)
    }

    private static func condition(
        _ name: String, _ operand: String, _ column: TableColumn
    ) throws(TableError) -> Condition {
        if let comparison = Comparison(rawValue: name) {
            let isEquality = comparison == .equal || comparison == .notEqual
            guard isEquality || column.type != .json else { throw unfit(name, column) }
            let value = try column.type.read(operand)
            guard isEquality || !column.type.mustLookUp(value) else {
                throw .operand(
                    "\(name) compares column \(column.name) with what it holds, not with a flow's other name")
            }
            return .compare(comparison, value)
        }
        switch name {
        case "like", "ilike":
            guard column.type == .text else { throw unfit(name, column) }
            guard case .text(let pattern) = try column.type.read(operand) else { throw unfit(name, column) }
            // A star is easier to write in an address than a percent sign.
            let stars = pattern.map { $0 == "*" ? "%" : $0 }
            return .like(String(stars), ignoresCase: name == "ilike")
        case "in":
            guard column.type != .json else { throw unfit(name, column) }
            var values: [TableValue] = []
            for element in try list(operand) { values.append(try column.type.read(element)) }
            return .isOneOf(values)
        case "is": return try truth(operand.lowercased(), column)
        default: throw noOperator(column)
        }
    }

    private static func truth(_ word: String, _ column: TableColumn) throws(TableError) -> Condition {
        switch word {
        case "null": return .isNull
        case "not_null": return .isNotNull
        case "true" where column.type == .bool: return .isTruth(true)
        case "false" where column.type == .bool: return .isTruth(false)
        case "unknown" where column.type == .bool: return .isTruth(nil)
        default:
            throw .query(
                "column \(column.name): is takes null, not_null, and for booleans true, false and unknown")
        }
    }

    /// Reads `(a,b,"c,d")`: inside quotation marks a backslash takes the next character as it is.
    private static func list(_ text: String) throws(TableError) -> [String] {
        var characters = text.unicodeScalars[...]
        guard characters.popFirst() == "(", characters.popLast() == ")" else { throw badList }
        if characters.isEmpty { return [] }
        var elements: [String] = []
        var element = String.UnicodeScalarView()
        var isQuoted = false
        while let character = characters.popFirst() {
            switch character {
            case "\"" where !isQuoted:
                guard element.isEmpty else { throw badList }
                isQuoted = true
                guard try readQuoted(&characters, into: &element) else { throw badList }
            case ",":
                elements.append(String(element))
                element = String.UnicodeScalarView()
                isQuoted = false
                guard elements.count < Limits.tableListElementsMax else { throw tooLong }
            default:
                guard !isQuoted else { throw badList }
                element.append(character)
            }
        }
        return elements + [String(element)]
    }

    /// Reads the text up to the closing mark; false if there is none.
    private static func readQuoted(
        _ characters: inout Substring.UnicodeScalarView, into element: inout String.UnicodeScalarView
    ) throws(TableError) -> Bool {
        while let character = characters.popFirst() {
            if character == "\"" { return true }
            guard character == "\\" else {
                element.append(character)
                continue
            }
            guard let escaped = characters.popFirst() else { return false }
            element.append(escaped)
        }
        return false
    }

    private static let badList = TableError.query("in takes a list such as (1,2) or (\"a\",\"b\")")
    private static let tooLong = TableError.query(
        "a list has more than \(Limits.tableListElementsMax) elements")

    private static func noOperator(_ column: TableColumn) -> TableError {
        .query(
            "column \(column.name): a filter is an operator, a dot and a value",
            hint: "eq, neq, gt, gte, lt, lte, like, ilike, in, is, each also behind not.")
    }

    private static func unfit(_ name: String, _ column: TableColumn) -> TableError {
        .operand("\(name) does not work on \(column.type.word) columns such as \(column.name)")
    }
}
