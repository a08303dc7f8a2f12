// Flows of an export: first what each will be called, then the flows, with what they refer to renamed.

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
        var taken: Set<Int64> = []
        for row in rows {
            let owner = try owner(of: row).user
            let uuid = try reading { () throws(TransferError) in try row.uuid("uuid") }
            guard seen.insert(uuid).inserted else {
                throw .export(row.failure("uuid", "expected a UUID of its own"))
            }
            guard let draft = try draft(row, owner, uuid, &taken) else { continue }
            drafts.append(draft)
        }
        for draft in drafts { try add(draft) }
    }

    /// The number and UUID that a flow gets; nil if the flow is there already. Both are noted for the renaming of
    /// references.
    private mutating func draft(
        _ row: ExportRow, _ owner: UserID, _ uuid: UniqueID, _ taken: inout Set<Int64>
    ) throws(ImportFailure) -> Draft? {
        // The other name is always the same one, so that a second import finds the flow that the first one has made.
        for name in [uuid, ImportPass.otherName(of: uuid, for: owner)] {
            if let known = try ask(FlowStatements.byUUID, name) {
                guard known.owner == owner else { continue }
                try note(row, uuid, is: Int64(known.number), name)
                report.skipped(.flows, "there already")
                return nil
            }
            let number = try freeNumber(row, &taken)
            try note(row, uuid, is: number, name)
            return Draft(row: row, owner: owner, uuid: name, number: number)
        }
        throw .export(
            row.failure("uuid", "both this UUID and the other one made of it are somebody else's here"))
    }

    /// The number that the export says, if it is free; else the next one.
    private func freeNumber(_ row: ExportRow, _ taken: inout Set<Int64>) throws(ImportFailure) -> Int64 {
        if let old = try reading({ () throws(TransferError) in try row.number("id") }), old > 0,
            old <= Limits.importedNumberMax, !taken.contains(old),
            let number = Int32(exactly: old), try !ask(FlowStatements.containsNumber, number)
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
        if let old = try reading({ () throws(TransferError) in try row.number("id") }), old != number {
            renaming.flowNumbers[old] = number
            report.notes.append("flow \(old) is \(number) here")
        }
    }

    /// A UUID of version 8 (RFC 9562 section 5.8) made of another one and of the flow's owner here.
    private static func otherName(of uuid: UniqueID, for owner: UserID) -> UniqueID {
        var bytes = Array(Digest.sha256(Array("imported flow \(uuid.text) of \(owner)".utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return UniqueID(bytes: bytes[...]) ?? .random()
    }

    private mutating func add(_ draft: Draft) throws(ImportFailure) {
        let row = draft.row
        let nodes = try json(row, "nodes", "an array", standard: "[]") { $0.array != nil }
        let edges = try json(row, "edges", "an array", standard: "[]") { $0.array != nil }
        let environment = try json(row, "environment", "an object", standard: "{}") { $0.object != nil }
        let network = try json(row, "current_network", "an object", standard: ImportPass.standardNetwork) {
            $0.object != nil
        }
        let bundling = try json(row, "instructions_bundling", "a text", standard: #""Off""#) {
            $0.string != nil
        }
        let editor = try json(row, "editor", "an object", standard: "{}") { $0.object != nil }
        let flow = try reading { () throws(TransferError) in
            NewFlow(
                number: Int32(clamping: draft.number), uuid: draft.uuid, owner: draft.owner,
                name: row["name"] ?? "", description: row["description"] ?? "", nodes: nodes, edges: edges,
                environment: environment, network: network, bundling: bundling,
                isPublic: try row.bool("is_public"), startShared: try row.bool("start_shared"),
                startUnverified: try row.bool("start_unverified"),
                readEnabled: try row.bool("read_enabled"), resumesOnCrash: row["on_crash"] == "resume",
                parent: row["parent_flow"].flatMap { UniqueID($0) }
                    .map { renaming.flowUUIDs[$0] ?? $0 },
                editor: editor, createdAt: try row.time("created_at"), updatedAt: try row.time("updated_at"))
        }
        try ask(FlowStatements.add, flow)
        report.imported(.flows)
        look(at: draft, nodes, edges)
    }

    /// The text of a JSON column as it stands in the export, with the flow's references renamed if it has some.
    private func json(
        _ row: ExportRow, _ column: String, _ kind: String, standard: String, _ isRight: (JSONValue) -> Bool
    ) throws(ImportFailure) -> [UInt8] {
        guard let tree = try reading({ () throws(TransferError) in try row.json(column) }) else {
            return Array(standard.utf8)
        }
        guard isRight(tree) else { throw .export(row.failure(column, "expected \(kind)")) }
        if column == "nodes", let renamed = renaming.rename(tree) { return renamed.encoded }
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
