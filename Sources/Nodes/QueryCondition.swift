// What a query to a PostgREST server asks of a column. Pure value.

internal import Values

/// An operator with a value, as it stands behind the column's name.
struct QueryCondition {
    private let name: String
    private let value: Value

    /// The operator, as `eq`, and what it compares with. Null is no text `null`: SQL asks for it with `is`.
    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    /// The condition, or its opposite.
    func text(isNegated: Bool = false) throws -> String {
        if case .null = value, ["eq", "neq", "is"].contains(name) {
            return (name == "neq") == isNegated ? "is.null" : "not.is.null"
        }
        return (isNegated ? "not." : "") + name + "." + (try operand)
    }

    private var operand: String {
        get throws {
            if name == "in", case .array(let elements) = value {
                return "(" + (try elements.map(QueryCondition.element).joined(separator: ",")) + ")"
            }
            return try value.scalarText ?? String(reading: value)
        }
    }

    /// An element of a list: texts in quotes, in which a backslash stands before quotes and backslashes.
    private static func element(_ value: Value) throws -> String {
        guard case .string(let text) = value else { return try value.scalarText ?? String(reading: value) }
        let escaped = text.unicodeScalars.reduce(into: "") { output, scalar in
            if scalar == "\"" || scalar == "\\" { output += "\\" }
            output.unicodeScalars.append(scalar)
        }
        return "\"\(escaped)\""
    }
}
