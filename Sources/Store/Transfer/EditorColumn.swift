// What only editors look at, as exports have it: a column for each value, which flowd keeps together as one object.

internal import Transfer
internal import Wire

/// A column of the hosted product's flows that no run depends on (spec storage-and-operations 1.2).
struct EditorColumn: Sendable {
    /// How the cells of a column are read and written.
    enum Kind: Sendable {
        case json, text, flag
    }

    let name: String
    let kind: Kind
    /// What stands there in a flow without a value, where the hosted product takes no null.
    let standard: String?

    /// Those that an export of the hosted product has.
    static let hosted = [
        EditorColumn("gg_marketplace", .flag, standard: "f"),
        EditorColumn("viewport", .json, standard: EditorColumn.origin),
        EditorColumn("default_viewport", .json, standard: EditorColumn.origin),
        EditorColumn("guide", .json), EditorColumn("linked_flows", .json), EditorColumn("lifecycle", .json),
        EditorColumn("meta_nodes", .json, standard: "[]"),
    ]

    /// Those that it lacks. Flowd's exports have them in a table of their own.
    static let others = [
        EditorColumn("slug", .text), EditorColumn("visibility_profile", .text),
        EditorColumn("backend_endpoint", .text), EditorColumn("current_branch_id", .json),
    ]

    private static let origin = #"{"x":0,"y":0,"zoom":1}"#

    private init(_ name: String, _ kind: Kind, standard: String? = nil) {
        self.name = name
        self.kind = kind
        self.standard = standard
    }

    /// The cell for what a flow has of this column.
    func cell(of value: JSONValue?) -> String? {
        switch (kind, value) {
        case (_, nil), (_, .null?): standard
        case (.text, .string(let text)?): text
        case (.flag, .bool(let isSet)?): isSet ? "t" : "f"
        case (.flag, _?): standard
        case (.text, let value?), (.json, let value?): value.text
        }
    }

    /// What a row of an export says in this column; nil if nothing.
    func value(in row: ExportRow) throws(TransferError) -> JSONValue? {
        guard row[name] != nil else { return nil }
        switch kind {
        case .json: return try row.json(name)
        case .text: return row[name].map { .string($0) }
        case .flag: return .bool(try row.bool(name))
        }
    }
}
