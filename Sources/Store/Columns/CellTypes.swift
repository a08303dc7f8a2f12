// The types of cells, by the names that statements and tables say.

internal import Engine
internal import Identity
internal import Postgres
internal import Primitives
internal import Values
internal import Wire

extension CellType where Value == Bool {
    static var bool: CellType {
        CellType(.bool) {
            .bool($0)
        } decode: { row, index throws(PostgresError) in
            try row.bool(index)
        }
    }
}

extension CellType where Value == Int16 {
    static var smallint: CellType {
        CellType(.smallint) {
            .smallint($0)
        } decode: { row, index throws(PostgresError) in
            try row.smallint(index)
        }
    }
}

extension CellType where Value == Int32 {
    static var integer: CellType {
        CellType(.integer) {
            .integer($0)
        } decode: { row, index throws(PostgresError) in
            try row.integer(index)
        }
    }
}

extension CellType where Value == Int64 {
    static var bigint: CellType {
        CellType(.bigint) {
            .bigint($0)
        } decode: { row, index throws(PostgresError) in
            try row.bigint(index)
        }
    }
}

extension CellType where Value == UInt64 {
    /// The sequence of an event.
    static var sequence: CellType {
        CellType<Int64>.bigint.mapped({ UInt64(clamping: $0) }, { Int64(clamping: $0) })
    }
}

extension CellType where Value == String {
    static var text: CellType {
        CellType(.text) {
            .text($0)
        } decode: { row, index throws(PostgresError) in
            try row.text(index)
        }
    }
}

extension CellType where Value == [String] {
    /// Texts of one row among many: arrays of arrays must be rectangular, so each inner one travels as text. The
    /// statement casts it.
    static var textsAsText: CellType {
        CellType<String>.text.mapped(
            { _ throws(PostgresError) in throw .unreadable("array") }, { PostgresArray.literal($0) })
    }
}

extension CellType where Value == [UInt8] {
    static var bytea: CellType {
        CellType(.bytea) {
            .bytea($0)
        } decode: { row, index throws(PostgresError) in
            try row.bytes(index)
        }
    }

    /// A text by its bytes.
    static var textBytes: CellType {
        CellType(.text) {
            .text(String(decoding: $0, as: UTF8.self))
        } decode: {
            row, index throws(PostgresError) in
            try row.bytes(index)
        }
    }

    /// JSON text, byte for byte.
    static var json: CellType {
        CellType(.json) {
            .json($0)
        } decode: { row, index throws(PostgresError) in
            try row.bytes(index)
        }
    }

    /// JSON text for a parsed column; results have to be cast to `json`.
    static var jsonb: CellType {
        CellType(.jsonb) {
            .jsonb($0)
        } decode: { _, _ throws(PostgresError) in
            throw .unreadable("jsonb")
        }
    }
}

extension CellType where Value == Timestamp {
    static var timestamptz: CellType {
        CellType(.timestamptz) {
            .timestamptz($0)
        } decode: { row, index throws(PostgresError) in
            try row.timestamptz(index)
        }
    }
}

extension CellType where Value == UniqueID {
    static var uuid: CellType {
        CellType(.uuid) {
            .uuid($0)
        } decode: { row, index throws(PostgresError) in
            try row.uuid(index)
        }
    }
}

extension CellType where Value: Identifier {
    /// An id of one kind.
    fileprivate static var id: CellType {
        CellType(.uuid) {
            .uuid($0.id)
        } decode: { row, index throws(PostgresError) in
            Value(try row.uuid(index))
        }
    }
}

extension CellType where Value == RunID { static var run: CellType { .id } }
extension CellType where Value == NodeID { static var node: CellType { .id } }
extension CellType where Value == UserID { static var user: CellType { .id } }
extension CellType where Value == ServerID { static var server: CellType { .id } }
extension CellType where Value == SessionID { static var session: CellType { .id } }
extension CellType where Value == DeploymentID { static var deployment: CellType { .id } }

extension CellType where Value == [UserID] {
    /// A column of several users.
    static var users: CellType {
        CellType(PostgresType.uuid.array) { users in
            CellType.array(.user).encode(users)
        } decode: { row, index throws(PostgresError) in
            try row.uuids(index).map { UserID($0) }
        }
    }
}

extension CellType where Value == [NodeID] {
    /// Nodes of one row among many, as text that the statement casts.
    static var nodesAsText: CellType {
        CellType<[String]>.textsAsText.mapped(
            { _ throws(PostgresError) in throw .unreadable("array") }, { $0.map(\.text) })
    }
}

extension CellType where Value == ValueMap {
    /// Named values in their tagged form.
    static var values: CellType {
        CellType<[UInt8]>.json.checked("map of values", { ValueMap(taggedJSON: $0) }, { $0.taggedJSON })
    }
}

extension CellType where Value == Values.Value {
    /// A value in its tagged form.
    static var value: CellType {
        CellType<[UInt8]>.json.checked(
            "value", { try? ValueJSON.decode($0) }, { ValueJSON.encode($0) })
    }
}

extension CellType where Value: RawRepresentable & Sendable, Value.RawValue == String {
    /// A word out of a fixed set.
    static func word(_ what: String) -> CellType {
        CellType<String>.text.checked(what, { Value(rawValue: $0) }, { $0.rawValue })
    }
}

extension CellType where Value == RunStatus {
    static var status: CellType { .word("status of a run") }
}

extension CellType where Value == Bool {
    /// Whether nodes that a crash has interrupted run again, as a word.
    static var resumesOnCrash: CellType {
        CellType<String>.text.mapped({ $0 == "resume" }, { $0 ? "resume" : "fail" })
    }
}

extension CellType where Value == PublicKey {
    /// A public key in Base58.
    static var publicKey: CellType {
        CellType<String>.text.checked("public key", { PublicKey($0) }, { $0.text })
    }
}

extension CellType where Value == APIKeyHash {
    static var keyHash: CellType {
        CellType<String>.text.checked("hash of an API key", { APIKeyHash($0) }, { $0.text })
    }
}

extension CellType where Value == Void {
    /// The cell of a function that gives nothing, such as `pg_notify`. Nobody looks at it.
    static var nothing: CellType {
        CellType(.void) {
            .null
        } decode: { _, _ throws(PostgresError) in
        }
    }
}
