import Engine
import Identity
import Postgres
import Primitives
import TestTraits
import Testing
import Values

@testable import Store

@Suite(.blocking) struct `The catalogue on Postgres` {
    private let harness: StorageHarness
    private let connection: BlockingConnection

    init() throws {
        harness = try StorageHarness()
        connection = try BlockingConnection(harness.connectionString)
    }

    private func flow(_ id: FlowID, known: Int64? = nil) throws -> FlowRow? {
        try answer { harness.storage.catalog.flow(id, knownVersion: known, reply: $0) }.get()
    }

    private func add(_ change: (inout FlowImport) -> Void = { _ in }, number: Int32? = nil) throws -> Int32 {
        var flow = FlowImport(
            nodes: Array(#"[{"id":"x", "data":{"z":1.0,"a":"\u0000"}}]"#.utf8), edges: Array("[]".utf8))
        change(&flow)
        return try FlowImports(connection).add(flow, of: harness.user, number: number)
    }

    @Test func `a flow is found by number and by name, with its document as it was stored`() throws {
        defer { harness.storage.stop() }
        let number = try add {
            $0.name = "a \"flow\""
            $0.isPublic = true
            $0.environment = Array(#"{"B":"2","A":"1"}"#.utf8)
        }
        let row = try #require(try flow(.number(number)))
        #expect(row.number == number && row.owner == harness.user && row.version == 1)
        #expect(row.isPublic && !row.startShared && !row.startUnverified && !row.readEnabled)
        let document = String(decoding: try #require(row.document), as: UTF8.self)
        #expect(document.contains(#""nodes" : [{"id":"x", "data":{"z":1.0,"a":"\u0000"}}]"#))
        #expect(document.contains(#""environment" : {"B":"2","A":"1"}"#))
        #expect(document.contains(#""name" : "a \"flow\"""#))
        #expect(document.contains(#""instructions_bundling" : "Off""#))
        #expect(try flow(.uuid(row.uuid))?.number == number)
        for id in [FlowID.number(number), .uuid(row.uuid)] {
            let bare = try #require(try flow(id, known: FlowRow.noDocument))
            #expect(bare.document == nil && bare.owner == harness.user && bare.version == 1)
        }
        #expect(try flow(.number(number + 1)) == nil)
        #expect(try flow(.uuid(.zero)) == nil)
    }

    @Test func `numbers that are given do not meet those that are handed out`() throws {
        defer { harness.storage.stop() }
        #expect(try add(number: 3) == 3)
        #expect(try add() == 4)
        #expect(try add(number: 1) == 1)
        #expect(try add() == 5)
        let error = #expect(throws: PostgresError.self) { try add(number: 3) }
        #expect(error?.state == .uniqueViolation)
        #expect(throws: PostgresError.self) { try add { $0.nodes = Array("{}".utf8) } }
    }

    @Test func `accounts are made once`() throws {
        defer { harness.storage.stop() }
        let accounts = Accounts(connection)
        let key = known(PublicKey(bytes: [UInt8](repeating: 8, count: 32)))
        #expect(try accounts.owner() == nil)
        let owner = try accounts.createUser(key, name: "o", isAdministrator: true)
        #expect(try accounts.createUser(key) == owner)
        #expect(try accounts.user(key) == owner)
        #expect(try accounts.owner()?.user == owner)
        #expect(try accounts.counts() == (2, 0, 0))
    }

    @Test func `pages follow each other without a gap, by rows and by bytes`() throws {
        defer { harness.storage.stop() }
        let run = RunID.make(at: Clock.system.now())
        var script = EventScript(run: run, owner: harness.user)
        let node = NodeExecution(node: StorageHarness.nodes[0], times: 0)
        let large = Value.string(String(repeating: "x", count: Limits.replayPageBytesMax / 3))
        var entries: [JournalEntry] = [.created(harness.record(run)), script.add(.flowStarted)]
        for index in 0..<4 {
            entries.append(script.add(.nodeStarted(node, input: ["large": large])))
            entries.append(script.add(.flowLogged(RunLogLine(level: .info, content: "line \(index)"))))
            entries.append(script.add(.nodeOutput(node, output: ["small": .u64(UInt64(index))])))
            entries.append(script.add(.nodeFinished(node)))
        }
        harness.storage.journal.append(entries)
        #expect(harness.notices.wait { $0.durable(run) == 17 })
        for limit in [3, 1_000] {
            var read: [RunEvent] = []
            var pages = 0
            while true {
                let after = read.last?.sequence ?? 0
                let page = try answer {
                    harness.storage.catalog.events(of: run, after: after, limit: limit, reply: $0)
                }.get()
                guard !page.isEmpty else { break }
                #expect(page.count <= limit)
                if page.count > 1, page.last?.sequence != 17, page.count < limit {
                    if case .nodeOutput? = page.last?.content { Issue.record("a page ends behind an output") }
                }
                read += page
                pages += 1
            }
            #expect(read.map { "\($0)" } == script.events.map { "\($0)" })
            if limit == 1_000 { #expect(pages > 1, "three large events fill a page") }
        }
    }

    @Test func `an output larger than a page comes with the end of its execution`() throws {
        defer { harness.storage.stop() }
        let run = RunID.make(at: Clock.system.now())
        var script = EventScript(run: run, owner: harness.user)
        let node = NodeExecution(node: StorageHarness.nodes[0], times: 0)
        let large = Value.string(String(repeating: "x", count: Limits.replayPageBytesMax + 1))
        harness.storage.journal.append([
            .created(harness.record(run)), script.add(.nodeStarted(node, input: [:])),
            script.add(.nodeOutput(node, output: ["large": large])), script.add(.nodeFinished(node)),
            script.add(.nodeFinished(node)),
        ])
        #expect(harness.notices.wait { $0.durable(run) == 4 })
        for after in [0, 1] as [UInt64] {
            let page = try answer {
                harness.storage.catalog.events(of: run, after: after, limit: 1_000, reply: $0)
            }.get()
            #expect(page.map(\.sequence) == Array(after + 1...3))
        }
    }

    @Test func `an output that is the last stored event is shown`() throws {
        defer { harness.storage.stop() }
        let run = RunID.make(at: Clock.system.now())
        var script = EventScript(run: run, owner: harness.user)
        let node = NodeExecution(node: StorageHarness.nodes[0], times: 0)
        harness.storage.journal.append([
            .created(harness.record(run)), script.add(.flowStarted),
            script.add(.nodeOutput(node, output: [:])),
        ])
        #expect(harness.notices.wait { $0.durable(run) == 2 })
        let page = try answer { harness.storage.catalog.events(of: run, after: 0, limit: 9, reply: $0) }.get()
        #expect(page.count == 2)
    }
}
