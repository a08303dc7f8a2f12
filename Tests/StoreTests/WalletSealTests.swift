import Engine
import Identity
import Primitives
import Testing

@testable import Store

@Suite struct `Sealed keys of wallets` {
    private let user = UserID(.random())
    private let pair = Ed25519KeyPair()
    private let key = SealingKey(.random())

    private var box: [UInt8] { WalletSeal.seal(pair, of: user, under: key) }

    @Test func `a kept key comes out of its box as it went in, and signs`() throws {
        let opened = try WalletSeal(user: user, publicKey: pair.publicKey).open(box, under: key)
        #expect(opened.seed.bytes == pair.seed.bytes)
        #expect(Ed25519.verify(opened.sign([1]), of: [1], by: pair.publicKey))
        #expect(box.count == 32 + SealedBox.extraByteCount)
        #expect(box != box)
    }

    @Test func `a box opens for its user, its public key and under its key only`() {
        let own = WalletSeal(user: user, publicKey: pair.publicKey)
        #expect(throws: SealedBoxError.damaged) {
            try WalletSeal(user: UserID(.random()), publicKey: pair.publicKey).open(box, under: key)
        }
        #expect(throws: SealedBoxError.damaged) {
            try WalletSeal(user: user, publicKey: Ed25519KeyPair().publicKey).open(box, under: key)
        }
        #expect(throws: SealedBoxError.otherKey) { try own.open(box, under: SealingKey(.random())) }
    }

    @Test func `a box whose content does not belong to the public key is damaged`() {
        let own = WalletSeal(user: user, publicKey: pair.publicKey)
        let place = Array("wallet,36:\(user),\(pair.publicKey.text.utf8.count):\(pair.publicKey.text)".utf8)
        for content in [Ed25519KeyPair().seed.bytes, pair.seed.bytes + pair.publicKey.bytes, []] {
            let box = SealedBox.seal(content, for: place, under: key)
            #expect(throws: SealedBoxError.damaged) { try own.open(box, under: key) }
        }
    }

    @Test func `a secret of the vault never opens as a wallet's key`() throws {
        let name = VaultName(provider: "wallet", label: pair.publicKey.text)
        let box = name.seal(String(repeating: "s", count: 32), of: user, under: key)
        #expect(throws: SealedBoxError.damaged) {
            try WalletSeal(user: user, publicKey: pair.publicKey).open(box, under: key)
        }
    }
}
