import Chain
import Primitives
import TestKit
import Testing
import Values

@testable import Engine

private let owner = EngineBench.owner
private let other = EngineBench.stranger

private func giving(_ text: String) -> GraphSketch {
    var sketch = GraphSketch()
    sketch.constant("x", .string(text))
    sketch.output("o")
    sketch.connect("x.out -> o.o")
    return sketch
}

/// Runs the flow 8 by its number and by its other name.
private func calling() -> GraphSketch {
    var sketch = GraphSketch()
    sketch.nested("n", flow: .number(8), inputs: [], outputs: ["o"])
    sketch.nested("u", flow: .uuid(UniqueID(high: 7, low: 8)), inputs: [], outputs: ["o"])
    sketch.output("a")
    sketch.output("b")
    sketch.connect("n.o -> a.a")
    sketch.connect("u.o -> b.b")
    return sketch
}

/// A sketch has no document whose content could be copied.
private struct NoContent: FlowRewriter {
    func rewrite(
        _ document: [UInt8], _ graph: FlowGraph, _ references: FlowReferences
    ) throws(GraphProblems) -> RewrittenFlow {
        RewrittenFlow(nodes: Array("[]".utf8), edges: Array("[]".utf8))
    }
}

extension EngineBench {
    fileprivate func deployed(_ flow: Int32) async throws -> DeploymentID {
        let reply = try await ask(.deploy(.number(flow), by: EngineBench.owner))
        guard case .deployed(let id) = reply else { throw Surprise(expected: "deployed", reply) }
        return id
    }

    fileprivate func started(_ request: StartRequest) async throws -> RunID {
        try await ask(.start(request)).expectStarted()
    }

    /// Changes a deployment's row, as its owner may at any time.
    fileprivate func edit(
        _ id: DeploymentID, permission: StartPermission, terms: ChainTerms = ChainTerms(),
        collectsActs: Bool = false,
        problems: [String] = []
    ) {
        let row = known(storage.deployments.first { $0.id == id })
        storage.set(
            DeploymentRow(
                id: id, owner: row.owner, entrypoint: row.entrypoint, permission: permission,
                collectsActs: collectsActs, terms: terms, problems: problems,
                revision: row.revision + "+", flows: row.flows))
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A deployment` {
    @Test func `is made of flows as they are after an edit that came in between, unless they never rest`()
        async throws
    {
        let bench = try EngineBench([7: calling(), 8: giving("x")])
        bench.storage.edit(times: Limits.gatheringAttemptsMax - 1)
        _ = try await bench.deployed(7)
        bench.storage.edit(times: Limits.gatheringAttemptsMax)
        try await bench.ask(.deploy(.number(7), by: owner)).expectBusy()
        #expect(bench.storage.deployments.count == 1)
    }

    @Test func `is copied with flows as they are after an edit that came in between`() async throws {
        let storage = MemoryStorage()
        let bench = try EngineBench([7: calling(), 8: giving("x")], storage: storage) { ports in
            ports.rewriter = NoContent()
            ports.copies = storage
        }
        storage.edit(times: 1)
        let reply = try await bench.ask(.clone(.number(7), by: owner))
        guard case .cloned(_, let all) = reply else { throw Surprise(expected: "cloned", reply) }
        #expect(all.count == 2)
    }

    @Test func `runs what was there when it was made, nested flows too, whatever becomes of them`()
        async throws
    {
        let bench = try EngineBench([7: calling(), 8: giving("old")])
        let id = try await bench.deployed(7)
        // Another flow has the number now, and the one that was meant is gone.
        for number: Int32 in [7, 8] { bench.storage.removeFlow(number) }
        // A new engine knows nothing from before.
        let later = try EngineBench(
            [9: giving("new"), 7: calling(), 8: giving("old")], storage: bench.storage)
        for number: Int32 in [7, 8] { bench.storage.removeFlow(number) }
        let run = try await later.started(
            StartRequest(.deployed(.id(id)), starter: .user(owner)))
        #expect(try await later.output(of: run) == "{a: old, b: old}")
        let records = bench.storage.runIDs.compactMap { bench.storage.record(of: $0) }
        #expect(records.count == 3)
        #expect(records.allSatisfy { $0.deployment == id && $0.owner == owner && $0.startedBy == owner })
    }

    @Test func `starts by its id or a tag of its flow, under either name of that`() async throws {
        let bench = try EngineBench([7: giving("x")])
        let id = try await bench.deployed(7)
        let names: [DeploymentName] = [
            .id(id), .tag("latest", of: .number(7)), .tag("latest", of: .uuid(UniqueID(high: 7, low: 7))),
        ]
        for name in names {
            let run = try await bench.started(StartRequest(.deployed(name), starter: .user(owner)))
            #expect(try await bench.output(of: run) == "{o: x}")
            #expect(bench.storage.record(of: run)?.flow == 7)
        }
    }

    @Test(arguments: [
        (StartPermission.owner, [true, false, false]), (.authenticated, [true, true, false]),
        (.anonymous, [true, true, true]),
    ])
    func `admits whom its row admits at that moment, and is not there for others`(
        permission: StartPermission, admits: [Bool]
    ) async throws {
        let bench = try EngineBench([7: giving("x")])
        let id = try await bench.deployed(7)
        let starters: [Starter] = [.user(owner), .user(other), .claimant(bytes32(9))]
        for now in [StartPermission.anonymous, permission] {
            bench.edit(id, permission: now)
            for (starter, isAdmitted) in zip(starters, now == permission ? admits : [true, true, true]) {
                let request = StartRequest(.deployed(.id(id)), starter: starter)
                let (start, permit) = (
                    try await bench.ask(.start(request)), try await bench.ask(.permit(request))
                )
                if isAdmitted {
                    try start.expectStarted()
                    try permit.expectPermitted()
                } else {
                    try start.expectRefused(.notFound)
                    try permit.expectRefused(.notFound)
                }
            }
        }
    }

    @Test func `gives its columns to the run, as they are at that moment`() async throws {
        let network = FlowNetwork(url: "https://rpc.example", cluster: "testnet")
        let fees = [FlowFee(receiver: bytes32(4), lamports: .max)]
        let bench = try EngineBench([7: giving("x")])
        let id = try await bench.deployed(7)
        bench.edit(
            id, permission: .anonymous,
            terms: ChainTerms(network: network, fees: fees, identity: bytes32(5)),
            collectsActs: true)
        let run = try await bench.started(
            StartRequest(
                .deployed(.id(id)), starter: .claimant(bytes32(9)), terms: ChainTerms(signer: bytes32(6))))
        let record = try #require(bench.storage.record(of: run))
        let terms = record.terms.chain
        #expect(terms.network == network && terms.fees == fees && record.collectsActs)
        #expect(terms.action == FlowAction(identity: bytes32(5), signer: bytes32(6)))
        #expect(record.startedKey == Base58.encode(bytes32(9).bytes) && record.startedBy == nil)
        bench.edit(id, permission: .anonymous)
        let next = try await bench.started(
            StartRequest(.deployed(.id(id)), starter: .user(other), terms: ChainTerms(signer: bytes32(6))))
        let plain = try #require(bench.storage.record(of: next))
        #expect(plain.terms.chain == ChainTerms(signer: bytes32(6)) && !plain.collectsActs)
        #expect(plain.startedBy == other && plain.sharedWith == [other])
    }

    @Test func `without the flow that it is to run is refused`() async throws {
        let bench = try EngineBench([7: giving("x")])
        let row = DeploymentRow(
            id: DeploymentID(UniqueID(high: 1, low: 1)), owner: owner, entrypoint: 7, permission: .owner,
            terms: ChainTerms(), revision: "1", flows: [])
        bench.storage.set(row)
        try await bench.ask(.start(StartRequest(.deployed(.id(row.id)), starter: .user(owner))))
            .expectInvalidFlow()
        try await bench.ask(.start(StartRequest(.deployed(.id(row.id)), starter: .user(other))))
            .expectRefused(.notFound)
    }

    @Test func `with columns that cannot be used is refused`() async throws {
        let bench = try EngineBench([7: giving("x")])
        let id = try await bench.deployed(7)
        bench.edit(id, permission: .owner, problems: ["fees: no"])
        let request = StartRequest(.deployed(.id(id)), starter: .user(owner))
        let problems = try await bench.ask(.start(request)).expectInvalidFlow()
        #expect(problems.description == "fees: no")
    }

    @Test func `is made by the owner of all its flows only, and of flows that can run`() async throws {
        let bench = try EngineBench(
            [7: calling(), 9: giving("x")], others: [8: giving("y")],
            flags: FlowFlags(isPublic: true, startShared: true))
        let asked: [(FlowID, UserID)] = [
            (.number(7), owner), (.number(9), other), (.number(10), owner), (.number(8), owner),
        ]
        for (flow, user) in asked {
            try await bench.ask(.deploy(flow, by: user)).expectRefused(.flowNotFound)
        }
        bench.storage.add(
            FlowRow(
                number: 11, uuid: UniqueID(high: 7, low: 11), owner: owner, isPublic: false,
                startShared: false, startUnverified: false, readEnabled: false, version: 1,
                document: Array("no sketch".utf8)))
        try await bench.ask(.deploy(.number(11), by: owner)).expectInvalidFlow()
        #expect(bench.storage.deployments.isEmpty)
    }

    @Test func `whose run a server has left is taken up with its frozen flows`() async throws {
        var sketch = calling()
        sketch.awaiting("w")
        let bench = try EngineBench([7: sketch, 8: giving("old")])
        let id = try await bench.deployed(7)
        let run = try await bench.started(StartRequest(.deployed(.id(id)), starter: .user(owner)))
        let address = try await bench.storage.next(in: run) { content in
            if case .inputRequested(let asked) = content { asked.url } else { nil }
        }
        let left = await withCheckedContinuation { continuation in
            bench.engine.drain(within: .seconds(60)) { continuation.resume(returning: true) }
        }
        #expect(left)
        for number: Int32 in [7, 8] { bench.storage.removeFlow(number) }
        let next = try EngineBench(
            [7: sketch, 8: giving("old")], storage: bench.storage, inputs: bench.inputs)
        for number: Int32 in [7, 8] { bench.storage.removeFlow(number) }
        next.engine.resume([ClaimedRun(run: run, parent: nil)])
        let key = String(address.dropFirst("at:".count))
        try await next.ask(.answerInput(key: key, .submitted(.u64(1)))).expectAccepted()
        #expect(try await next.output(of: run) == "{a: old, b: old}")
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Wallets of a flow that somebody else starts` {
    /// Puts out the wallet that a node of the flow 8 gives, by way of the flow 7.
    private func bench(_ wallet: StaticWallet) throws -> EngineBench {
        var inner = GraphSketch()
        inner.wallet("w", wallet)
        inner.output("o")
        inner.connect("w.pubkey -> o.o")
        var outer = GraphSketch()
        outer.nested("n", flow: .number(8), inputs: [], outputs: ["o"])
        outer.output("o")
        outer.connect("n.o -> o.o")
        let bench = try EngineBench(
            [7: outer, 8: inner],
            flags: FlowFlags(isPublic: true, startShared: true, startUnverified: true))
        let rows: [(Int64, UserID, Bytes32, Bool)] = [
            (1, owner, bytes32(1), false), (2, owner, bytes32(2), true), (3, other, bytes32(4), true),
            (4, other, bytes32(3), false), (5, other, bytes32(8), false),
        ]
        for (id, user, key, isKept) in rows {
            bench.storage.add(WalletRow(id: id, owner: user, key: key, isKept: isKept))
        }
        return bench
    }

    private func key(_ bench: EngineBench, _ way: StartWay, _ starter: Starter) async throws -> Value? {
        let run = try await bench.started(StartRequest(way, starter: starter))
        let output = try await bench.ask(.output(run, principals: [.run(run)])).expectOutput()
        return output["o"]
    }

    @Test(arguments: [
        // Of the owner, signed by himself: found by the row, by the word, or named in no other way.
        (StaticWallet(key: bytes32(1), id: 1, type: nil), true),
        (StaticWallet(key: bytes32(7), id: 99, type: "ADAPTER"), true),
        (StaticWallet(key: bytes32(7), id: 0, type: nil), true),
        // Kept by the server, under whatever name; of nobody; of another kind.
        (StaticWallet(key: bytes32(2), id: 2, type: "HARDCODED"), false),
        (StaticWallet(key: bytes32(2), id: 0, type: "ADAPTER"), false),
        (StaticWallet(key: bytes32(7), id: 99, type: nil), false),
        (StaticWallet(key: bytes32(7), id: 0, type: "SWIG"), false),
    ])
    func `are his own where the owner would sign himself`(wallet: StaticWallet, isExchanged: Bool)
        async throws
    {
        let bench = try bench(wallet)
        let starts: [(Starter, StartWay, Bytes32)] = [
            (.user(owner), .own(.number(7)), wallet.key),
            (.user(other), .shared(.number(7)), isExchanged ? bytes32(3) : wallet.key),
            (.claimant(bytes32(9)), .unverified(.number(7)), isExchanged ? bytes32(9) : wallet.key),
        ]
        for (starter, way, expected) in starts {
            #expect(try await key(bench, way, starter) == .b32(expected), "\(starter)")
        }
        _ = try await bench.ask(.deploy(.number(7), by: owner))
        for (starter, _, expected) in starts {
            #expect(
                try await key(bench, .deployed(.tag("latest", of: .number(7))), starter) == .b32(expected))
        }
    }

    @Test func `stay if he has one with the same key`() async throws {
        let bench = try bench(StaticWallet(key: bytes32(8), id: 0, type: nil))
        #expect(try await key(bench, .shared(.number(7)), .user(other)) == .b32(bytes32(8)))
    }
}
