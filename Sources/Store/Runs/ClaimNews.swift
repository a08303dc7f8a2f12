// What storage says about runs that this server has from now on.

public import Engine

/// What has come of a search for runs of dead servers.
public enum ClaimNews: Sendable {
    /// These runs are this server's now. The first such message names all runs that dead servers had at this server's
    /// start; there may be none.
    case claimed([ClaimedRun], isFirst: Bool)
    /// Nothing is known yet, as the database does not answer; it is asked again.
    case failed
}
