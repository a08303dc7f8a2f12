// The bounds of this target: what proves who somebody is.

public import Primitives

extension Limits {
    /// Bytes of a signed token: what a request head can carry, so that a WebSocket takes no more either.
    static let signedTokenBytesMax = 32 * 1024
    /// Seconds by which a login challenge may be ahead of the time: as many logins as a key may begin at once. With the
    /// minute that a challenge is good, it ends well within the five for which a used one is remembered.
    static let challengeSecondsAheadMax = Int64(60)
    /// Places in which a server remembers the last challenges of keys: 32 KiB, and keys that log in within the same second
    /// rarely share one.
    static let challengePlaces = 4_096
    /// API keys of one user: each program has its own.
    public static let apiKeysPerUserMax = 100
    /// Bytes of a key's name: an entry of the database's index must stay below 2,700.
    public static let apiKeyNameBytesMax = 255
    /// Wallets of one user: all of them are looked through when a run of this user asks for a signature.
    public static let walletsPerUserMax = 1_000
    /// Bytes of each text of a wallet: an icon may be a small picture in an address.
    public static let walletTextBytesMax = 16 * 1024
    /// Bytes of a phrase that stands for a key, and of its passphrase: some times what the longest words take.
    static let mnemonicBytesMax = 4 * 1024
}
