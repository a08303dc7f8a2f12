// Why an export cannot be read or imported. Pure values that never show the export's content.

internal import Wire

/// What is wrong with an export: where, and the rule. A cell may hold a key, so its content is never shown.
public enum TransferError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file as a whole.
    case file(rule: String)
    /// A place in one of its tables.
    case table(String, line: Int, column: String?, rule: String)

    public var description: String {
        switch self {
        case .file(let rule): rule
        case .table(let name, let line, let column, let rule):
            "\(name), line \(line)\(column.map { ", column \($0)" } ?? ""): \(rule)"
        }
    }
}
