// How the events of a run become the bytes of one dialect. Implemented by the dialects.

public import Primitives

/// Turns run events into the bytes that all subscribers of one spelling share.
///
/// The part that differs per subscriber (a stream number, say) is a prefix. It is made at subscription time, and the
/// sender puts it in front of each message. Live events and replayed ones go through the same function, so both are
/// equal byte for byte.
public protocol EventTrack: Sendable {
    /// The messages of consecutive events, one per event, in the order to be sent. An execution's last `nodeOutput` and
    /// its `nodeFinished` always come in the same call, so a track may swap that pair, and nothing else.
    func encode(_ events: ArraySlice<RunEvent>, of run: RunID) -> [TrackMessage]
    /// What follows the last event, for example an end marker; nil for nothing.
    var tail: [UInt8]? { get }
}

/// One event in the words of a track.
public struct TrackMessage: Sendable {
    /// The kind of the event, so that subscribers can be served that do not want all kinds.
    public let kind: RunEventKind
    public let body: [UInt8]

    public init(_ kind: RunEventKind, _ body: [UInt8]) {
        self.kind = kind
        self.body = body
    }
}

/// The number that a track has got: feeds keep one encoding per number in use.
public struct TrackID: Hashable, Sendable {
    let index: Int
}

/// All tracks of this server, by number. Made once at start: each dialect registers its own before the engine is made.
public struct TrackTable: Sendable {
    private var tracks: [any EventTrack] = []

    /// A table without tracks.
    public init() {}

    /// Gives a track the next number, by which subscriptions name it.
    public mutating func register(_ track: some EventTrack) -> TrackID {
        tracks.append(track)
        return TrackID(index: tracks.count - 1)
    }

    public var count: Int { tracks.count }

    /// The track of this number, which must be one of this table's.
    public subscript(id: TrackID) -> any EventTrack { tracks[id.index] }
}
