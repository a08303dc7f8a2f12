// Sets of kinds of events: what a subscriber may ask to see. Plain values.

/// Some kinds of events.
public struct RunEventKinds: Hashable, Sendable {
    private var bits: UInt16

    /// These kinds and no others.
    public init(_ kinds: some Sequence<RunEventKind>) {
        bits = kinds.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
    }

    /// Every kind.
    public static let all = RunEventKinds(RunEventKind.allCases)

    /// Adds a kind; a kind that is in the set already changes nothing.
    public mutating func insert(_ kind: RunEventKind) { bits |= 1 << UInt16(kind.rawValue) }

    /// True if this kind is in the set.
    public func contains(_ kind: RunEventKind) -> Bool { bits & 1 << UInt16(kind.rawValue) != 0 }
}
