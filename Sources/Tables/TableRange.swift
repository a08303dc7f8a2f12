// Which of the rows are wanted: by `limit` and `offset`, or by a Range header. Pure.

internal import Primitives
internal import Wire

/// A piece of a result.
public struct TableRange: Hashable, Sendable {
    /// Rows in front of it.
    public let offset: Int64
    /// Rows at most, never above `Limits.tableRowsMax`.
    public let limit: Int64

    /// - Parameter header: `0-9` or `5-`; a header that cannot be read is ignored, like a range in another unit (RFC
    ///   9110 section 14.2). One that ends before it begins is refused.
    init(limit: String?, offset: String?, header: String?) throws(TableError) {
        var first: Int64 = 0
        var end = Int64.max
        if let header, let range = try TableRange.read(header) {
            first = range.lowerBound
            end = range.upperBound
        }
        let skipped = try TableRange.count(offset, "offset") ?? 0
        let (wanted, isBeyond) = skipped.addingReportingOverflow(
            try TableRange.count(limit, "limit") ?? Int64.max)
        first = max(first, skipped)
        end = min(end, isBeyond ? Int64.max : wanted)
        guard first <= end else { throw .range }
        self.offset = first
        self.limit = min(end - first, Int64(Limits.tableRowsMax))
    }

    private init(offset: Int64, limit: Int64) {
        self.offset = offset
        self.limit = min(limit, Int64(Limits.tableRowsMax))
    }

    /// The first rows, as many as one answer may have.
    static let all = TableRange(offset: 0, limit: Int64.max)

    /// With another number of rows at most.
    func limited(_ text: String) throws(TableError) -> TableRange {
        TableRange(offset: offset, limit: try TableRange.count(text, "limit") ?? limit)
    }

    /// With another number of rows in front of it.
    func skipping(_ text: String) throws(TableError) -> TableRange {
        TableRange(offset: try TableRange.count(text, "offset") ?? offset, limit: limit)
    }

    private static func count(_ text: String?, _ name: String) throws(TableError) -> Int64? {
        guard let text else { return nil }
        guard let count = Int64(text) else { throw .query("\(name) must be an integer") }
        guard count >= 0 else { throw .range }
        return count
    }

    /// The rows of `first-last`, the last one included.
    private static func read(_ header: String) throws(TableError) -> Range<Int64>? {
        let parts = header.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Int64(parts[0]), first >= 0 else { return nil }
        guard !parts[1].isEmpty else { return first..<Int64.max }
        guard let last = Int64(parts[1]), last < Int64.max else { return nil }
        guard last >= first else { throw .range }
        return first..<last + 1
    }
}
