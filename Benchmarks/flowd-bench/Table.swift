// Tables and numbers as text. Pure.

/// A table in Markdown, its columns aligned so that it can be read as it is.
struct Table {
    private let title: String
    private var rows: [[String]]

    init(_ title: String, _ header: [String]) {
        self.title = title
        rows = [header]
    }

    mutating func add(_ cells: [String]) {
        precondition(cells.count == rows[0].count, "Each row has all columns.")
        rows.append(cells)
    }

    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            zip(row, widths).map { cell, width in
                "| " + String(repeating: " ", count: width - cell.count) + cell + " "
            }.joined() + "|\n"
        }
        lines.insert(widths.map { "|" + String(repeating: "-", count: $0 + 1) + ":" }.joined() + "|\n", at: 1)
        return title + "\n\n" + lines.joined()
    }
}

/// Numbers as people read them.
enum Text {
    /// Thousands apart: 1,234,567.
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// So many digits behind the point.
    static func fixed(_ number: Double, digits: Int) -> String {
        precondition(digits > 0, "Without a fraction there is no point.")
        guard number.magnitude < 1e12 else { return "–" }
        var unit = 1
        for _ in 0..<digits { unit *= 10 }
        let scaled = Int((number.magnitude * Double(unit)).rounded())
        let fraction = String(scaled % unit)
        let sign = number < 0 && scaled > 0 ? "-" : ""
        return sign + grouped(scaled / unit) + "." + String(repeating: "0", count: digits - fraction.count)
            + fraction
    }
}
