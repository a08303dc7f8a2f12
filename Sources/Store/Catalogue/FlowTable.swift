// The table of flows, as commands write it.

internal import Chain
internal import Engine
internal import Postgres
internal import Primitives
internal import Values

/// A flow that is to be. JSON columns are JSON text, taken over byte for byte.
struct NewFlow: Sendable {
    /// Nil for the next free one.
    var number: Int32?
    var uuid: UniqueID
    var owner: UserID
    var name = ""
    var description = ""
    var nodes: [UInt8]
    var edges: [UInt8]
    var environment: [UInt8]
    /// Nil for the standard one.
    var network: [UInt8]?
    var bundling: [UInt8]
    var isPublic = false
    var startShared = false
    var startUnverified = false
    var readEnabled = false
    var resumesOnCrash = false
    /// The flow of the same owner that this one is a copy of.
    var parent: UniqueID?
    var editor = Array("{}".utf8)
    /// Nil for this moment; so is the next one.
    var createdAt: Timestamp?
    var updatedAt: Timestamp?
}

/// The columns of `flows`.
enum FlowTable {
    /// A row of these columns is called `n`.
    static let flows = Table<NewFlow, Void>("flows") { t in
        t.write("id", .optional(.integer), stored: { "COALESCE(\($0), \(nextNumber)::integer)" }) {
            $0.number
        }
        t.write("uuid", .uuid) { $0.uuid }
        t.write("user_id", .user) { $0.owner }
        t.write("name", .text) { $0.name }
        t.write("description", .text) { $0.description }
        t.write("nodes", .json) { $0.nodes }
        t.write("edges", .json) { $0.edges }
        t.write("environment", .json) { $0.environment }
        t.write("current_network", .json) { $0.network ?? RunText.network(.standard) }
        t.write("instructions_bundling", .json) { $0.bundling }
        t.write("is_public", .bool) { $0.isPublic }
        t.write("start_shared", .bool) { $0.startShared }
        t.write("start_unverified", .bool) { $0.startUnverified }
        t.write("read_enabled", .bool) { $0.readEnabled }
        t.write("on_crash", .resumesOnCrash) { $0.resumesOnCrash }
        t.write(
            "parent_flow", .optional(.uuid),
            stored: { "(SELECT p.id FROM flows p WHERE p.uuid = \($0) AND p.user_id = n.user_id)" }
        ) { $0.parent }
        t.write("editor", .json) { $0.editor }
        t.write("created_at", .optional(.timestamptz), stored: { "COALESCE(\($0), now())" }) { $0.createdAt }
        t.write("updated_at", .optional(.timestamptz), stored: { "COALESCE(\($0), now())" }) { $0.updatedAt }
    }

    /// SQL that gives the next free number.
    static let nextNumber = "nextval(pg_get_serial_sequence('flows', 'id'))"
}

/// What commands ask about flows.
enum FlowStatements {
    static let all: [any ListedStatement] = [add, byUUID, isTaken, nextNumber, reserve]

    /// Gives the number. Fails with a unique violation if the number or the UUID is taken.
    static let add = Statement<NewFlow, Int32>(waiting: "flow_add") { q in
        let flow = q.rows(FlowTable.flows, as: "n") { [$0] }
        let id = q.column("id", .integer)
        return q.one(
            """
            INSERT INTO flows (\(flow.names)) SELECT \(flow.stored) FROM \(flow.unnested)
            RETURNING \(q.columns)
            """
        ) { row throws(PostgresError) in try row[id] }
    }

    /// The number and the owner of a flow.
    static let byUUID = Statement<UniqueID, (number: Int32, owner: UserID)?>(waiting: "flow_owner") { q in
        let uuid = q.parameter(.uuid) { $0 }
        let number = q.column("id", .integer)
        let owner = q.column("user_id", .user)
        return q.first("SELECT \(q.columns) FROM flows WHERE uuid = \(uuid)") { row throws(PostgresError) in
            (try row[number], try row[owner])
        }
    }

    /// Whether a user cannot give a new flow this number: one is there that has it, or another user's had it, to which addresses
    /// may still lead.
    static let isTaken = Statement<(number: Int32, user: UserID), Bool>(waiting: "flow_number_is_taken") {
        q in
        let number = q.parameter(.integer) { $0.number }
        let user = q.parameter(.user) { $0.user }
        return q.exists(
            """
            SELECT 1 FROM flows WHERE id = \(number)
            UNION ALL SELECT 1 FROM flow_numbers WHERE id = \(number) AND user_id <> \(user)
            """)
    }

    static let nextNumber = Statement<Void, Int64>(waiting: "flow_number_next") { q in
        let next = q.column(FlowTable.nextNumber, .bigint)
        return q.one("SELECT \(q.columns)", next)
    }

    /// Makes numbers that are handed out later begin behind this one.
    static let reserve = Statement<Int64, Void>(waiting: "flow_numbers_reserve") { q in
        let number = q.parameter(.bigint) { $0 }
        return q.effect(
            """
            SELECT setval(pg_get_serial_sequence('flows', 'id'), \(number))
            FROM flows_id_seq WHERE last_value <= \(number)
            """)
    }
}
