// Rules for a value that is written, beyond the type of its column. Pure.

internal import Primitives
internal import Wire

/// A rule of one column. Rules that need other rows, or the caller, are checked by the database.
enum TableColumnRule: Hashable, Sendable {
    /// Anything of the type.
    case any
    case array
    case object
    /// One of these words.
    case word([String])
    /// Base58 of 32 bytes.
    case publicKey
    /// A name of a deployment (seed 002).
    case tag
    /// A list of pairs of a public key and an amount (seed 002).
    case fees
    /// An object of an address and a cluster (seed 002).
    case network

    private static let clusters = ["devnet", "testnet", "mainnet-beta"]
    private static let tagCharactersMax = 64

    /// The value as it is stored.
    func check(_ tree: JSONValue, for column: TableColumn) throws(TableError) -> TableValue {
        guard tree != .null else {
            guard column.isNullable else {
                throw TableError(
                    .badRequest, "23502", "null value in column \(column.name) violates not-null constraint")
            }
            return .null
        }
        // Other users' questions, and other programs, could not read the column any more.
        guard tree.hasReadableNumbers else {
            throw violated(
                column,
                "JSON whose numbers have at most \(Limits.jsonNumberDigitsMax) digits on each side of the point"
            )
        }
        let value = try column.read(tree)
        if case .text(let text) = value, text.utf8.count > Limits.tableTextBytesMax {
            throw violated(column, "at most \(Limits.tableTextBytesMax) bytes")
        }
        switch self {
        case .any: return value
        case .array where tree.array != nil: return value
        case .array: throw violated(column, "an array")
        case .object where tree.object != nil: return value
        case .object: throw violated(column, "an object")
        case .word(let words) where tree.string.map(words.contains) == true: return value
        case .word(let words): throw violated(column, "one of " + words.joined(separator: ", "))
        case .publicKey where tree.string.map(TableColumnRule.isPublicKey) == true: return value
        case .publicKey: throw violated(column, "a public key in Base58")
        case .tag where tree.string.map(TableColumnRule.isTag) == true: return value
        case .tag:
            throw violated(
                column, "a letter or digit, then up to 63 letters, digits, dots, underscores or hyphens")
        case .fees where tree.array.map(TableColumnRule.areFees) == true: return value
        case .fees:
            throw violated(
                column, "at most \(Limits.deploymentFeesMax) pairs of a public key and an unsigned amount")
        case .network: return try network(tree, column)
        }
    }

    /// Members that nobody reads are left out.
    private func network(_ tree: JSONValue, _ column: TableColumn) throws(TableError) -> TableValue {
        guard let url = tree["url"]?.string, let cluster = tree["cluster"]?.string,
            TableColumnRule.clusters.contains(cluster), url.utf8.count <= Limits.urlBytesMax,
            (try? HTTPURL(url)) != nil
        else {
            throw violated(
                column,
                "an object of an http or https url and a cluster that is one of "
                    + TableColumnRule.clusters.joined(separator: ", "))
        }
        let stored: JSONValue = ["url": .string(url), "cluster": .string(cluster)]
        return .json(stored.encoded)
    }

    private static func isPublicKey(_ text: String) -> Bool { Base58.decode(text, bytesMax: 64)?.count == 32 }

    private static func isTag(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, isLetterOrDigit(first), bytes.count <= tagCharactersMax else {
            return false
        }
        return bytes.allSatisfy { isLetterOrDigit($0) || "._-".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func areFees(_ fees: [JSONValue]) -> Bool {
        fees.count <= Limits.deploymentFeesMax
            && fees.allSatisfy { fee in
                guard let pair = fee.array, pair.count == 2 else { return false }
                return pair[0].string.map(isPublicKey) == true
                    && pair[1].number?.integer(UInt64.self) != nil
            }
    }

    private func violated(_ column: TableColumn, _ rule: String) -> TableError {
        TableError(.badRequest, "23514", "column \(column.name) must be \(rule)")
    }
}
