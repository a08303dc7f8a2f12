// The bounds of this target: tables over HTTP.

internal import Primitives

extension Limits {
    /// Rows of one answer, and of one body: what clients of hosted tables know; the rest comes by offset.
    static let tableRowsMax = 1_000
    /// Filters of one request: several for each column of the widest table.
    static let tableFiltersMax = 64
    /// Items of a query beside `select` and its like: filters, and orders and pieces of embedded tables.
    static let tableParametersMax = 128
    /// Elements of a list in a filter: as many rows as an answer has. Their UUIDs fit into a long request line.
    static let tableListElementsMax = 1_000
    /// Columns that an answer shows: several times those of the widest table, as each may stand there again.
    static let tableOutputsMax = 128
    /// Levels of `and` and `or` in each other: more than people can follow.
    static let tableConditionDepthMax = 8
    /// Tables in the rows of others: as many as refer to a run, and to what these refer to.
    static let tableEmbeddingsMax = 16
    /// Levels of tables in each other: the longest chain of references has five tables.
    static let tableEmbeddingDepthMax = 4
    /// Bytes of a name that an error repeats: the longest column has fewer.
    static let tableNameBytesShownMax = 64
    /// Media types of an Accept header that are looked at: browsers send about eight.
    static let acceptedTypesMax = 32
    /// Names of a path into a JSON column: far more than people write.
    static let tablePathKeysMax = 16
    /// Bytes of a name, a description and other texts that are written: some pages.
    static let tableTextBytesMax = 64 * 1024
    /// Fees of one deployment: a transaction has no room for more transfers.
    static let deploymentFeesMax = 20
}
