// What rows must meet, as SQL.

internal import Postgres
internal import Primitives
internal import Tables

extension TableSQL {
    /// The conditions of a selection.
    mutating func conditions(of selection: TableSelection, in row: String) -> [String] {
        var texts: [String] = []
        for condition in selection.conditions { texts.append(text(condition, of: selection, in: row)) }
        return texts
    }

    private mutating func text(
        _ condition: TableCondition, of selection: TableSelection, in row: String
    ) -> String {
        switch condition {
        case .filter(let filter): return text(filter, of: selection.table, in: row)
        case .all(let parts): return joined(parts, true, selection, row)
        case .any(let parts): return joined(parts, false, selection, row)
        case .not(let part): return "NOT (\(text(part, of: selection, in: row)))"
        case .hasRows(let index): return hasRows(of: selection.embedded[index], in: row)
        }
    }

    private mutating func joined(
        _ parts: [TableCondition], _ mustAllHold: Bool, _ selection: TableSelection, _ row: String
    ) -> String {
        var texts: [String] = []
        for part in parts { texts.append(text(part, of: selection, in: row)) }
        return TableSQL.joined(texts, mustAllHold: mustAllHold)
    }

    private mutating func text(_ filter: TableFilter, of table: TableDefinition, in row: String) -> String {
        let condition =
            if filter.field.path.isEmpty, filter.field.type.namesFlow {
                text(
                    filter.condition, filter.field.type,
                    flow: expression(filter.field.column, of: table, in: row))
            } else {
                text(filter.condition, filter.field.type, compared(filter.field, of: table, in: row))
            }
        return filter.isNegated ? "NOT (\(condition))" : condition
    }

    /// A condition on a column that names a flow. Whichever of its names it is asked for, its number is compared.
    private mutating func text(
        _ condition: TableFilter.Condition, _ type: TableColumnType, flow: TableExpression
    ) -> String {
        switch condition {
        case .compare(.equal, let name): return isFlow([name], type, flow)
        case .compare(.notEqual, let name): return "NOT (\(isFlow([name], type, flow)))"
        case .isDistinct(let name): return "(\(isFlow([name], type, flow))) IS NOT TRUE"
        case .isOneOf(let names): return isFlow(names, type, flow)
        case .several(let conditions, let mustAllHold):
            var texts: [String] = []
            for condition in conditions { texts.append(text(condition, type, flow: flow)) }
            return TableSQL.joined(texts, mustAllHold: mustAllHold)
        case .isNull: return "\(flow.number) IS NULL"
        case .isNotNull: return "\(flow.number) IS NOT NULL"
        case .compare, .like, .contains, .isContained, .overlaps, .isTruth:
            return text(condition, type, flow.compared)
        }
    }

    /// That a column names one of these flows. They are looked up all at once. A number is compared as it is where numbers
    /// are shown. Otherwise a flow that the caller does not see equals nothing, except by the name that is shown.
    private mutating func isFlow(
        _ names: [TableValue], _ type: TableColumnType, _ flow: TableExpression
    ) -> String {
        guard !names.isEmpty else { return "false" }
        let others = names.filter { if case .uuid = $0 { true } else { false } }
        let plain = names.filter { if case .integer = $0 { true } else { false } }
        let numbers = plain.isEmpty ? nil : parameters.bind(plain, as: .integer)
        if type == .flow, others.isEmpty, let numbers { return "\(flow.number) = ANY(\(numbers))" }
        let uuids = others.isEmpty ? nil : parameters.bind(others, as: .uuid)
        // In the table of flows both names stand side by side, and only rows that the caller sees are looked at.
        if let uuid = flow.uuid {
            return TableSQL.joined(
                [numbers.map { "\(flow.number) = ANY(\($0))" }, uuids.map { "\(uuid) = ANY(\($0))" }]
                    .compactMap(\.self),
                mustAllHold: false)
        }
        let sees = TableAccess.seesFlow("f", request.caller, &parameters)
        // No flow has the number 0. As there is always one, null is neither among them nor not.
        var found = ["SELECT 0"]
        if let numbers {
            found.append(
                type == .flow
                    ? "SELECT unnest(\(numbers))"
                    : "SELECT f.id FROM flows f WHERE f.id = ANY(\(numbers)) AND \(sees)")
        }
        if let uuids {
            // As rows, because the database estimates each element of an array by itself.
            found.append(
                "SELECT f.id FROM unnest(\(uuids)) n JOIN flows f ON f.uuid = n"
                    + (type == .flow ? " WHERE \(sees)" : ""))
        }
        let all = found.joined(separator: " UNION ALL ")
        // A few are keys of an index; among many a row is looked for by its hash.
        return names.count > Limits.tableFlowKeysMax
            ? "\(flow.number) IN (\(all))" : "\(flow.number) = ANY(ARRAY(\(all)))"
    }

    private mutating func text(
        _ condition: TableFilter.Condition, _ type: TableColumnType, _ value: String
    ) -> String {
        switch condition {
        case .compare(let comparison, let operand):
            return "\(comparable(value, type)) \(TableSQL.sign(comparison)) \(bound(operand, type))"
        case .isDistinct(let operand):
            return "\(comparable(value, type)) IS DISTINCT FROM \(bound(operand, type))"
        case .like(let pattern, let ignoresCase):
            return "\(value) \(ignoresCase ? "ILIKE" : "LIKE") \(parameters.bind(.text(pattern), .text))"
        case .isOneOf(let operands): return isOneOf(operands, type, value)
        case .contains(let json): return "\(comparable(value, type)) @> \(document(json))"
        case .isContained(let json): return "\(comparable(value, type)) <@ \(document(json))"
        case .overlaps(let json):
            return """
                CASE WHEN json_typeof(to_json(\(value))) = 'array' THEN EXISTS (
                    SELECT FROM jsonb_array_elements(\(comparable(value, type))) e
                    WHERE e.value IN (SELECT jsonb_array_elements(\(document(json))))) END
                """
        case .isNull: return "\(value) IS NULL"
        case .isNotNull: return "\(value) IS NOT NULL"
        case .isTruth(true?): return "\(value) IS TRUE"
        case .isTruth(false?): return "\(value) IS FALSE"
        case .isTruth(nil): return "\(value) IS UNKNOWN"
        case .several(let conditions, let mustAllHold):
            var texts: [String] = []
            for condition in conditions { texts.append(text(condition, type, value)) }
            return TableSQL.joined(texts, mustAllHold: mustAllHold)
        }
    }

    /// What is compared of a value. JSON that the database cannot compare equals nothing.
    private func comparable(_ value: String, _ type: TableColumnType) -> String {
        type.isJSON ? "json_comparable(to_json(\(value)))" : value
    }

    private mutating func bound(_ operand: TableValue, _ type: TableColumnType) -> String {
        let place = parameters.bind(operand, as: type)
        return type.isJSON ? "json_comparable(\(place))" : place
    }

    private mutating func document(_ json: [UInt8]) -> String { bound(.json(json), .json) }

    private mutating func isOneOf(
        _ values: [TableValue], _ type: TableColumnType, _ text: String
    ) -> String {
        guard type.isJSON else { return "\(text) = ANY(\(parameters.bind(values, as: type)))" }
        let documents = values.map { value in
            if case .json(let bytes) = value { String(decoding: bytes, as: UTF8.self) } else { "null" }
        }
        return """
            \(comparable(text, type)) = ANY(ARRAY(
                SELECT json_comparable(v::json) FROM unnest(\(parameters.bind(documents))) v))
            """
    }

    private static func joined(_ conditions: [String], mustAllHold: Bool) -> String {
        guard !conditions.isEmpty else { return mustAllHold ? "true" : "false" }
        return "(\(conditions.map { "(\($0))" }.joined(separator: mustAllHold ? " AND " : " OR ")))"
    }

    private static func sign(_ comparison: TableFilter.Comparison) -> String {
        switch comparison {
        case .equal: "="
        case .notEqual: "<>"
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .less: "<"
        case .lessOrEqual: "<="
        }
    }
}
