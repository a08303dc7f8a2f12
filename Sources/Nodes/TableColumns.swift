// The names of a table's columns, from a first row as spreadsheets write it. Pure value.

internal import Primitives
internal import Values

/// Names that differ from each other, each with its column.
struct TableColumns {
    private(set) var names: [String]
    private var taken: Set<ExactText>

    /// Takes the names of a first row. Empty ones behind the last column are no columns. An empty name becomes
    /// `column_3`, by its place; a name that has been there becomes `name_2` and so on.
    init(_ row: [String]) {
        names = TableColumns.withoutEnd(row)
        taken = Set(names.map { ExactText(text: $0) })
        var seen: Set<ExactText> = []
        var last: [ExactText: Int] = [:]
        for (index, name) in names.enumerated() {
            guard name.isEmpty || !seen.insert(ExactText(text: name)).inserted else { continue }
            guard !name.isEmpty else {
                names[index] = free(at: index)
                continue
            }
            var number = last[ExactText(text: name)] ?? 1
            repeat { number += 1 } while !taken.insert(ExactText(text: "\(name)_\(number)")).inserted
            last[ExactText(text: name)] = number
            names[index] = "\(name)_\(number)"
        }
    }

    /// A row as an object; what is missing is Null, empty fields behind the last column are nothing.
    ///
    /// - Parameter keepsExtra: other fields behind the last column become columns, too; else they are an error.
    mutating func object(_ row: [String], number: Int, keepsExtra: Bool) throws(NodeFailure) -> Value {
        var fields = row[...]
        while fields.count > names.count, fields.last?.isEmpty == true { fields.removeLast() }
        let known = names.count
        if fields.count > known {
            guard keepsExtra else { throw NodeFailure("row \(number) has more fields than the first row") }
            while names.count < fields.count { names.append(free(at: names.count)) }
        }
        let count = max(known, fields.count)
        return .map(
            ValueMap(
                (0..<count).map { (names[$0], $0 < fields.count ? .string(fields[$0]) : .null) }))
    }

    /// A name for the column at a place that has none.
    private mutating func free(at index: Int) -> String {
        let name = "column_\(index + 1)"
        guard !taken.insert(ExactText(text: name)).inserted else { return name }
        var number = 2
        while !taken.insert(ExactText(text: "\(name)_\(number)")).inserted { number += 1 }
        return "\(name)_\(number)"
    }

    private static func withoutEnd(_ row: [String]) -> [String] {
        row.dropLast(row.reversed().prefix(while: \.isEmpty).count)
    }
}
