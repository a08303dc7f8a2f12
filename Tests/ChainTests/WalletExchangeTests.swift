import Chain
import Engine
import Primitives
import TestKit
import Testing
import Values

private func key(_ byte: UInt8) -> Bytes32 { known(Bytes32([UInt8](repeating: byte, count: 32))) }

private let owner = UserID(UniqueID(high: 1, low: 1))
private let other = UserID(UniqueID(high: 2, low: 2))

/// A wallet that the server keeps no key of, in nobody's words.
private let named = StaticWallet(key: key(1), id: 1, type: nil)

@Suite struct `Wallets` {
    private let storage = MemoryStorage()
    private var exchange: WalletExchange { WalletExchange(storage) }

    private func add(_ id: Int64, _ user: UserID, _ byte: UInt8, isKept: Bool = false) {
        storage.add(WalletRow(id: id, owner: user, key: key(byte), isKept: isKept))
    }

    private func configuration(
        for user: UserID, inPlaceOf belonging: any Belonging = named
    ) async throws -> String? {
        let replies = Inbox<Result<(any BelongingReplacements)?, StorageError>>()
        exchange.replacements(for: user) { replies.put($0) }
        return try await replies.next().get()?.configuration(inPlaceOf: belonging)
            .map { GraphSketch.text(.map($0)) }
    }

    private func settled(on terms: ChainTerms, for starter: Starter) async throws -> any RunTerms {
        let replies = Inbox<Result<any RunTerms, StorageError>>()
        exchange.settle([named, named, Stone()], of: owner, for: starter, on: terms) { replies.put($0) }
        return try await replies.next().get()
    }

    @Test func `of a copy are the new owner's of the same key, else the first that its holder signs with`()
        async throws
    {
        add(2, other, 2, isKept: true)
        #expect(
            try await configuration(for: other) == config(key(2), id: 2, type: "HARDCODED"))
        add(3, other, 3)
        add(4, other, 4)
        #expect(
            try await configuration(for: other) == config(key(3), id: 3, type: "ADAPTER"))
        add(5, other, 1, isKept: true)
        #expect(
            try await configuration(for: other) == config(key(1), id: 5, type: "HARDCODED"))
    }

    @Test func `are in no copy for a user who has none`() async throws {
        add(1, owner, 1)
        let replies = Inbox<Result<(any BelongingReplacements)?, StorageError>>()
        exchange.replacements(for: other) { replies.put($0) }
        #expect(try await replies.next().get() == nil)
    }

    @Test func `are exchanged among belongings of other kinds, which stay`() async throws {
        add(1, owner, 1)
        add(2, other, 2)
        #expect(try await configuration(for: other, inPlaceOf: Stone()) == nil)
        let terms = try await settled(on: ChainTerms(signer: key(9)), for: .user(other)).chain
        #expect(terms == ChainTerms(signer: key(9), wallets: [named: key(2)]))
        #expect(terms.key(of: named) == key(2))
    }

    @Test func `of a starter go with the run into nested runs, and nothing else but the network does`()
        async throws
    {
        add(1, owner, 1)
        let network = FlowNetwork(url: "https://rpc.example", cluster: "testnet")
        let terms = ChainTerms(
            network: network, fees: [FlowFee(receiver: key(4), lamports: 5)], identity: key(6))
        let settled = try await settled(on: terms, for: .claimant(key(7)))
        #expect(settled.nested.chain == ChainTerms(network: network, wallets: [named: key(7)]))
    }

    @Test func `are known by their keys`() {
        #expect(named.isKnown(by: key(1)) && !named.isKnown(by: key(2)))
    }
}

/// Something else that a node may be configured with.
private struct Stone: Belonging {
    func isKnown(by key: Bytes32) -> Bool { false }
}

/// What a node that has this wallet is configured with, as short text.
private func config(_ key: Bytes32, id: UInt64, type: String) -> String {
    GraphSketch.text(
        .map(["public_key": .b32(key), "wallet_id": .u64(id), "wallet_type": .string(type)]))
}
