// How a dialect comes into a server. A value; a server has one for each of its dialects.

public import Engine

/// A dialect that is listed, before it is made: first it registers its tracks and gets their numbers, then the engine is
/// made with all tracks, then the dialect with what it needs of the server.
public struct DialectRegistration<Parts>: Sendable {
    /// Makes the dialect of what the server has for dialects. Called once, when the engine is there.
    public typealias Maker = @Sendable (Parts) -> any Dialect

    private let registering: @Sendable (inout TrackTable) -> Maker

    /// - Parameter registering: registers the tracks and keeps their numbers for the dialect that it makes.
    public init(_ registering: @escaping @Sendable (_ tracks: inout TrackTable) -> Maker) {
        self.registering = registering
    }

    /// Called once, before the engine is made.
    public func register(in tracks: inout TrackTable) -> Maker { registering(&tracks) }
}
