// An export as a whole: one JSON object of texts, each a table. Pure value.

public import Primitives
internal import Wire

/// The data that a user takes to another installation (spec storage-and-operations 5.6).
public struct ExportFile: Hashable, Sendable {
    /// Who exported.
    public let user: UserID
    /// By their names.
    public private(set) var tables: [String: CSVTable]

    public init(user: UserID, tables: [String: CSVTable] = [:]) {
        self.user = user
        self.tables = tables
    }

    /// The table of this name; nil if there is none.
    public subscript(name: ExportTable) -> CSVTable? {
        get { tables[name.rawValue] }
        set { tables[name.rawValue] = newValue }
    }

    /// Reads a file. Unknown names are kept; the old name of the node definitions is read as the new one.
    public init(_ bytes: [UInt8]) throws(TransferError) {
        guard bytes.count <= Limits.exportBytesMax else {
            throw .file(rule: "an export has at most \(Limits.exportBytesMax) bytes")
        }
        let tree: JSONValue
        do throws(JSONError) {
            tree = try JSONValue.parse(bytes)
        } catch {
            // The error's own words are left out, because they may quote the file.
            let place = error.position.map { " at \($0)" } ?? ""
            throw .file(rule: "the file is not JSON: something is wrong\(place)")
        }
        guard let members = tree.object?.entries, members.count <= Limits.exportTablesMax else {
            throw .file(rule: "expected an object of at most \(Limits.exportTablesMax) tables")
        }
        var user: UserID?
        var tables: [String: CSVTable] = [:]
        for (key, value) in members {
            // Errors do not repeat an unknown name, because it is untrusted text.
            let known = ExportTable(rawValue: key == "nodes" ? "node_definitions" : key)
            let name = known?.rawValue ?? key
            let shown = known?.rawValue ?? "a table of an unknown name"
            guard let text = value.string else { throw .file(rule: "\(shown) is not a text") }
            if key == "user_id" {
                guard let id = UserID(text), user == nil else { throw .file(rule: "user_id is not one UUID") }
                user = id
                continue
            }
            guard tables[name] == nil else { throw .file(rule: "\(shown) is there twice") }
            tables[name] = known == nil ? CSVTable(columns: []) : try CSVTable(text, named: name)
        }
        guard let user else { throw .file(rule: "user_id is missing; is this file an export?") }
        self.user = user
        self.tables = tables
    }

    /// The text of the file.
    public var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("user_id")
        writer.string(user.text)
        for (name, table) in tables.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            writer.string(table.text)
        }
        writer.endObject()
        return writer.output
    }
}

/// The tables of an export, in the order in which they are taken over.
public enum ExportTable: String, CaseIterable, Sendable {
    case users, identities
    case usersPublic = "users_public"
    case allowedKeys = "pubkey_whitelists"
    case wallets
    case apiKeys = "apikeys"
    case quotas = "user_quotas"
    case stores = "kvstore_metadata"
    case items = "kvstore"
    /// What flowd knows about flows beside the columns of the format; only flowd writes and reads this table.
    case ownFlows = "flowd_flows"
    case flows
    case nodeDefinitions = "node_definitions"
    /// What whoever gets the file must know of it; only flowd writes this table, for people to read.
    case notes = "flowd_notes"
    /// The secrets that are sealed under a passphrase; only flowd writes and reads this table.
    case secrets

    /// True if tables of this name are only counted, because flowd keeps their content elsewhere or not at all.
    public var isIgnored: Bool { [.identities, .usersPublic, .nodeDefinitions, .notes].contains(self) }
}
