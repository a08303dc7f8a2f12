// A column as clients know it. Values of the definitions; a request can only choose among them.

/// What a column holds, which decides how filters and bodies are read.
public enum TableColumnType: Hashable, Sendable {
    case integer, bigint, bool, text, uuid
    /// A flow. It is shown as its number; clients may name it by its UUID instead.
    case flow
    /// A flow. It is shown as its UUID; clients may name it by its number instead.
    case flowUUID
    /// A moment, read in any form that the database knows. Without a zone it is taken as UTC.
    case time
    /// Any JSON. It can be compared for equality, but has no order.
    case json
    /// A list of texts, shown as a JSON array. Clients may also write it as the database does: `{a,b}`.
    case list

    /// The database's word for the type, for errors.
    var word: String {
        switch self {
        case .integer: "integer"
        case .bigint: "bigint"
        case .bool: "boolean"
        case .text: "text"
        case .uuid: "uuid"
        case .flow, .flowUUID: "integer or uuid"
        case .time: "timestamp with time zone"
        case .json: "json"
        case .list: "array"
        }
    }

    /// Whether the column is compared as JSON.
    public var isJSON: Bool { self == .json || self == .list }

    /// Whether the column names flows.
    public var namesFlow: Bool { self == .flow || self == .flowUUID }

    /// Whether this value names a flow by its other name: by UUID if the column shows numbers, or the other way round.
    /// Before it is compared, the flow must be looked up among those that the caller sees.
    func mustLookUp(_ value: TableValue) -> Bool {
        switch (self, value) {
        case (.flow, .uuid), (.flowUUID, .integer): true
        default: false
        }
    }

    /// The same for a value that is written: flows are stored by their number.
    public func mustLookUp(written value: TableValue) -> Bool {
        switch (self, value) {
        case (.flow, .uuid), (.flowUUID, .uuid), (.flowUUID, .integer): true
        default: false
        }
    }
}

/// One column of a table.
public struct TableColumn: Hashable, Sendable {
    /// When a client may give a value.
    public struct Writing: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        static let insert = Writing(rawValue: 1)
        public static let update = Writing(rawValue: 2)
        /// A number that the database gives out. One that it has given to the same user before may be given again.
        static let again = Writing(rawValue: 4)
        static let always: Writing = [.insert, .update]
    }

    /// What becomes of a value that a client gives although it may not write it, as clients write whole rows back. In a
    /// new row it is left alone in any case but the last.
    public enum Keeping: Hashable, Sendable {
        /// It must be the one that is there.
        case same
        /// The database keeps it itself, so an old value is no mistake.
        case passedOver
        /// Nothing is shown, so nothing can be written back.
        case empty
    }

    public let name: String
    public let type: TableColumnType
    public let writing: Writing
    let keeping: Keeping
    /// What a written value must be, beside its type.
    let rule: TableColumnRule
    /// Whether `null` may be written.
    let isNullable: Bool
    /// Whether `*` means it, too.
    let isListed: Bool

    /// For the definitions only: no column is made from what a client has sent.
    init(
        _ name: String, _ type: TableColumnType, writing: Writing = [], rule: TableColumnRule = .any,
        isNullable: Bool = false, isListed: Bool = true, keeping: Keeping = .same
    ) {
        self.name = name
        self.type = type
        self.writing = writing
        self.keeping = keeping
        self.rule = rule
        self.isNullable = isNullable
        self.isListed = isListed
    }
}
