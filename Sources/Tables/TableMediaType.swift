// In which form a client takes the rows: its Accept header. Pure.

internal import Primitives
internal import Wire

/// The form of an answer.
public struct TableMediaType: Hashable, Sendable {
    /// The forms that are offered.
    public enum Form: Hashable, Sendable {
        /// A JSON array of rows.
        case array
        /// One row as a JSON object.
        case object
        /// Lines of comma-separated values, the names first (RFC 4180).
        case csv
    }

    public let form: Form
    /// Members without a value are left out, wherever they stand.
    public let stripsNulls: Bool

    static let json = TableMediaType(.array)

    private init(_ form: Form, stripsNulls: Bool = false) {
        self.form = form
        self.stripsNulls = stripsNulls
    }

    /// Takes what the client likes best of what is offered; what it likes equally, in the order in which it says it (RFC
    /// 9110 section 12.5.1). Without the header, and for an empty one, that is JSON.
    ///
    /// - Throws: `TableError` that repeats the header, if nothing in it is offered.
    init(_ headers: HTTPHeaders) throws(TableError) {
        let types = headers.list("Accept").prefix(Limits.acceptedTypesMax)
        var best: (type: TableMediaType, quality: Double)?
        for text in types {
            guard let (type, quality) = TableMediaType.read(text), quality > best?.quality ?? 0 else {
                continue
            }
            best = (type, quality)
        }
        guard types.isEmpty || best != nil else { throw .unavailableType(types.joined(separator: ", ")) }
        self = best?.type ?? .json
    }

    /// What stands in Content-Type.
    var name: String {
        switch form {
        case .array where !stripsNulls: "application/json"
        case .array: "application/vnd.pgrst.array+json;nulls=stripped"
        case .object: "application/vnd.pgrst.object+json" + (stripsNulls ? ";nulls=stripped" : "")
        case .csv: "text/csv; charset=utf-8"
        }
    }

    /// One element of the header; nil if it is not offered.
    private static func read(_ text: String) -> (TableMediaType, quality: Double)? {
        let pieces = text.split(separator: ";").map { TableText.trimmed($0).lowercased() }
        var quality = 1.0
        var stripsNulls = false
        for piece in pieces.dropFirst() {
            if piece.hasPrefix("q=") { quality = Double(piece.dropFirst(2)) ?? 0 }
            if piece == "nulls=stripped" { stripsNulls = true }
        }
        switch pieces.first {
        case "*/*", "application/*", "application/json": return (.json, quality)
        case "application/vnd.pgrst.array", "application/vnd.pgrst.array+json":
            return (TableMediaType(.array, stripsNulls: stripsNulls), quality)
        case "application/vnd.pgrst.object", "application/vnd.pgrst.object+json":
            return (TableMediaType(.object, stripsNulls: stripsNulls), quality)
        case "text/*", "text/csv": return (TableMediaType(.csv), quality)
        default: return nil
        }
    }
}
