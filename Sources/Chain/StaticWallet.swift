// The wallet that a node is configured with: the words of the configuration, both ways.

public import Engine
internal import Primitives
public import Values

/// The wallet that a node is configured with, in the node's own words.
public struct StaticWallet: Belonging, Hashable {
    public let key: Bytes32
    /// The row of the wallet; 0 means none in particular.
    public let id: Int64
    /// `ADAPTER`, `HARDCODED`, `SWIG`, or nothing.
    public let type: String?

    public init(key: Bytes32, id: Int64, type: String?) {
        self.key = key
        self.id = id
        self.type = type
    }

    /// A stored wallet.
    public init(_ row: WalletRow) {
        self.init(key: row.key, id: row.id, type: row.isKept ? "HARDCODED" : "ADAPTER")
    }

    /// The wallet of a node's configuration (spec nodes 3.2).
    ///
    /// - Throws: the name of an entry that it lacks.
    public init(_ config: [String: ConfigEntry]) throws(MissingWalletEntry) {
        guard let key = try? config["public_key"]?.value.readPublicKey() else {
            throw MissingWalletEntry(name: "public_key")
        }
        let id: Int64? =
            switch config["wallet_id"]?.value {
            case .u64(let number)?: Int64(clamping: number)
            case .i64(let number)?: number
            case .decimal(let number)?: Int64(number.normalized.text) ?? -1
            default: nil
            }
        guard let id else { throw MissingWalletEntry(name: "wallet_id") }
        var type: String?
        if case .string(let text)? = config["wallet_type"]?.value { type = text }
        self.init(key: key, id: id, type: type)
    }

    /// The configuration of a node that has this wallet.
    var configuration: ValueMap {
        var entries: ValueMap = ["public_key": .b32(key), "wallet_id": .u64(UInt64(clamping: id))]
        if let type { entries["wallet_type"] = .string(type) }
        return entries
    }

    /// True for its public key.
    public func isKnown(by key: Bytes32) -> Bool { key == self.key }
}

/// A configuration names no wallet: an entry is not there, or is not of its type.
public struct MissingWalletEntry: Error, Sendable {
    public let name: String
}
