import Chain
import Primitives
import TestKit
import TestTraits
import Testing
import Values

@testable import Store

/// What every catalogue of wallets must do: the one in memory, and the one on Postgres.
///
/// Port: WalletCatalog. Implementations: PostgresWallets, MemoryStorage.
@Suite(.blocking) struct `Catalogues of wallets` {
    @Test(arguments: CatalogBench.Kind.allCases)
    func `give the wallets of some users in order, and behind them the keys by which they are known`(
        kind: CatalogBench.Kind
    ) throws {
        let bench = try CatalogBench(kind)
        var added: [Bytes32] = []
        for (number, user, kept) in [(4, 0, true), (3, 1, false), (2, 0, false), (1, 1, true)] {
            added.append(try bench.addWallet(UInt8(number), user: user, kept: kept))
        }
        func wallets(_ users: [UserID]) throws -> [WalletRow] {
            try answer { bench.wallets.wallets(of: users, reply: $0) }.get()
        }
        let mine = try wallets([bench.users[0]])
        #expect(mine.map(\.key) == [added[0], added[2], bench.keys[0]])
        #expect(mine.map(\.isKept) == [true, false, false])
        #expect(mine.allSatisfy { $0.owner == bench.users[0] })
        #expect(mine.map { $0.id == 0 } == [false, false, true])
        let all = try wallets(bench.users)
        #expect(all.prefix(4).map(\.key) == added && Set(all.suffix(2).map(\.key)) == Set(bench.keys))
        #expect(all.map { $0.id == 0 } == [false, false, false, false, true, true])
        #expect(try wallets([UserID(.random())]).isEmpty && wallets([]).isEmpty)
    }
}
