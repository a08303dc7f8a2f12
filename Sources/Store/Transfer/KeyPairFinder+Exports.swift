// Key pairs in what users keep in clear: flows, and items of key-value stores.

public import Chain
internal import Identity
internal import Transfer
internal import Values
internal import Wire

extension KeyPairFinder {
    /// Finds the key pairs of Ed25519.
    public static let ed25519 = KeyPairFinder { Ed25519.isKeyPair($0.bytes) }

    /// True if a cell of an export is a key pair, or JSON with one in it.
    func findsKeyPair(inCell text: String) -> Bool {
        if findsKeyPair(in: text) { return true }
        guard let first = text.utf8.first, "{[\"".utf8.contains(first), let tree = try? JSONValue.parse(text),
            let value = try? ValueJSON.input(tree)
        else { return false }
        return findsKeyPair(in: value)
    }

    /// Where key pairs stand in clear in an export: the table, the line in it, and the column.
    func places(in file: ExportFile) -> [KeyPairPlace] {
        var places: [KeyPairPlace] = []
        for name in [ExportTable.items, .flows, .ownFlows] {
            guard let table = file[name] else { continue }
            for row in table.rows {
                for (column, cell) in zip(table.columns, row.cells) {
                    guard let cell, findsKeyPair(inCell: cell) else { continue }
                    places.append(KeyPairPlace(table: name, line: row.line, column: column))
                }
            }
        }
        return places
    }
}

/// A cell of an export in which a key pair stands in clear.
struct KeyPairPlace {
    let table: ExportTable
    let line: Int
    let column: String

    static let columns = ["table", "line", "column", "note"]
    private static let note = "holds a key pair in clear"

    var cells: [String?] { [table.rawValue, "\(line)", column, KeyPairPlace.note] }
    var sentence: String { "\(table.rawValue), line \(line): \(column) \(KeyPairPlace.note)" }
}
