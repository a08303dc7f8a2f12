// Conditions that are put together with and, or and not, and their reading from a query. Pure.

internal import Primitives

/// What rows must meet.
public indirect enum TableCondition: Hashable, Sendable {
    case filter(TableFilter)
    case all([TableCondition])
    case any([TableCondition])
    case not(TableCondition)
    /// There are rows of this one of the selection's embedded tables.
    case hasRows(of: Int)

    /// The filters in it.
    var filterCount: Int {
        switch self {
        case .filter, .hasRows: 1
        case .all(let parts), .any(let parts): parts.reduce(1) { $0 + $1.filterCount }
        case .not(let part): part.filterCount
        }
    }
}

extension TableSelection {
    /// Reads `(a.eq.1,or(b.is.null,not.and(c.gt.1,d.lt.5)))`, the value of a parameter such as `or`.
    func condition(_ junction: TableJunction, _ text: String) throws(TableError) -> TableCondition {
        var cursor = TableText(text)
        guard cursor.take("(") else { throw TableSelection.badTree }
        let condition = junction.join(try parts(&cursor, depth: 1))
        guard cursor.isAtEnd else { throw TableSelection.badTree }
        return condition
    }

    /// The parts up to the closing bracket; the opening one is taken already.
    private func parts(_ text: inout TableText, depth: Int) throws(TableError) -> [TableCondition] {
        guard depth <= Limits.tableConditionDepthMax else {
            throw .query("and and or are nested more than \(Limits.tableConditionDepthMax) deep")
        }
        var parts: [TableCondition] = []
        repeat {
            parts.append(try part(&text, depth: depth))
            guard parts.count <= Limits.tableFiltersMax else { throw TableSelection.tooManyFilters }
            text.skipSpaces()
        } while text.take(",")
        guard text.take(")") else { throw TableSelection.badTree }
        return parts
    }

    private func part(_ text: inout TableText, depth: Int) throws(TableError) -> TableCondition {
        text.skipSpaces()
        for junction in TableJunction.allCases {
            var rest = text
            let word = rest.prefix { $0 == "(" || $0 == "," || $0 == ")" }
            guard word == junction.rawValue, rest.take("(") else { continue }
            text = rest
            return junction.join(try parts(&text, depth: depth + 1))
        }
        let name = text.name { $0 == "." || $0 == "," || $0 == ")" }
        guard !name.isEmpty else { throw TableSelection.badTree }
        guard let column = table.column(name) else {
            guard let index = embedded.firstIndex(where: { $0.name == name }) else {
                throw .unknownColumn(name, table)
            }
            guard text.take(".") else { throw TableSelection.badTree }
            return try presence(of: index, text.prefix { $0 == "," || $0 == ")" })
        }
        let field = try TableField(column, behind: &text) { $0 == "." || $0 == "," || $0 == ")" }
        guard text.take(".") else { throw TableSelection.badTree }
        return .filter(try TableFilter(field, &text, isAlone: false))
    }

    /// Reads `is.null` or `not.is.null` of an embedded table.
    func presence(of index: Int, _ text: String) throws(TableError) -> TableCondition {
        switch text.lowercased() {
        case "is.null", "not.is.not_null": .not(.hasRows(of: index))
        case "not.is.null", "is.not_null": .hasRows(of: index)
        default: throw .query("an embedded table takes is.null and not.is.null only")
        }
    }

    private static let badTree = TableError.query(
        "and and or take filters in brackets, such as (a.eq.1,or(b.is.null,b.gt.5))")
    static let tooManyFilters = TableError.query(
        "there are more than \(Limits.tableFiltersMax) filters")
}

/// The words that put conditions together.
enum TableJunction: String, CaseIterable {
    case and, or
    case notAnd = "not.and"
    case notOr = "not.or"

    func join(_ parts: [TableCondition]) -> TableCondition {
        switch self {
        case .and: .all(parts)
        case .or: .any(parts)
        case .notAnd: .not(.all(parts))
        case .notOr: .not(.any(parts))
        }
    }
}
