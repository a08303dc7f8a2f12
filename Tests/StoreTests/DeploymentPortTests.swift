import Chain
import Engine
import Primitives
import TestKit
import TestTraits
import Testing
import Values

@testable import Store

/// What every register of deployments must do: the one in memory, on which the engine is tested, and the one on Postgres.
///
/// Port: DeploymentBook. Implementations: PostgresDeployments, MemoryStorage.
@Suite(.blocking) struct `Deployments` {
    @Test(arguments: CatalogBench.Kind.allCases)
    func `are found by id and by tag with what they were made of`(kind: CatalogBench.Kind) throws {
        let bench = try CatalogBench(kind)
        let columns = CatalogBench.Columns()
        let entry = try bench.add(columns)
        let inner = try bench.add(CatalogBench.Columns(readEnabled: true, resumesOnCrash: true))
        let id = try #require(try bench.deploy([(entry, 1), (inner, 1)]))
        let found = try #require(try bench.deployment(.id(id)))
        #expect(found.id == id && found.owner == bench.users[0] && found.entrypoint == entry)
        #expect(found.permission == .owner && !found.collectsActs && found.terms.chain.fees.isEmpty)
        #expect(found.terms.chain.identity == nil && found.problems.isEmpty)
        #expect(found.terms.chain.network == FlowNetwork(url: "https://rpc.example", cluster: "testnet"))
        let frozen = Dictionary(uniqueKeysWithValues: found.flows.map { ($0.number, $0) })
        #expect(Set(frozen.keys) == [entry, inner] && frozen[entry]?.uuid == columns.uuid)
        #expect(frozen[entry]?.readEnabled == false && frozen[entry]?.resumesOnCrash == false)
        #expect(frozen[inner]?.readEnabled == true && frozen[inner]?.resumesOnCrash == true)
        #expect(frozen[inner]?.snapshotHash == bench.snapshot("flow \(inner)").hash)

        #expect(try bench.deployment(.tag("latest", of: .number(entry)))?.id == id)
        #expect(try bench.deployment(.tag("latest", of: .uuid(columns.uuid)))?.id == id)
        for tag in ["other", "Latest", "", "\u{0}"] {
            #expect(try bench.deployment(.tag(tag, of: .number(entry))) == nil)
        }
        #expect(try bench.deployment(.tag("latest", of: .number(inner))) == nil)
        #expect(try bench.deployment(.tag("latest", of: .uuid(known(frozen[inner]).uuid))) == nil)
        #expect(try bench.deployment(.id(DeploymentID(.random()))) == nil)
    }

    @Test(arguments: CatalogBench.Kind.allCases)
    func `have frozen documents, each content once`(kind: CatalogBench.Kind) throws {
        let bench = try CatalogBench(kind)
        let flow = try bench.add()
        for _ in 0..<2 { #expect(try bench.deploy([(flow, 1)]) != nil) }
        let run = RunID.make(at: Clock.system.now())
        bench.write([.created(bench.record(run))], of: run, through: 0)
        let (frozen, begun) = (bench.snapshot("flow \(flow)"), StorageHarness.snapshot)
        let hashes = [frozen.hash, [UInt8](repeating: 1, count: 32), begun.hash, frozen.hash]
        let found = try bench.snapshots(hashes)
        #expect(found.count == 2, "in any order, none twice, unknown ones left out")
        #expect(Set(found.map(\.document)) == [frozen.document, begun.document])
        #expect(Set(found.map(\.hash)) == [frozen.hash, begun.hash])
        #expect(try bench.snapshots([]).isEmpty)
    }

    @Test(arguments: CatalogBench.Kind.allCases)
    func `are made only of flows that are all as they are meant to be`(kind: CatalogBench.Kind) throws {
        let bench = try CatalogBench(kind)
        let (flow, other) = (try bench.add(), try bench.add(CatalogBench.Columns(isPublic: true), user: 1))
        for flows in [[(flow, 2)], [(flow, 0)], [(flow, 1), (other + 1, 1)], [(flow, 1), (other, 1)]] {
            #expect(try bench.deploy(flows.map { (number: $0, version: Int64($1)) }) == nil)
        }
        #expect(try bench.deploy([(flow, 1)], user: 1) == nil, "it is another user's")
        try bench.edit(flow, CatalogBench.Columns(startShared: true))
        #expect(try bench.deploy([(flow, 1)]) == nil, "it is another version by now")
        try bench.remove(flow)
        #expect(try bench.deploy([(flow, 2)]) == nil, "it is gone")
        for number in [flow, other] {
            #expect(try bench.deployment(.tag("latest", of: .number(number))) == nil)
        }
        #expect(try bench.snapshots([bench.snapshot("flow \(flow)").hash]).isEmpty)
    }

    @Test(arguments: CatalogBench.Kind.allCases)
    func `have ids in the order in which they were made, and latest follows`(kind: CatalogBench.Kind) throws {
        let bench = try CatalogBench(kind)
        let flows = [try bench.add(), try bench.add()]
        var ids: [DeploymentID] = []
        for index in 0..<20 {
            let id = try #require(try bench.deploy([(flows[index % 2], 1)]))
            #expect(id.id.high & 0xF000 == 0x7000 && id.id.low >> 62 == 2)
            ids.append(id)
            #expect(try bench.deployment(.tag("latest", of: .number(flows[index % 2])))?.id == id)
        }
        #expect(ids == ids.sorted() && Set(ids).count == 20)
        #expect(try bench.deployment(.tag("latest", of: .number(flows[0])))?.id == ids[18])
    }

    @Test(
        arguments: CatalogBench.Kind.allCases,
        [
            ([false, true, true], StartPermission.owner), ([true, false, false], .owner),
            ([true, false, true], .owner), ([true, true, false], .authenticated),
            ([true, true, true], .anonymous),
        ])
    func `admit whom the flow admits at first`(
        kind: CatalogBench.Kind, row: (flags: [Bool], permission: StartPermission)
    ) throws {
        let bench = try CatalogBench(kind)
        // Who may start the flows that it runs does not matter.
        let inner = try bench.add(
            CatalogBench.Columns(isPublic: true, startShared: true, startUnverified: true))
        let flow = try bench.add(
            CatalogBench.Columns(
                isPublic: row.flags[0], startShared: row.flags[1], startUnverified: row.flags[2]))
        let id = try #require(try bench.deploy([(flow, 1), (inner, 1)]))
        #expect(try bench.deployment(.id(id))?.permission == row.permission)
    }

    @Test(arguments: CatalogBench.Kind.allCases)
    func `stay as they are, whatever becomes of their flows`(kind: CatalogBench.Kind) throws {
        let bench = try CatalogBench(kind)
        var columns = CatalogBench.Columns()
        let flow = try bench.add(columns)
        let id = try #require(try bench.deploy([(flow, 1)]))
        (columns.isPublic, columns.startShared, columns.readEnabled) = (true, true, true)
        try bench.edit(flow, columns)
        #expect(try bench.deployment(.id(id))?.permission == .owner)
        #expect(try bench.deployment(.id(id))?.flows.first?.readEnabled == false)
        try bench.remove(flow)
        for name in [
            DeploymentName.id(id), .tag("latest", of: .number(flow)), .tag("latest", of: .uuid(columns.uuid)),
        ] {
            #expect(try bench.deployment(name)?.id == id)
        }
    }

    @Test(arguments: CatalogBench.Kind.allCases)
    func `are not called by a name that somebody has taken from a flow that is gone`(kind: CatalogBench.Kind)
        throws
    {
        let bench = try CatalogBench(kind)
        let columns = CatalogBench.Columns()
        let flow = try bench.add(columns)
        let mine = try #require(try bench.deploy([(flow, 1)]))
        try bench.remove(flow)
        let theirs = try bench.add(columns, user: 1)
        let other = try #require(try bench.deploy([(theirs, 1)], user: 1))
        #expect(try bench.deployment(.tag("latest", of: .uuid(columns.uuid)))?.id == mine)
        #expect(try bench.deployment(.tag("latest", of: .number(theirs)))?.id == other)
        // Of one owner's, the newest: the owner may have brought the flow back.
        try bench.remove(theirs)
        let back = try bench.add(columns)
        let newest = try #require(try bench.deploy([(back, 1)]))
        #expect(try bench.deployment(.tag("latest", of: .uuid(columns.uuid)))?.id == newest)
    }
}

/// What every keeper of copies must do: the one in memory, on which the engine is tested, and the one on Postgres.
///
/// Port: FlowCopies. Implementations: PostgresFlowCopies, MemoryStorage.
@Suite(.blocking) struct `Copies of flows` {
    /// Copies flows for a user, and gives the copies' names, or nil if nothing was written down.
    private func copy(
        _ flows: [(number: Int32, version: Int64)], on bench: CatalogBench, user: Int,
        uuids: [UniqueID]? = nil
    ) throws -> [UniqueID]? {
        let uuids = uuids ?? flows.map { _ in .random() }
        let draft = FlowCopyDraft(
            owner: bench.users[user],
            flows: zip(flows, uuids).map { flow, uuid in
                let nodes = Array(#"[{"copy of":\#(flow.number)}]"#.utf8)
                return FlowCopyDraft.Flow(
                    number: flow.number, version: flow.version, uuid: uuid,
                    content: RewrittenFlow(nodes: nodes, edges: Array("[7]".utf8)))
            })
        let isStored = try answer { bench.copies.store(draft, reply: $0) }.get()
        for uuid in uuids { #expect(try (bench.flow(.uuid(uuid)) != nil) == isStored, "all or none") }
        return isStored ? uuids : nil
    }

    @Test(arguments: CatalogBench.Kind.allCases)
    func `are private, and otherwise like the originals`(kind: CatalogBench.Kind) throws {
        let bench = try CatalogBench(kind)
        let columns = CatalogBench.Columns(
            isPublic: true, startShared: true, startUnverified: true, readEnabled: true, resumesOnCrash: true)
        let (first, second) = (try bench.add(columns), try bench.add(CatalogBench.Columns(isPublic: true)))
        let before = try #require(try bench.flow(.number(first)))
        let made = try #require(try copy([(first, 1), (second, 1)], on: bench, user: 1))
        let rows = try made.map { try #require(try bench.flow(.uuid($0))) }
        for (row, original) in zip(rows, [first, second]) {
            #expect(row.owner == bench.users[1] && row.version == 1)
            #expect(!row.isPublic && !row.startShared && !row.startUnverified && !row.readEnabled)
            let document = String(decoding: try #require(row.document), as: UTF8.self)
            #expect(document.contains(#"[{"copy of":\#(original)}]"#) && document.contains("[7]"))
        }
        #expect(rows.map(\.resumesOnCrash) == [true, false])
        #expect(Set(rows.map(\.number) + [first, second]).count == 4, "each has a number of its own")
        let after = try #require(try bench.flow(.number(first)))
        #expect(after.version == 1 && after.document == before.document && after.isPublic)
    }

    @Test(arguments: CatalogBench.Kind.allCases)
    func `are made of one's own flows and of those that all may see, as they were read`(
        kind: CatalogBench.Kind
    ) throws {
        let bench = try CatalogBench(kind)
        let open = try bench.add(CatalogBench.Columns(isPublic: true))
        let closed = try bench.add(CatalogBench.Columns(startShared: true))
        #expect(try copy([(open, 1), (closed, 1)], on: bench, user: 1) == nil, "one may not be seen")
        #expect(try copy([(open, 1), (closed, 1)], on: bench, user: 0) != nil)
        #expect(try copy([(open, 2)], on: bench, user: 1) == nil)
        #expect(try copy([(open, 1), (closed + 1_000, 1)], on: bench, user: 1) == nil)
        #expect(try copy([], on: bench, user: 1) == nil)
        try bench.edit(open, CatalogBench.Columns())
        #expect(try copy([(open, 2)], on: bench, user: 1) == nil, "it may not be seen any more")
        #expect(try copy([(open, 1)], on: bench, user: 0) == nil, "it is another version by now")
        #expect(try copy([(open, 2)], on: bench, user: 0) != nil)
        try bench.remove(open)
        #expect(try copy([(open, 2)], on: bench, user: 0) == nil, "it is gone")
    }

    @Test(arguments: CatalogBench.Kind.allCases)
    func `do not take the name of another flow`(kind: CatalogBench.Kind) throws {
        let bench = try CatalogBench(kind)
        let columns = CatalogBench.Columns()
        let flow = try bench.add(columns)
        let fresh = UniqueID.random()
        #expect(throws: StorageError.self) {
            try copy([(flow, 1), (flow, 1)], on: bench, user: 0, uuids: [fresh, columns.uuid])
        }
        #expect(try bench.flow(.uuid(fresh)) == nil)
        #expect(try bench.flow(.uuid(columns.uuid))?.number == flow)
    }
}
