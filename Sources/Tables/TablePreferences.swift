// What a client would like of an answer: its Prefer header. Pure.

internal import Wire

/// Preferences that are understood. All others are ignored (RFC 7240 section 2), unless the client wants them to be
/// refused: `handling=strict`.
///
/// A preference may stand in any of several headers. If it stands there more than once, the first that is understood
/// counts. Names and words are compared without regard to case.
struct TablePreferences: Hashable, Sendable {
    /// What the answer to a change holds.
    enum Return: String {
        case minimal, representation
        case headersOnly = "headers-only"
    }

    /// What an insert does with rows that are there already.
    enum Resolution: String {
        case merge = "merge-duplicates"
        case ignore = "ignore-duplicates"
    }

    /// The value of a column that a row of the body does not name, but other rows do.
    enum Missing: String {
        case defaults = "default"
        case nulls = "null"
    }

    /// All three are exact here.
    enum Count: String {
        case exact, planned, estimated
    }

    /// What becomes of preferences that are not understood.
    enum Handling: String {
        case lenient, strict
    }

    /// How a change ends. Changes that are only tried are not offered, so there is no case for them; a strict client
    /// gets them refused.
    enum Transaction: String {
        case commit
    }

    /// The zone of the moments in answers. No other zone is offered.
    enum Zone: String {
        case utc
        case etcUTC = "etc/utc"
    }

    private var returned: Return?
    private(set) var resolution: Resolution?
    private(set) var missing: Missing?
    private var count: Count?
    private var handling: Handling?
    private var transaction: Transaction?
    private var zone: Zone?
    private var rowsMax: Int64?

    /// - Throws: `TableError` that names what is not understood, if the client is strict.
    init(_ headers: HTTPHeaders) throws(TableError) {
        var others: [String] = []
        for text in headers.list("Prefer") where !take(text) { others.append(text) }
        if handling == .strict, !others.isEmpty { throw .preferences(others) }
    }

    var returns: Return { returned ?? .minimal }

    /// The answer tells how many rows there are.
    var counts: Bool { count != nil }

    /// A change of more rows than this is refused. Counts only with strict handling, as in PostgREST.
    var affectedMax: Int64? { handling == .strict ? rowsMax : nil }

    /// The preferences that the answer says it has applied (RFC 7240 section 3); nil if there are none.
    func applied(to action: TableQuery.Action) -> String? {
        let isInsert = action == .insert
        let isChange = action != .read
        let words: [String?] = [
            isInsert ? resolution.map { "resolution=\($0.rawValue)" } : nil,
            isInsert ? missing.map { "missing=\($0.rawValue)" } : nil,
            isChange ? returned.map { "return=\($0.rawValue)" } : nil,
            count.map { "count=\($0.rawValue)" },
            transaction.map { "tx=\($0.rawValue)" },
            handling.map { "handling=\($0.rawValue)" },
            zone.map { _ in "timezone=UTC" },
            isChange ? affectedMax.map { "max-affected=\($0)" } : nil,
        ]
        let all = words.compactMap(\.self).joined(separator: ", ")
        return all.isEmpty ? nil : all
    }

    /// Takes one preference in; false if it is not understood, or not in full.
    private mutating func take(_ text: String) -> Bool {
        // Parameters may follow (RFC 7240 section 2). No preference here has any.
        let pieces = text.split(separator: ";", omittingEmptySubsequences: false)
        let parts = pieces[0].split(separator: "=", maxSplits: 1).map { TableText.trimmed($0).lowercased() }
        guard parts.count == 2 else { return false }
        let word = TableText.unquoted(parts[1][...])
        let isKnown =
            switch parts[0] {
            case "return": TablePreferences.keep(word, in: &returned)
            case "resolution": TablePreferences.keep(word, in: &resolution)
            case "missing": TablePreferences.keep(word, in: &missing)
            case "count": TablePreferences.keep(word, in: &count)
            case "handling": TablePreferences.keep(word, in: &handling)
            case "tx": TablePreferences.keep(word, in: &transaction)
            case "timezone": TablePreferences.keep(word, in: &zone)
            case "max-affected": keepMost(word)
            default: false
            }
        return isKnown && pieces.count == 1
    }

    private static func keep<Word: RawRepresentable<String>>(_ text: String, in place: inout Word?) -> Bool {
        guard let word = Word(rawValue: text) else { return false }
        place = place ?? word
        return true
    }

    private mutating func keepMost(_ text: String) -> Bool {
        guard let number = Int64(text), number >= 0 else { return false }
        rowsMax = rowsMax ?? number
        return true
    }
}
