// The bounds of this target: start, stop, the private Postgres and the log.

internal import Primitives

extension Limits {
    // MARK: Sockets and HTTP

    /// Bytes of an answer that the health check reads: its status line stands far before that.
    static let healthAnswerBytesMax = 4 * 1024
    /// Seconds that the health check waits for each step: less than the five that supervisors give it.
    static let healthStallSecondsMax = 3

    // MARK: TLS

    /// Bytes of a file of certificates or of a key: a chain has some ten thousand.
    static let certificateFileBytesMax = 1024 * 1024
    /// Milliseconds between two looks whether such files have changed: who renews certificates waits no longer than twice that.
    static let certificateLookMilliseconds = 2_000
    /// Days that a certificate is good which flowd has signed itself: it is for a first try.
    static let selfSignedDays = 365

    // MARK: Exports

    /// Bytes of an export over HTTP: they wait for the client in memory. Larger ones are written to a file by a command.
    static let exportAnswerBytesMax = 32 * 1024 * 1024
    /// Exports over HTTP that wait while one is worked on: it takes a second or so, and clients do not wait for minutes.
    static let exportsWaitingMax = 8
    /// Milliseconds that one statement of an export may take: it reads a user's whole data once.
    static let exportStatementMillisecondsMax = 60_000

    // MARK: The private Postgres

    /// Milliseconds between two looks whether its server lives.
    static let postgresLookMilliseconds = 500
    /// Milliseconds between two attempts to start a server in place of one that has died, whose processes may need a moment
    /// to end.
    static let postgresStartPauseMilliseconds = 300
    /// Seconds in which a server must answer at start, or be started again after its death; then flowd ends.
    static let postgresStartSecondsMax = 60
    /// Seconds that a server which runs may take to replay its log: 512 MiB at most, on a slow disk.
    static let postgresReplaySecondsMax = 300
    /// Milliseconds of one attempt to reach a server that is starting: it answers at once, if only to say so.
    static let postgresAnswerMillisecondsMax = 2_000
    /// Milliseconds that it may take to stop when nothing presses: its last checkpoint writes 128 MiB at most.
    static let postgresStopMillisecondsMax = 30_000
    /// Seconds that a program which the start runs may take: making a cluster takes one, on a slow disk twenty.
    static let childSecondsMax = 120

    // MARK: Stopping

    /// Milliseconds that a stop may take beyond `drain_seconds`: with the thirty that fit a grace period of forty there are
    /// two to spare.
    static let stopBeyondDrainMilliseconds = 8_000
    /// Milliseconds of these that are kept for what follows the end of runs: farewell, storage, the private Postgres.
    static let stopAfterRunsMilliseconds = 6_000
    /// Milliseconds of these that are kept for the private Postgres.
    static let stopPostgresMilliseconds = 3_000
    /// Milliseconds that a part gets which will hardly end, or comes last and finds nothing left.
    static let stopBriefMilliseconds = 1_000
    /// Milliseconds that a start which is told to stop may take to get done, so that it stops in order: one that waits for
    /// a database will not.
    static let startBreakMilliseconds = 5_000
    /// Milliseconds between two looks whether it takes anything.
    static let stopLookMilliseconds = 100

    // MARK: Log

    /// Log bytes that may wait for standard error to take them; further lines are dropped and counted.
    static let logBufferBytesMax = 1024 * 1024
}
