// The bounds of this target: clients of Space Operator.

internal import Primitives

extension Limits {
    // MARK: WebSocket

    /// Subscriptions of one connection: a dashboard of a thousand runs; more is refused by the dialect.
    static let subscriptionsPerConnectionMax = 1_024

    // MARK: Credentials

    /// Seconds that an access token is good; a revoked session ends it before (spec http-and-websocket 1.7).
    static let accessTokenSeconds = 3_600
    /// Seconds that a session lives on without being renewed: a month, after which a wallet signs once more.
    static let sessionSeconds = 30 * 86_400

    // MARK: Engine

    /// Fees that a start may name: more than fit into a transaction.
    static let feesPerRunMax = 64
    /// Answers of reads that are remembered: enough for a page with many readers, bounded however many inputs they try.
    static let readsKeptMax = 1_024
    /// Bytes of all remembered answers: 32 MiB.
    static let readsKeptBytesMax = 32 << 20
    /// Bytes of one remembered answer: larger ones are computed each time and leave room for many others.
    static let readKeptBytesMax = 1 << 20
    /// Different reads under way: each is a run, and those have bounds of their own.
    static let readsUnderWayMax = 4_096
    /// Callers that wait for the same read.
    static let readWaitersMax = 4_096

    // MARK: Streams

    /// Milliseconds after which a browser comes back to a server that has stopped: most are there again by then.
    static let streamRetryMilliseconds = 5_000

    // MARK: What users keep

    /// Files that are read at once for callers who have proved nothing: each may be the largest there is, and nodes wait
    /// in the same queue.
    static let strangerFileReadsMax = 4
    /// Characters of the name under which a file is to be saved: what file systems take.
    static let downloadNameCharactersMax = 255
}
