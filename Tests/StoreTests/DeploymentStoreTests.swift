import Chain
import Engine
import Identity
import Postgres
import Primitives
import TestTraits
import Testing
import Values

@testable import Store

@Suite(.blocking) struct `Deployments on Postgres` {
    private let harness: StorageHarness
    private let connection: BlockingConnection

    init() throws {
        harness = try StorageHarness()
        connection = try BlockingConnection(harness.connectionString)
    }

    private func add(_ change: (inout FlowImport) -> Void = { _ in }) throws -> Int32 {
        var flow = FlowImport(nodes: Array("[]".utf8), edges: Array("[]".utf8))
        change(&flow)
        return try FlowImports(connection).add(flow, of: harness.user)
    }

    private func snapshot(_ text: String) -> FlowSnapshot {
        let document = Array(#"{"nodes":[],"edges":[],"name":"\#(text)\u0000"}"#.utf8)
        return FlowSnapshot(hash: Digest.sha256(document), document: document)
    }

    private func deploy(
        _ flows: [(number: Int32, version: Int64)], owner: UserID? = nil, wallets: [Bytes32] = []
    ) throws -> DeploymentID? {
        let draft = DeploymentDraft(
            owner: owner ?? harness.user, entrypoint: flows[0].number,
            terms: ChainTerms(network: FlowNetwork(url: "https://rpc.example", cluster: "testnet")),
            flows: flows.map {
                DeploymentDraft.Flow(
                    number: $0.number, version: $0.version, snapshot: snapshot("flow \($0.number)"))
            }, belongings: wallets.map { StaticWallet(key: $0, id: 0, type: nil) })
        return try answer { harness.storage.deployments.deploy(draft, reply: $0) }.get()
    }

    private func row(_ name: DeploymentName) throws -> DeploymentRow? {
        try answer { harness.storage.catalog.deployment(name, reply: $0) }.get()
    }

    private func latest(_ flow: Int32) throws -> [String] {
        try harness.rows(
            "SELECT deployment_id FROM flow_deployments_tags WHERE entrypoint = \(flow) AND tag = 'latest'")
    }

    @Test func `are made only of flows that are all as they are meant to be`() throws {
        defer { harness.storage.stop() }
        let flow = try add()
        #expect(try deploy([(flow, 2)]) == nil)
        #expect(try deploy([(flow, 1), (flow + 1, 1)]) == nil)
        #expect(try deploy([(flow, 1)], owner: UserID(.random())) == nil)
        for table in [
            "flow_deployments", "flow_deployments_flows", "flow_deployments_tags", "flow_snapshots",
        ] {
            #expect(try harness.rows("SELECT count(*) FROM \(table)") == ["0"], "\(table)")
        }
    }

    @Test func `have ids in the order in which they were made, and latest follows`() throws {
        defer { harness.storage.stop() }
        let (flow, other) = (try add(), try add())
        var ids: [DeploymentID] = []
        for index in 0..<40 { ids.append(try #require(try deploy([(index % 2 == 0 ? flow : other, 1)]))) }
        #expect(ids == ids.sorted())
        #expect(ids.allSatisfy { $0.id.high & 0xF000 == 0x7000 && $0.id.low >> 62 == 2 })
        #expect(
            try harness.rows("SELECT id FROM flow_deployments ORDER BY created_at, id") == ids.map(\.text))
        let mine = stride(from: 0, to: 40, by: 2).map { ids[$0].text }
        #expect(try latest(flow) == [mine[19]])
        _ = try harness.rows("DELETE FROM flow_deployments WHERE id = '\(mine[19])'")
        #expect(try latest(flow) == [mine[18]])
        _ = try harness.rows(
            """
            UPDATE flow_deployments_tags SET deployment_id = '\(mine[3])' WHERE entrypoint = \(flow);
            DELETE FROM flow_deployments WHERE id = '\(mine[18])'
            """)
        #expect(try latest(flow) == [mine[3]])
        // A clock that was ahead once does not turn the order round.
        _ = try harness.rows(
            """
            INSERT INTO flow_deployments (id, user_id, entrypoint, solana_network)
            SELECT 'ffffffff-0000-7abc-8000-000000000000', user_id, entrypoint, solana_network
            FROM flow_deployments WHERE id = '\(mine[0])'
            """)
        #expect(try #require(try deploy([(flow, 1)])).text > "ffffffff-0000-7abc")
    }

    @Test func `sign with the owner's kept keys that their flows name, and no others`() throws {
        defer { harness.storage.stop() }
        let flow = try add()
        let keys = (1...4).map { known(Bytes32([UInt8](repeating: $0, count: 32))) }
        let texts = keys.map { Base58.encode($0.bytes) }
        let stranger = try Accounts(connection).createUser(
            known(PublicKey(bytes: [UInt8](repeating: 9, count: 32))))
        _ = try harness.rows(
            """
            INSERT INTO wallets (user_id, type, public_key, sealed_keypair) VALUES
                ('\(harness.user)', 'HARDCODED', '\(texts[0])', 'x'),
                ('\(harness.user)', 'ADAPTER', '\(texts[1])', NULL),
                ('\(stranger)', 'HARDCODED', '\(texts[2])', 'x'),
                ('\(harness.user)', 'HARDCODED', '\(texts[3])', 'x')
            """)
        let id = try #require(try deploy([(flow, 1)], wallets: Array(keys.prefix(3))))
        #expect(
            try harness.rows(
                """
                SELECT w.public_key FROM flow_deployments_wallets d JOIN wallets w ON w.id = d.wallet_id
                WHERE d.deployment_id = '\(id)' AND d.user_id = w.user_id
                """) == [texts[0]])
        let wallets = try answer { harness.storage.wallets.wallets(of: [harness.user], reply: $0) }.get()
        // The last one stands for the key that he is known by.
        #expect(wallets.map(\.isKept) == [false, true, false, true, false])
        #expect(wallets.last?.id == 0 && wallets.first?.key == wallets.last?.key)
    }

    @Test(arguments: [
        #"fees = '{}'"#, #"fees = '[1]'"#, #"fees = '[["2cruTfCER3HaFwXnR99uM3jM1nPAPR5eWmVF2PiM7viR"]]'"#,
        #"fees = '[["2cruTfCER3HaFwXnR99uM3jM1nPAPR5eWmVF2PiM7viR", -1]]'"#,
        #"fees = '[["2cruTfCER3HaFwXnR99uM3jM1nPAPR5eWmVF2PiM7viR", 18446744073709551616]]'"#,
        #"fees = '[["2cruTfCER3HaFwXnR99uM3jM1nPAPR5eWmVF2PiM7viR", 1.5]]'"#, #"fees = '[["0", 1]]'"#,
        #"fees = '[[7, 1]]'"#, "fees = NULL", "start_permission = '\"Nobody\"'", "action_identity = 'key'",
        #"solana_network = '{"url":"u","cluster":"c"}'"#, #"solana_network = '{"cluster":"devnet"}'"#,
        "id = gen_random_uuid()", "entrypoint = 7", "created_at = now()",
    ])
    func `refuse columns that make no sense`(change: String) throws {
        defer { harness.storage.stop() }
        let id = try #require(try deploy([(try add(), 1)]))
        #expect(throws: (any Error).self) {
            try harness.rows("UPDATE flow_deployments SET \(change) WHERE id = '\(id)'")
        }
    }

    @Test func `are read as they are, and are another revision after each change`() throws {
        defer { harness.storage.stop() }
        let id = try #require(try deploy([(try add(), 1)]))
        let before = try #require(try row(.id(id))).revision
        let key = "2cruTfCER3HaFwXnR99uM3jM1nPAPR5eWmVF2PiM7viR"
        _ = try harness.rows(
            """
            INSERT INTO wallets (user_id, type, public_key, sealed_keypair)
            SELECT '\(harness.user)', 'HARDCODED', unnest(ARRAY['\(key)', repeat('z', 44)]), 'x';
            UPDATE flow_deployments SET start_permission = '"Anonymous"', output_instructions = true,
                fees = '[["\(key)", 18446744073709551615]]', action_identity = '\(key)',
                solana_network = '{"url":"https://x","cluster":"mainnet-beta"}'
            """)
        let found = try #require(try row(.id(id)))
        let bytes = known(Bytes32(known(Base58.decode(key))))
        #expect(found.permission == .anonymous && found.collectsActs && found.problems.isEmpty)
        #expect(found.terms.chain.fees == [FlowFee(receiver: bytes, lamports: .max)])
        #expect(found.terms.chain.identity == bytes && found.terms.chain.network.cluster == "mainnet-beta")
        #expect(found.revision != before)
        // Base58 of the right length need not be a key.
        _ = try harness.rows(
            "UPDATE flow_deployments SET action_identity = repeat('z', 44), fees = jsonb_build_array(jsonb_build_array(repeat('z', 44), 1))"
        )
        #expect(try #require(try row(.id(id))).problems.count == 2)
    }

    @Test func `act under keys of their owner's hard-coded wallets only, as long as these are there`() throws
    {
        defer { harness.storage.stop() }
        let id = try #require(try deploy([(try add(), 1)]))
        let stranger = try Accounts(connection).createUser(
            known(PublicKey(bytes: [UInt8](repeating: 9, count: 32))))
        let keys = (1...3).map { Base58.encode([UInt8](repeating: $0, count: 32)) }
        _ = try harness.rows(
            """
            INSERT INTO wallets (user_id, type, public_key, sealed_keypair) VALUES
                ('\(harness.user)', 'HARDCODED', '\(keys[0])', 'x'),
                ('\(harness.user)', 'ADAPTER', '\(keys[1])', NULL),
                ('\(stranger)', 'HARDCODED', '\(keys[2])', 'x')
            """)
        for (key, isTaken) in zip(keys, [true, false, false]) {
            let change = "UPDATE flow_deployments SET action_identity = '\(key)'"
            if isTaken {
                try harness.rows(change)
            } else {
                #expect(throws: (any Error).self) { try harness.rows(change) }
            }
        }
        #expect(try #require(try row(.id(id))).problems.isEmpty)
        try harness.rows("DELETE FROM wallets")
        #expect(
            try #require(try row(.id(id))).problems == [
                "action_identity of the deployment: its owner must have a hard-coded wallet of this key"
            ])
        try harness.rows("UPDATE flow_deployments SET output_instructions = true")
    }

    @Test func `stay in their runs' records when flow and deployment are gone`() throws {
        defer { harness.storage.stop() }
        let flow = try add()
        let id = try #require(try deploy([(flow, 1)]))
        let run = RunID.make(at: Clock.system.now())
        let key = known(Bytes32([UInt8](repeating: 3, count: 32)))
        let record = RunRecord(
            id: run, owner: harness.user, startedBy: nil, startedKey: Base58.encode(key.bytes), flow: flow,
            deployment: id, snapshot: snapshot("flow \(flow)"), inputs: [:], environment: [:],
            terms: ChainTerms(fees: [FlowFee(receiver: key, lamports: 7)], identity: key, signer: key),
            bundling: "Off", createdAt: Clock.system.now())
        try connection.run("DELETE FROM flows WHERE id = $1", [.integer], [.integer(flow)])
        harness.storage.journal.append([.created(record)])
        #expect(harness.notices.wait { $0.durable(run) != nil })
        #expect(
            try harness.rows("SELECT flow_id, deployment_id FROM flow_run") == ["|\(id)"])
        _ = try harness.rows("DELETE FROM flow_deployments")
        let stored = try #require(try harness.storage.leftRun(run))
        #expect(stored.record.deployment == id && stored.record.startedKey == record.startedKey)
        #expect(stored.record.terms.chain == record.terms.chain)
    }

    @Test func `may go while their runs begin, those that nodes start as well`() throws {
        defer { harness.storage.stop() }
        let flow = try add()
        let id = try #require(try deploy([(flow, 1)]))
        _ = try harness.rows("DELETE FROM flow_deployments")
        let run = RunID.make(at: Clock.system.now())
        harness.storage.journal.append([
            .created(
                RunRecord(
                    id: run, owner: harness.user, startedBy: harness.user, flow: flow, deployment: id,
                    snapshot: snapshot("flow \(flow)"), inputs: [:], environment: [:], terms: ChainTerms(),
                    bundling: "Off", createdAt: Clock.system.now()))
        ])
        #expect(harness.notices.wait { $0.durable(run) != nil })
        #expect(try harness.rows("SELECT flow_id, deployment_id FROM flow_run") == ["\(flow)|"])
        let stored = try #require(try harness.storage.leftRun(run))
        #expect(stored.record.deployment == id)
    }
}

@Suite(.blocking) struct `Copies of flows on Postgres` {
    @Test func `are all there or none, private, and like the originals`() throws {
        let harness = try StorageHarness()
        defer { harness.storage.stop() }
        let connection = try BlockingConnection(harness.connectionString)
        let imports = FlowImports(connection)
        var flow = FlowImport(nodes: Array("[]".utf8), edges: Array("[]".utf8))
        flow.name = "original"
        flow.environment = Array(#"{"a":"b"}"#.utf8)
        flow.isPublic = true
        flow.startShared = true
        let open = try imports.add(flow, of: harness.user)
        flow.isPublic = false
        let closed = try imports.add(flow, of: harness.user)
        let user = try Accounts(connection).createUser(
            known(PublicKey(bytes: [UInt8](repeating: 9, count: 32))))
        func copy(_ flows: [(Int32, Int64)], for owner: UserID) throws -> Bool {
            let draft = FlowCopyDraft(
                owner: owner,
                flows: flows.map { number, version in
                    FlowCopyDraft.Flow(
                        number: number, version: version, uuid: .random(),
                        content: RewrittenFlow(nodes: Array("[1]".utf8), edges: Array("[2]".utf8)))
                })
            return try answer { harness.storage.copies.store(draft, reply: $0) }.get()
        }
        #expect(try !copy([(open, 1), (closed, 1)], for: user))
        #expect(try !copy([(open, 2)], for: user))
        #expect(try harness.rows("SELECT count(*) FROM flows WHERE user_id = '\(user)'") == ["0"])
        // What may hold secrets of the first owner stays with him.
        for (owner, environment) in [(user, "{}"), (harness.user, #"{"a":"b"}"#)] {
            #expect(try copy([(open, 1)], for: owner))
            #expect(
                try harness.rows(
                    """
                    SELECT name, environment, nodes, edges, is_public, start_shared, parent_flow FROM flows
                    WHERE user_id = '\(owner)' AND parent_flow IS NOT NULL
                    """) == ["original|\(environment)|[1]|[2]|f|f|\(open)"])
        }
    }
}
