// The bounds of this target: exports.

public import Primitives

extension Limits {
    /// Bytes of an export's file: what a user's key-value stores may hold by default, written as text in text, and the
    /// flows. Reading or writing it takes about six times as much memory.
    public static let exportBytesMax = 192 * 1024 * 1024
    /// Cells of one table of an export: an empty one is a byte in the file and sixteen in memory. As many as more than
    /// a million items have.
    static let exportCellsMax = 8_000_000
    /// Tables of one export: about five times as many as there are.
    static let exportTablesMax = 64
    /// Columns of one table of an export: a few times what the widest has.
    static let exportColumnsMax = 256
}
