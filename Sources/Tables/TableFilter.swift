// A condition on a field, and its reading from a query. Pure.

internal import Primitives
internal import Wire

/// One condition on a field of a row.
public struct TableFilter: Hashable, Sendable {
    /// How a field's value is compared; raw values are the words of queries.
    public enum Comparison: String, Hashable, Sendable {
        case equal = "eq"
        case notEqual = "neq"
        case greater = "gt"
        case greaterOrEqual = "gte"
        case less = "lt"
        case lessOrEqual = "lte"
    }

    /// What is asked of a field's value.
    public enum Condition: Hashable, Sendable {
        case compare(Comparison, TableValue)
        /// Like not equal, but nothing is a value, too.
        case isDistinct(TableValue)
        /// A pattern with `%` and `_`.
        case like(String, ignoresCase: Bool)
        case isOneOf([TableValue])
        /// JSON that holds all of this JSON.
        case contains([UInt8])
        /// JSON all of which this JSON holds.
        case isContained([UInt8])
        /// A JSON array that shares an element with this array.
        case overlaps([UInt8])
        case isNull
        case isNotNull
        /// True, false, or for nil neither.
        case isTruth(Bool?)
        /// One of these conditions, or all of them.
        indirect case several([Condition], mustAllHold: Bool)
    }

    public let field: TableField
    public let condition: Condition
    public let isNegated: Bool

    var column: TableColumn { field.column }
}

extension TableFilter {
    /// Reads `eq.5`, `not.in.(a,b)`, `like(any).{a*,b*}` and their like, to the end of the text.
    init(_ field: TableField, _ text: String) throws(TableError) {
        var cursor = TableText(text)
        try self.init(field, &cursor, isAlone: true)
    }

    /// - Parameter isAlone: the filter is all of the text; otherwise it ends at a comma or a bracket.
    init(_ field: TableField, _ text: inout TableText, isAlone: Bool) throws(TableError) {
        self.field = field
        isNegated = text.take("not.")
        let word = text.prefix { $0 == "." || $0 == "," }
        guard text.take(".") else { throw TableFilter.noOperator(field) }
        if word == "in" {
            guard text.take("(") else { throw .query("in takes a list such as (1,2) or (\"a\",\"b\")") }
            var values: [TableValue] = []
            for element in try text.list(isAlone: isAlone) {
                values.append(try field.read(utf8: element))
            }
            condition = .isOneOf(values)
            return
        }
        let operand = isAlone ? text.remainder() : TableFilter.operand(&text)
        for (suffix, mustAllHold) in [("(any)", false), ("(all)", true)] where word.hasSuffix(suffix) {
            let name = String(word.dropLast(suffix.count))
            guard Comparison(rawValue: name) != nil || name == "like" || name == "ilike" else {
                throw TableFilter.noOperator(field)
            }
            var conditions: [Condition] = []
            for element in try field.readArray(operand) {
                guard let element else { throw .query("\(word) takes no NULL in its array") }
                conditions.append(try TableFilter.condition(name, element, field))
            }
            condition = .several(conditions, mustAllHold: mustAllHold)
            return
        }
        condition = try TableFilter.condition(word, operand, field)
    }

    /// An operand among others: an array or an object up to its end, or an element of a list.
    private static func operand(_ text: inout TableText) -> String {
        if text.next == "{" || text.next == "[" {
            let start = text
            if let balanced = text.balanced(), text.isAtEnd || text.next == "," || text.next == ")" {
                return balanced
            }
            text = start
        }
        return text.element { $0 == "," || $0 == ")" }
    }

    private static func condition(
        _ name: String, _ operand: String, _ field: TableField
    ) throws(TableError) -> Condition {
        let type = field.type
        if let comparison = Comparison(rawValue: name) {
            let isEquality = comparison == .equal || comparison == .notEqual
            guard isEquality || !type.isJSON || !field.path.isEmpty else { throw unfit(name, field) }
            let value = try field.read(operand)
            guard isEquality || !type.mustLookUp(value) else {
                throw .operand(
                    "\(name) compares column \(field.column.name) with what it holds, not with a flow's other name"
                )
            }
            return .compare(comparison, value)
        }
        switch name {
        case "isdistinct": return .isDistinct(try field.read(operand))
        case "like", "ilike":
            guard type == .text, case .text(let pattern) = try field.read(operand) else {
                throw unfit(name, field)
            }
            // A star is easier to write in an address than a percent sign.
            let stars = pattern.map { $0 == "*" ? "%" : $0 }
            return .like(String(stars), ignoresCase: name == "ilike")
        case "cs": return .contains(try document(name, operand, field))
        case "cd": return .isContained(try document(name, operand, field))
        case "ov":
            let value = try document(name, operand, field)
            guard value.first == UInt8(ascii: "[") else {
                throw .query("ov takes an array such as {a,b} or [1,2]")
            }
            return .overlaps(value)
        case "is": return try truth(operand.lowercased(), field)
        case "sl", "sr", "nxl", "nxr", "adj": throw unfit(name, field)
        default:
            guard !name.hasPrefix("fts"), !name.hasPrefix("plfts"), !name.hasPrefix("phfts"),
                !name.hasPrefix("wfts")
            else {
                throw .query("full-text search is not offered", hint: "ilike.*word* looks for a word")
            }
            guard name != "match", name != "imatch" else {
                throw .query("regular expressions are not offered", hint: "like and ilike take * and _")
            }
            throw noOperator(field)
        }
    }

    /// JSON of an operand that is JSON or an array as the database writes it.
    private static func document(
        _ name: String, _ operand: String, _ field: TableField
    ) throws(TableError) -> [UInt8] {
        guard field.type.isJSON else { throw unfit(name, field) }
        // Clients write lists as arrays of the database, whatever the column holds.
        if field.type == .json, operand.utf8.first == UInt8(ascii: "{"),
            (try? JSONValue.parse(operand)) == nil
        {
            guard let texts = try? TableText.array(operand) else {
                throw TableError.invalidText(.json).of(field.column)
            }
            let elements = texts.map { element in
                element.map { (try? JSONValue.parse($0)) ?? .string($0) } ?? .null
            }
            return JSONValue.array(elements).encoded
        }
        guard case .json(let bytes) = try field.read(operand) else { throw unfit(name, field) }
        return bytes
    }

    private static func truth(_ word: String, _ field: TableField) throws(TableError) -> Condition {
        switch word {
        case "null": return .isNull
        case "not_null": return .isNotNull
        case "true" where field.type == .bool: return .isTruth(true)
        case "false" where field.type == .bool: return .isTruth(false)
        case "unknown" where field.type == .bool: return .isTruth(nil)
        default:
            throw .query(
                "column \(field.column.name): is takes null, not_null, and for booleans true, false and unknown"
            )
        }
    }

    private static func noOperator(_ field: TableField) -> TableError {
        .query(
            "column \(field.column.name): a filter is an operator, a dot and a value",
            hint:
                "eq, neq, gt, gte, lt, lte, like, ilike, in, is, isdistinct, cs, cd, ov, each also behind not."
        )
    }

    private static func unfit(_ name: String, _ field: TableField) -> TableError {
        .operand("\(name) does not work on \(field.type.word) columns such as \(field.column.name)")
    }
}
