// The bounds of this target: tables over HTTP.

internal import Primitives

extension Limits {
    /// Rows of one answer, and of one body: what clients of hosted tables know; the rest comes by offset.
    static let tableRowsMax = 1_000
    /// Filters of one request: several for each column of the widest table.
    static let tableFiltersMax = 64
    /// Elements of a list in a filter: as many rows as an answer has. A request line holds fewer.
    static let tableListElementsMax = 1_000
    /// Columns that an answer shows: several times those of the widest table, as each may stand there again.
    static let tableOutputsMax = 128
    /// Names of a path into a JSON column: far more than people write.
    static let tablePathKeysMax = 16
    /// Bytes of a name, a description and other texts that are written: some pages.
    static let tableTextBytesMax = 64 * 1024
    /// Fees of one deployment: a transaction has no room for more transfers.
    static let deploymentFeesMax = 20
}
