// Tables of tracks for tests, whose numbers follow the order.

import Engine
import Primitives

extension TrackTable {
    /// A table with these tracks.
    public init(_ tracks: [any EventTrack]) {
        self.init()
        for track in tracks { _ = register(track) }
    }
}

extension TrackID {
    /// The number of the track that is the first one in its table.
    public static let first: TrackID = {
        var table = TrackTable()
        return table.register(NoTrack())
    }()
}

private struct NoTrack: EventTrack {
    func encode(_ events: ArraySlice<RunEvent>, of run: RunID) -> [TrackMessage] { [] }
    var tail: [UInt8]? { nil }
}
