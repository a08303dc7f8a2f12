// What the engine says in events in its own words. They stand in the journal and are the same for all dialects, so they do
// not change with those of a dialect.

/// Texts of events that are about no node's work.
enum EventWords {
    /// A node was to run a flow that is not there, or that its owner may not run.
    static let flowNotFound = "flow not found"
    /// A node was to run a flow, and the lane of the new run is full.
    static let laneIsFull = "the server is busy, try again in 1 s"
}
