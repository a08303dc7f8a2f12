import Engine
import Primitives
import TestKit
import TestTraits
import Testing
import Values

@testable import Store

/// What every catalogue must do: the one in memory, on which the engine is tested, and the one on Postgres.
///
/// Port: FlowCatalog. Implementations: PostgresCatalog, MemoryStorage.
@Suite(.blocking) struct `Catalogues` {
    @Test(arguments: CatalogBench.Kind.allCases)
    func `find a flow under both of its names, with its columns`(kind: CatalogBench.Kind) throws {
        let bench = try CatalogBench(kind)
        let uuid = UniqueID.random()
        let plain = try bench.add()
        let full = try bench.add(
            CatalogBench.Columns(
                uuid: uuid, isPublic: true, startShared: true, startUnverified: true, readEnabled: true,
                resumesOnCrash: true), user: 1)
        for id in [FlowID.number(full), .uuid(uuid)] {
            let row = try #require(try bench.flow(id))
            #expect(row.number == full && row.uuid == uuid && row.owner == bench.users[1])
            #expect(row.isPublic && row.startShared && row.startUnverified && row.readEnabled)
            #expect(row.resumesOnCrash && row.version == 1 && row.document != nil)
        }
        let row = try #require(try bench.flow(.number(plain)))
        #expect(row.owner == bench.users[0] && !row.isPublic && !row.startShared && !row.startUnverified)
        #expect(!row.readEnabled && !row.resumesOnCrash)
        #expect(try bench.flow(.number(full + 1)) == nil && bench.flow(.uuid(.random())) == nil)
    }

    @Test(arguments: CatalogBench.Kind.allCases)
    func `leave a known document out, and read the columns each time`(kind: CatalogBench.Kind) throws {
        let bench = try CatalogBench(kind)
        var columns = CatalogBench.Columns()
        let number = try bench.add(columns)
        for id in [FlowID.number(number), .uuid(columns.uuid)] {
            #expect(try bench.flow(id, known: 1)?.document == nil)
            #expect(try bench.flow(id, known: 7)?.document != nil)
        }
        columns.startShared = true
        try bench.edit(number, columns)
        let changed = try #require(try bench.flow(.uuid(columns.uuid), known: 1))
        #expect(changed.startShared && changed.version == 2 && changed.document != nil)
        let known = try #require(try bench.flow(.number(number), known: 2))
        #expect(known.startShared && known.document == nil)
        try bench.remove(number)
        #expect(try bench.flow(.number(number), known: 2) == nil)
        #expect(try bench.flow(.uuid(columns.uuid)) == nil)
    }

    @Test(arguments: CatalogBench.Kind.allCases)
    func `know a run from its creation to its end, and show no secrets`(kind: CatalogBench.Kind) throws {
        let bench = try CatalogBench(kind)
        let run = RunID.make(at: Clock.system.now())
        func summary() throws -> RunSummary? { try answer { bench.catalog.run(run, reply: $0) }.get() }
        #expect(try summary() == nil)
        var script = EventScript(run: run, owner: bench.users[0])
        bench.write([.created(bench.record(run, sharedWith: [bench.users[1]]))], of: run, through: 0)
        let created = try #require(try summary())
        #expect(created.id == run && created.owner == bench.users[0])
        #expect(created.sharedWith == [bench.users[1]])
        #expect(created.status == .starting && created.output == nil)
        bench.write([script.add(.flowStarted)], of: run, through: 1)
        #expect(try summary()?.status == .running)
        let output: ValueMap = ["a": .vaultSecret("psst", provider: "p", label: "l"), "b": .u64(1)]
        let end = script.add(.flowFinished(notRun: [], output: output, status: .failed))
        bench.write([end], of: run, through: 2)
        let ended = try #require(try summary())
        #expect(ended.status == .failed && ended.output?.holdsSecret == false)
        #expect(
            ended.output.map { Value.map($0).taggedText }
                == #"{"M":{"a":{"S":"<vault:p/l>"},"b":{"U":"1"}}}"#)
    }

    @Test(arguments: CatalogBench.Kind.allCases)
    func `give what nodes put out in runs of one owner, in order`(kind: CatalogBench.Kind) throws {
        let bench = try CatalogBench(kind)
        let (run, other) = (RunID.make(at: Clock.system.now()), RunID.make(at: Clock.system.now()))
        let nodes = StorageHarness.nodes
        func output(_ node: Int, _ times: Int32, _ output: ValueMap) -> RunEvent.Content {
            .nodeOutput(NodeExecution(node: nodes[node], times: times), output: output)
        }
        var script = EventScript(run: run, owner: bench.users[0])
        let contents = [
            output(1, 0, ["a": .u64(1)]), output(0, 1, ["a": .u64(2)]), output(0, 0, ["a": .u64(3)]),
            // The last one of a port counts, wherever it stands.
            output(0, 1, ["b": .u64(4)]), output(0, 1, ["a": .u64(5)]),
            output(2, 0, ["a": .vaultSecret("psst", provider: "p", label: "l")]),
        ]
        bench.write(
            [.created(bench.record(run))] + contents.map { script.add($0) }, of: run, through: 6)
        var theirs = EventScript(run: other, owner: bench.users[1])
        bench.write(
            [.created(bench.record(other, user: 1)), theirs.add(output(0, 0, ["a": .u64(9)]))], of: other,
            through: 1)
        func outputs(_ wanted: [(RunID, Int)], user: Int = 0) throws -> [String] {
            let wanted = wanted.map { (run: $0, node: nodes[$1]) }
            return try answer { bench.catalog.outputs(of: wanted, owner: bench.users[user], reply: $0) }.get()
                .map { found in
                    let node = known(nodes.firstIndex(of: found.node))
                    return "\(node).\(found.times) \(Value.map(found.outputs).taggedText)"
                }
        }
        #expect(
            try outputs([(run, 2), (run, 1), (run, 0), (run, 3)]) == [
                #"0.0 {"M":{"a":{"U":"3"}}}"#, #"0.1 {"M":{"a":{"U":"5"},"b":{"U":"4"}}}"#,
                #"1.0 {"M":{"a":{"U":"1"}}}"#, #"2.0 {"M":{"a":{"S":"<vault:p/l>"}}}"#,
            ])
        #expect(try outputs([(other, 0), (RunID(.random()), 0)]) == [])
        #expect(try outputs([(other, 0), (run, 0)], user: 1) == [#"0.0 {"M":{"a":{"U":"9"}}}"#])
        #expect(try outputs([]) == [])
    }
}
