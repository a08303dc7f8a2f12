// What a client would like of an answer: its Prefer and Accept headers. Pure.

internal import Wire

/// Preferences that are understood; all others are left alone (RFC 7240 section 2).
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

    private(set) var returns = Return.minimal
    private(set) var resolution: Resolution?
    /// The answer tells how many rows there are. Planned and estimated counts are exact here.
    private(set) var counts = false
    /// The answer is one object.
    private(set) var wantsOne = false

    static let objectType = "application/vnd.pgrst.object+json"

    init(_ headers: HTTPHeaders) {
        for preference in headers.list("Prefer") {
            let parts = preference.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            switch (parts[0], parts[1]) {
            case ("return", let word): returns = Return(rawValue: String(word)) ?? returns
            case ("resolution", let word): resolution = Resolution(rawValue: String(word)) ?? resolution
            case ("count", "exact"), ("count", "planned"), ("count", "estimated"): counts = true
            default: continue
            }
        }
        wantsOne = headers.list("Accept").contains {
            $0.utf8.prefix { $0 != UInt8(ascii: ";") }.elementsEqual(TablePreferences.objectType.utf8)
        }
    }
}
