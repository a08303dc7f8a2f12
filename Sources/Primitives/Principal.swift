// Who asks, as far as the engine and the feeds need to know.

/// A proven right of a caller. Credentials become principals in Identity; what a principal may do with a
/// run is decided by the run's own list of readers.
public enum Principal: Hashable, Sendable {
    /// A user who has been authenticated.
    case user(UserID)
    /// The holder of the token of exactly this run.
    case run(RunID)
}
