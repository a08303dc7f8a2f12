// The numbers that the tracks of this dialect have on a server. A value.

public import Engine

/// The tracks of both spellings, registered.
public struct SpaceOperatorTracks: Sendable {
    private let documented: TrackID
    private let numbered: TrackID

    /// Registers them.
    public init(in table: inout TrackTable) {
        documented = table.register(SpaceOperatorTrack(spelling: .documented))
        numbered = table.register(SpaceOperatorTrack(spelling: .numbered))
    }

    subscript(spelling: Spelling) -> TrackID {
        switch spelling {
        case .documented: documented
        case .numbered: numbered
        }
    }
}
