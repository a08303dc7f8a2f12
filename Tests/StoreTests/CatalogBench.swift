import Chain
import Engine
import Foundation
import Identity
import Postgres
import Primitives
import TestKit
import Testing
import Values

@testable import Store

/// One implementation of what flows, their frozen and other copies, and runs are read from and written to, with two users.
final class CatalogBench {
    enum Kind: CaseIterable {
        case memory, postgres
    }

    /// The columns of a flow that decide something.
    struct Columns {
        var uuid = UniqueID.random()
        var isPublic = false
        var startShared = false
        var startUnverified = false
        var readEnabled = false
        var resumesOnCrash = false
    }

    let catalog: any FlowCatalog
    let deployments: any DeploymentBook
    let copies: any FlowCopies
    let journal: any RunJournal
    let wallets: any WalletCatalog
    let users: [UserID]
    /// By which the users are known.
    let keys = [7, 8].map { known(Bytes32([UInt8](repeating: $0, count: 32))) }
    private let memory: MemoryStorage?
    private let harness: StorageHarness?
    private let notices: NoticeBox
    private var lastFlow: Int32 = 0
    private var walletCount: Int64 = 0

    init(_ kind: Kind) throws {
        switch kind {
        case .memory:
            let storage = MemoryStorage()
            (catalog, deployments, copies, journal, wallets) = (storage, storage, storage, storage, storage)
            (memory, harness, notices) = (storage, nil, NoticeBox())
            users = [UserID(.random()), UserID(.random())]
            for (user, key) in zip(users, keys) {
                storage.add(WalletRow(id: 0, owner: user, key: key, isKept: false))
            }
            storage.addListener(lane: 0, of: 1) { [notices] in notices.add($0) }
        case .postgres:
            let harness = try StorageHarness()
            let storage = harness.storage
            (catalog, deployments, wallets) = (storage.catalog, storage.deployments, storage.wallets)
            (copies, journal, memory, self.harness) = (storage.copies, storage.journal, nil, harness)
            let other = try Accounts(BlockingConnection(harness.connectionString)).createUser(
                known(PublicKey(bytes: [UInt8](repeating: 8, count: 32))))
            (users, notices) = ([harness.user, other], harness.notices)
            try harness.rows("DELETE FROM wallets")
        }
    }

    deinit { harness?.storage.stop() }

    /// Stores a flow and gives its number.
    func add(_ columns: Columns = Columns(), user: Int = 0) throws -> Int32 {
        guard let harness else {
            let storage = known(memory)
            // A number is never given again.
            lastFlow = max(lastFlow, storage.flows.map(\.number).max() ?? 0) + 1
            let number = lastFlow
            storage.add(row(number, columns, owner: users[user], version: 1))
            return number
        }
        let text = try harness.rows(
            """
            INSERT INTO flows (uuid, user_id, nodes, edges, is_public, start_shared, start_unverified,
                read_enabled, on_crash)
            VALUES ('\(columns.uuid.text)', '\(users[user])', '[]', '[]', \(columns.isPublic),
                \(columns.startShared), \(columns.startUnverified), \(columns.readEnabled),
                '\(columns.resumesOnCrash ? "resume" : "fail")')
            RETURNING id
            """)
        return known(text.first.flatMap { Int32($0) })
    }

    private func row(_ number: Int32, _ columns: Columns, owner: UserID, version: Int64) -> FlowRow {
        FlowRow(
            number: number, uuid: columns.uuid, owner: owner, isPublic: columns.isPublic,
            startShared: columns.startShared, startUnverified: columns.startUnverified,
            readEnabled: columns.readEnabled, resumesOnCrash: columns.resumesOnCrash, version: version,
            document: Array("version \(version)".utf8))
    }

    /// Puts other columns in the place of a flow's, which makes another version of it.
    func edit(_ number: Int32, _ columns: Columns) throws {
        if let memory {
            let old = known(memory.flows.last { $0.number == number })
            memory.add(row(number, columns, owner: old.owner, version: old.version + 1))
        }
        try harness?.rows(
            """
            UPDATE flows SET is_public = \(columns.isPublic), start_shared = \(columns.startShared),
                start_unverified = \(columns.startUnverified), read_enabled = \(columns.readEnabled)
            WHERE id = \(number)
            """)
    }

    func remove(_ number: Int32) throws {
        memory?.removeFlow(number)
        try harness?.rows("DELETE FROM flows WHERE id = \(number)")
    }

    func addWallet(_ number: UInt8, user: Int, kept: Bool) throws -> Bytes32 {
        let key = known(Bytes32([UInt8](repeating: number, count: 32)))
        walletCount += 1
        memory?.add(WalletRow(id: walletCount, owner: users[user], key: key, isKept: kept))
        try harness?.rows(
            """
            INSERT INTO wallets (user_id, type, public_key, sealed_keypair) VALUES
                ('\(users[user])', '\(kept ? "HARDCODED" : "ADAPTER")', '\(Base58.encode(key.bytes))',
                \(kept ? "'x'" : "NULL"))
            """)
        return key
    }

    func flow(_ id: FlowID, known version: Int64? = nil) throws -> FlowRow? {
        try answer { catalog.flow(id, knownVersion: version, reply: $0) }.get()
    }

    func snapshot(_ text: String) -> FlowSnapshot {
        let document = Array(#"{"nodes":[],"edges":[],"name":"\#(text)\u0000"}"#.utf8)
        return FlowSnapshot(hash: Digest.sha256(document), document: document)
    }

    /// - Parameter flows: numbers and versions, the one that is to run first.
    func deploy(
        _ flows: [(number: Int32, version: Int64)], user: Int = 0, wallets: [Bytes32] = []
    ) throws -> DeploymentID? {
        let draft = DeploymentDraft(
            owner: users[user], entrypoint: flows[0].number,
            terms: ChainTerms(network: FlowNetwork(url: "https://rpc.example", cluster: "testnet")),
            flows: flows.map {
                DeploymentDraft.Flow(
                    number: $0.number, version: $0.version, snapshot: snapshot("flow \($0.number)"))
            }, belongings: wallets.map { StaticWallet(key: $0, id: 0, type: nil) })
        return try answer { deployments.deploy(draft, reply: $0) }.get()
    }

    func deployment(_ name: DeploymentName) throws -> DeploymentRow? {
        try answer { catalog.deployment(name, reply: $0) }.get()
    }

    func snapshots(_ hashes: [[UInt8]]) throws -> [FlowSnapshot] {
        try answer { catalog.snapshots(hashes, reply: $0) }.get()
    }

    /// A run that a test tells about itself.
    func record(_ run: RunID, user: Int = 0, sharedWith: [UserID] = []) -> RunRecord {
        RunRecord(
            id: run, owner: users[user], startedBy: nil, flow: nil, snapshot: StorageHarness.snapshot,
            inputs: [:], environment: [:], terms: ChainTerms(), bundling: "Off", sharedWith: sharedWith,
            createdAt: Clock.system.now())
    }

    /// Writes entries down; the last sequence of the run is what to wait for.
    func write(_ entries: [JournalEntry], of run: RunID, through last: UInt64) {
        journal.append(entries)
        #expect(notices.wait { $0.durable(run) == last })
    }
}
