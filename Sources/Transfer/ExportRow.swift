// The cells of a table's row by the names of their columns, each read as the type that it must have. Pure value; errors
// name the place.

public import Identity
public import Primitives
public import Wire

/// A row of an export with the names of its columns.
public struct ExportRow {
    public let table: ExportTable
    private let columns: [String: Int]
    private let row: CSVTable.Row

    /// All rows of a table; none if the export lacks it.
    public static func all(_ name: ExportTable, of file: ExportFile) -> [ExportRow] {
        guard let table = file[name] else { return [] }
        var columns: [String: Int] = [:]
        for (index, column) in table.columns.enumerated() { columns[column] = index }
        return table.rows.map { ExportRow(table: name, columns: columns, row: $0) }
    }

    /// The line of the table on which the row begins.
    public var line: Int { row.line }

    /// An error about a cell of this row, or about the row.
    public func failure(_ column: String?, _ rule: String) -> TransferError {
        .table(table.rawValue, line: row.line, column: column, rule: rule)
    }

    /// The cell as it is; nil for null and for a column that is not there.
    public subscript(column: String) -> String? { columns[column].flatMap { row.cells[$0] } }

    /// The cell as it is. Throws if it is null or its column is not there.
    public func required(_ column: String) throws(TransferError) -> String {
        guard let text = self[column] else { throw failure(column, "expected a text") }
        return text
    }

    /// A text of at most so many bytes, empty if there is none.
    public func text(_ column: String, bytesMax: Int) throws(TransferError) -> String {
        let text = self[column] ?? ""
        guard text.utf8.count <= bytesMax else { throw failure(column, "expected at most \(bytesMax) bytes") }
        return text
    }

    /// A UUID. Throws if there is none.
    public func uuid(_ column: String) throws(TransferError) -> UniqueID {
        guard let id = UniqueID(try required(column)) else { throw failure(column, "expected a UUID") }
        return id
    }

    /// An integer from 0; nil if there is none.
    public func number(_ column: String) throws(TransferError) -> Int64? {
        guard let text = self[column] else { return nil }
        guard let number = Int64(text), number >= 0 else {
            throw failure(column, "expected an integer from 0")
        }
        return number
    }

    /// False if there is none.
    public func bool(_ column: String) throws(TransferError) -> Bool {
        switch self[column] {
        case nil, "f", "false": false
        case "t", "true": true
        default: throw failure(column, "expected t or f")
        }
    }

    /// A public key in Base58. Throws if there is none.
    public func publicKey(_ column: String) throws(TransferError) -> PublicKey {
        guard let key = PublicKey(try required(column)) else {
            throw failure(column, "expected 32 bytes in Base58")
        }
        return key
    }

    /// A key pair in Base58 of 64 bytes that belongs to a public key; nil if there is none.
    public func keyPair(_ column: String, of key: PublicKey) throws(TransferError) -> Ed25519KeyPair? {
        guard let text = self[column] else { return nil }
        guard let bytes = Base58.decode(text), bytes.count == 2 * Ed25519KeyPair.seedByteCount,
            let pair = Ed25519KeyPair(seed: Array(bytes.prefix(Ed25519KeyPair.seedByteCount)))
        else { throw failure(column, "expected 64 bytes in Base58") }
        guard pair.publicKey == key, bytes.suffix(PublicKey.byteCount).elementsEqual(key.bytes) else {
            throw failure(column, "expected the pair of public_key")
        }
        return pair
    }

    /// A moment in UTC, as Postgres writes it with or without its zone, or a day, as old exports have it; nil if there is
    /// none.
    public func time(_ column: String) throws(TransferError) -> Timestamp? {
        guard var text = self[column] else { return nil }
        for zone in ["+00:00", "+00", "Z"] where text.hasSuffix(zone) {
            text.removeLast(zone.count)
            break
        }
        if text.utf8.count == "2026-01-31".utf8.count { text += " 00:00:00" }
        guard let time = Timestamp(text + "Z") else {
            throw failure(column, "expected a time in UTC")
        }
        return time
    }

    /// JSON of any kind; nil if there is none.
    public func json(_ column: String) throws(TransferError) -> JSONValue? {
        guard let text = self[column] else { return nil }
        guard let tree = try? JSONValue.parse(text) else { throw failure(column, "expected JSON") }
        return try readable(tree, column)
    }

    private func readable(_ tree: JSONValue, _ column: String) throws(TransferError) -> JSONValue {
        guard tree.hasReadableNumbers else {
            throw failure(
                column,
                "expected numbers of at most \(Limits.jsonNumberDigitsMax) digits on each side of the point")
        }
        return tree
    }

    /// A JSON array, also where it stands as a Postgres array of JSON elements; nil if there is none.
    public func jsonArray(_ column: String) throws(TransferError) -> [JSONValue]? {
        guard let text = self[column] else { return nil }
        guard text.utf8.first == UInt8(ascii: "{") else {
            guard let array = try json(column)?.array else { throw failure(column, "expected an array") }
            return array
        }
        guard let elements = try? ArrayLiteral.elements(of: text, max: .max) else {
            throw failure(column, "expected an array")
        }
        var array: [JSONValue] = []
        for (index, element) in elements.enumerated() {
            guard let tree = element.flatMap({ try? JSONValue.parse($0) }) else {
                throw failure(column, "expected JSON as element \(index + 1)")
            }
            array.append(try readable(tree, column))
        }
        return array
    }
}
