// The sealed form of keys that the server keeps for its users, as the table of wallets holds it. A value, usable
// anywhere.

internal import Identity
internal import Primitives

/// The place that the box of a kept key is sealed for: one user and one public key, so that no row's box opens in
/// another.
struct WalletSeal {
    let user: UserID
    let publicKey: PublicKey

    /// The secret half of a pair, sealed for its user.
    static func seal(_ pair: Ed25519KeyPair, of user: UserID, under key: SealingKey) -> [UInt8] {
        let seal = WalletSeal(user: user, publicKey: pair.publicKey)
        return SealedBox.seal(pair.seed.bytes, for: seal.place, under: key)
    }

    /// The pair in a box. Also throws if the box holds the secret half of another key.
    func open(_ box: [UInt8], under key: SealingKey) throws(SealedBoxError) -> Ed25519KeyPair {
        let seed = try SealedBox.open(box, for: place, under: key)
        guard let pair = Ed25519KeyPair(seed: seed), pair.publicKey == publicKey else { throw .damaged }
        return pair
    }

    /// Begins with a word, while the place of a vault's secret begins with a length. So the two kinds never coincide.
    private var place: [UInt8] {
        let parts = ["\(user)", publicKey.text].map { "\($0.utf8.count):\($0)" }
        return Array("wallet,\(parts.joined(separator: ","))".utf8)
    }
}
