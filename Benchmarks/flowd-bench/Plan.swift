// How much is measured and for how long: the bounds of one run of the bench. Nothing here depends on the machine.

/// The sizes of all measurements. Together they take about a minute and a half.
enum Plan {
    /// Connections of the small answers: enough that the daemon always has the next request waiting.
    static let answerConnections = 64
    /// Callers of durable runs: alone, a few, and enough that commits carry many runs.
    static let callerCounts = [1, 8, 64]
    /// Subscribers of the busy run.
    static let subscriberCounts = [1, 100, 1_000]
    /// Elements of the busy run's loop; each makes three events.
    static let busyElements = 3_000

    /// Flows that a list over a table names: as many as it may.
    static let listedFlows = 1_000
    /// How often each table is asked for them by either name.
    static let listRounds = 200

    /// Milliseconds before a measurement counts: caches, pools and buffers have their size then.
    static let warmUpMilliseconds = 1_000
    /// Milliseconds that small answers are counted.
    static let answerMilliseconds = 6_000
    /// Milliseconds that durable runs are counted, for each number of callers.
    static let runMilliseconds = 8_000
    /// Milliseconds between the last subscription and counting: what the run said before its pause has arrived.
    static let settleMilliseconds = 300
    /// Milliseconds after which one measurement counts as hung.
    static let loadMillisecondsMax = 120_000
}
