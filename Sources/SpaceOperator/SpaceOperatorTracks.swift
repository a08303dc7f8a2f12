// The numbers that the tracks of this dialect have on a server. A value.

public import Engine

/// The tracks of both spellings and of both forms of streams, registered.
public struct SpaceOperatorTracks: Sendable {
    private let documented: TrackID
    private let numbered: TrackID
    private let serverSent: TrackID
    private let lines: TrackID

    /// Registers them.
    public init(in table: inout TrackTable) {
        documented = table.register(SpaceOperatorTrack(spelling: .documented))
        numbered = table.register(SpaceOperatorTrack(spelling: .numbered))
        serverSent = table.register(StreamTrack(form: .serverSent))
        lines = table.register(StreamTrack(form: .lines))
    }

    subscript(form: StreamForm) -> TrackID {
        switch form {
        case .serverSent: serverSent
        case .lines: lines
        }
    }

    subscript(spelling: Spelling) -> TrackID {
        switch spelling {
        case .documented: documented
        case .numbered: numbered
        }
    }
}
