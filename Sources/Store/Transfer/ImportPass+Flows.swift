// Flows of an export: first what each will be called, then the flows, with what they refer to renamed.

internal import Chain
internal import Engine
internal import Identity
internal import Postgres
internal import Primitives
internal import Transfer
internal import Wire

extension ImportPass {
    /// A flow and what it is called here.
    private struct Draft {
        let row: ExportRow
        /// What flowd's own table says about the flow.
        let own: ExportRow?
        let owner: UserID
        var uuid: UniqueID
        var number: Int64
    }

    /// The table's default.
    private static let standardNetwork = #"{"url":"https://api.devnet.solana.com","cluster":"devnet"}"#

    mutating func importFlows() throws(ImportFailure) {
        var drafts: [Draft] = []
        var seen: Set<UniqueID> = []
        let rows = rows(.flows)
        var numbers: [Int64] = []
        for row in rows {
            if let number = try reading({ () throws(TransferError) in try row.number("id") }) {
                numbers.append(number)
            }
        }
        try reserve(numbers, FlowStatements.reserve)
        let own = try ownRows()
        var taken: Set<Int64> = []
        for row in rows {
            let owner = try owner(of: row).user
            let uuid = try uuid(of: row, owner)
            guard seen.insert(uuid).inserted else {
                throw .export(row.failure("uuid", "expected a UUID of its own"))
            }
            guard let draft = try draft(row, own[uuid], owner, uuid, &taken) else { continue }
            drafts.append(draft)
        }
        for draft in drafts { try add(draft) }
    }

    private func ownRows() throws(ImportFailure) -> [UniqueID: ExportRow] {
        var own: [UniqueID: ExportRow] = [:]
        for row in rows(.ownFlows) {
            own[try reading { () throws(TransferError) in try row.uuid("uuid") }] = row
        }
        return own
    }

    /// The UUID in the export. Flows of the first generation may have none; then it is made of their number, the same one
    /// each time, so that a second import finds the flow.
    private func uuid(of row: ExportRow, _ owner: UserID) throws(ImportFailure) -> UniqueID {
        try reading { () throws(TransferError) in
            guard row["uuid"] == nil, let number = try row.number("id") else { return try row.uuid("uuid") }
            return ImportPass.name(madeOf: "flow number \(number) of \(owner)")
        }
    }

    /// The number and UUID that a flow gets; nil if the flow is there already. Both are noted for the renaming of
    /// references.
    private mutating func draft(
        _ row: ExportRow, _ own: ExportRow?, _ owner: UserID, _ uuid: UniqueID, _ taken: inout Set<Int64>
    ) throws(ImportFailure) -> Draft? {
        // The other name is always the same one, so that a second import finds the flow that the first one has made.
        for name in [uuid, ImportPass.name(madeOf: "imported flow \(uuid.text) of \(owner)")] {
            if let known = try ask(FlowStatements.byUUID, name) {
                guard known.owner == owner else { continue }
                try note(row, uuid, is: Int64(known.number), name)
                report.skipped(.flows, "there already")
                return nil
            }
            let number = try freeNumber(row, owner, &taken)
            try note(row, uuid, is: number, name)
            return Draft(row: row, own: own, owner: owner, uuid: name, number: number)
        }
        throw .export(
            row.failure("uuid", "both this UUID and the other one made of it are somebody else's here"))
    }

    /// The number that the export says, if it is free; else the next one.
    private func freeNumber(
        _ row: ExportRow, _ owner: UserID, _ taken: inout Set<Int64>
    ) throws(ImportFailure) -> Int64 {
        if let old = try reading({ () throws(TransferError) in try row.number("id") }), old > 0,
            old <= Limits.importedNumberMax, !taken.contains(old),
            let number = Int32(exactly: old), try !ask(FlowStatements.isTaken, (number, owner))
        {
            taken.insert(old)
            return old
        }
        return try ask(FlowStatements.nextNumber, ())
    }

    private mutating func note(_ row: ExportRow, _ uuid: UniqueID, is number: Int64, _ name: UniqueID)
        throws(ImportFailure)
    {
        if uuid != name {
            renaming.flowUUIDs[uuid] = name
            report.notes.append("flow \(uuid.text) is \(name.text) here")
        }
        guard let old = try reading({ () throws(TransferError) in try row.number("id") }) else { return }
        importedFlows[old] = name
        if old != number {
            renaming.flowNumbers[old] = number
            report.notes.append("flow \(old) is \(number) here")
        }
    }

    /// A UUID of version 8 (RFC 9562 section 5.8).
    private static func name(madeOf text: String) -> UniqueID {
        var bytes = Array(Digest.sha256(Array(text.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return UniqueID(bytes: bytes[...]) ?? .random()
    }

    private mutating func add(_ draft: Draft) throws(ImportFailure) {
        let row = draft.row
        let nodes = try parts(row, "nodes", renaming.rename)
        let edges = try parts(row, "edges") { _ in nil }
        let environment = try json(row, "environment", "an object", standard: "{}") { $0.object != nil }
        let network = try json(row, "current_network", "an object", standard: ImportPass.standardNetwork) {
            $0.object != nil
        }
        let bundling = try json(row, "instructions_bundling", "a text", standard: #""Off""#) {
            $0.string != nil
        }
        let editor = try editor(draft)
        let flow = try reading { () throws(TransferError) in
            NewFlow(
                number: Int32(clamping: draft.number), uuid: draft.uuid, owner: draft.owner,
                name: row["name"] ?? "", description: row["description"] ?? "", nodes: nodes, edges: edges,
                environment: environment, network: network, bundling: bundling,
                // The first generation had another name.
                isPublic: try row.bool(row["isPublic"] == nil ? "is_public" : "isPublic"),
                startShared: try row.bool("start_shared"),
                startUnverified: try row.bool("start_unverified"),
                readEnabled: try row.bool("read_enabled"),
                resumesOnCrash: (draft.own?["on_crash"] ?? row["on_crash"]) == "resume",
                parent: row["parent_flow"].flatMap { parent($0) }, editor: editor,
                createdAt: try row.time("created_at"), updatedAt: try row.time("updated_at"))
        }
        try ask(FlowStatements.add, flow)
        report.imported(.flows)
        noteLosses(of: draft)
        for (column, bytes) in [("nodes", nodes), ("environment", environment), ("editor", editor)]
        where KeyPairFinder.ed25519.findsKeyPair(inCell: String(decoding: bytes, as: UTF8.self)) {
            report.notes.append("flow \(draft.number) holds a key pair in clear: \(column)")
        }
        look(at: draft, nodes, edges)
    }

    /// The flow that another one is a copy of: by UUID, in the first generation by number.
    private func parent(_ text: String) -> UniqueID? {
        if let uuid = UniqueID(text) { return renaming.flowUUIDs[uuid] ?? uuid }
        return Int64(text).flatMap { importedFlows[$0] }
    }

    /// The text of a column of nodes or edges, changed if something in it is to be renamed.
    private func parts(
        _ row: ExportRow, _ column: String, _ rename: (JSONValue) -> JSONValue?
    ) throws(ImportFailure) -> [UInt8] {
        let array = try reading { () throws(TransferError) in try row.jsonArray(column) }
        guard let array else { return Array("[]".utf8) }
        if let renamed = rename(.array(array)) { return renamed.encoded }
        // As it stands it keeps what a reader would write in another way.
        if let text = row[column], text.utf8.first == UInt8(ascii: "[") { return Array(text.utf8) }
        return JSONValue.array(array).encoded
    }

    private func editor(_ draft: Draft) throws(ImportFailure) -> [UInt8] {
        try reading { () throws(TransferError) in
            var members = try draft.row.json("editor")?.object?.entries ?? []
            for row in [draft.own, draft.row] {
                guard let row else { continue }
                for column in EditorColumn.hosted + EditorColumn.others {
                    guard let value = try column.value(in: row) else { continue }
                    members.removeAll { $0.key == column.name }
                    members.append((key: column.name, value: value))
                }
            }
            return JSONValue.object(JSONObject(members)).encoded
        }
    }

    /// Columns of the first generation that have no place here.
    private static let lostColumns = ["tags", "custom_networks", "mosaic", "lastest_flow_run_id", "state"]

    private mutating func noteLosses(of draft: Draft) {
        let lost = ImportPass.lostColumns.filter { ![nil, "{}", "[]", "null"].contains(draft.row[$0]) }
        guard !lost.isEmpty else { return }
        report.notes.append("flow \(draft.number) came without its \(lost.joined(separator: ", "))")
    }

    /// The text of a JSON column as it stands in the export.
    private func json(
        _ row: ExportRow, _ column: String, _ kind: String, standard: String, _ isRight: (JSONValue) -> Bool
    ) throws(ImportFailure) -> [UInt8] {
        guard let tree = try reading({ () throws(TransferError) in try row.json(column) }) else {
            return Array(standard.utf8)
        }
        guard isRight(tree) else { throw .export(row.failure(column, "expected \(kind)")) }
        return Array((row[column] ?? standard).utf8)
    }

    /// Reports what keeps a flow from running here. The flow is stored all the same.
    private mutating func look(at draft: Draft, _ nodes: [UInt8], _ edges: [UInt8]) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("nodes")
        writer.raw(nodes)
        writer.key("edges")
        writer.raw(edges)
        writer.endObject()
        let problems = problems(writer.output)
        guard !problems.isEmpty else { return }
        report.notes.append("flow \(draft.number) cannot run here as it is:")
        for problem in problems.prefix(Limits.importedProblemsShownMax) {
            report.notes.append("  \(problem)")
        }
        let rest = problems.count - Limits.importedProblemsShownMax
        if rest > 0 { report.notes.append("  and \(rest) more problems") }
    }
}
