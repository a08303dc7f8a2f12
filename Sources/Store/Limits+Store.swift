// The bounds of this target: the database.

public import Primitives

extension Limits {
    // MARK: Credentials

    /// Seconds for which a refresh token that was used is taken again, as its answer may have been lost: a few attempts
    /// of a client.
    static let refreshGraceSeconds = 10
    /// Sessions of one user; the oldest give way. A browser, a phone and the programs of a busy person, some times over.
    static let sessionsPerUserMax = 256
    /// New users in an hour whom the operator has not listed: what a small community needs, and not a full disk.
    static let signUpsPerHourMax = 100

    // MARK: Engine

    /// Bytes of the messages in such a page, about.
    static let signaturePageBytesMax = 256 * 1024
    /// Events of a run that are read together with other runs: those of all but long ones.
    static let leftRunEventsMax = 64
    /// Bytes of such events, and of what else is read together with other runs: ordinary ones have some kilobytes, and
    /// a question is about many.
    static let leftRunBytesMax = 32 * 1024
    /// Nested runs and requests of a run that are read together with other runs: most have none or one.
    static let leftRunRowsMax = 16
    /// Reads of runs that are taken up whose rows wait to be read: two for each lane of a large machine.
    static let leftRunsWaitingMax = 1_024
    /// Milliseconds that the database may work on one question which nobody waits for: the runs of a server that has died are
    /// claimed with one.
    static let upkeepMillisecondsMax = 60_000
    /// Questions of the housekeeping that are sent ahead of their answers: a few reads of runs.
    static let upkeepQuestionsInFlightMax = 32
    /// Wallets that a start looks at, of the flow's owner and the starter together: far more than people have.
    static let walletsReadMax = 10_000

    // MARK: What users keep

    /// Bytes of a user's secret: a chain of certificates with its key. It is opened on the storage loop, in a tenth of a
    /// millisecond.
    public static let vaultSecretBytesMax = 64 * 1024

    // MARK: Exports

    /// The largest number that a flow or a wallet keeps when it is imported: one file must not use numbers up.
    static let importedNumberMax = 1_000_000_000
    /// Problems of imported flows that are shown of each: the rest is seen when it is started.
    static let importedProblemsShownMax = 3

    // MARK: Tables over HTTP

    /// Bytes of one answer; a single row comes whatever its size. As much as a page of events: it is put together on the
    /// storage loop.
    static let tableAnswerBytesMax = 4 * 1024 * 1024
    /// Flows in a filter that are looked for one by one; among more, each row is looked for instead.
    static let tableFlowKeysMax = 16
    /// Milliseconds that the database may work on one request: those of others wait behind it.
    static let tableStatementMillisecondsMax = 5_000
    /// Requests sent to the database ahead of their answers: each may be large, and is held twice meanwhile.
    static let tableQuestionsInFlightMax = 4

    // MARK: Storage

    /// Rows of one commit: 8 ms on two cores with fsync, so a commit in flight never delays much.
    static let commitRowsMax = 1_024
    /// Bytes of one commit, for rows that are large.
    static let commitBytesMax = 1024 * 1024
    /// Events of one commit that are sent as parameters; more of them go by COPY, which takes a round trip more and less work
    /// for each.
    static let insertedEventsMax = 64
    /// Journal bytes waiting above which lanes start no further nodes.
    static let journalBacklogBytesHigh = 32 * 1024 * 1024
    /// Journal bytes waiting below which lanes go on.
    static let journalBacklogBytesLow = 8 * 1024 * 1024
    /// Journal bytes waiting above which new runs are refused with 503.
    static let journalBacklogBytesMax = 64 * 1024 * 1024
    /// Questions waiting for the storage loop before more are refused with 503.
    static let storageMailboxMax = 16_384
    /// Milliseconds that the database may work on one question: what takes this long has gone wrong.
    static let statementMillisecondsMax = 10_000
    /// Questions sent to the database ahead of their answers: keeps one connection busy, and a loss cheap.
    static let databaseQuestionsInFlightMax = 256
    /// Such questions of the connection for what users keep: each may be large, and is held twice meanwhile.
    static let userQuestionsInFlightMax = 4
    /// Bytes in questions of one connection that wait to be sent; further ones are refused.
    static let questionBytesMax = 128 * 1024 * 1024
    /// Bytes of stored outputs that one start of a part of a flow may read: as much as a few events may hold.
    static let storedOutputsBytesMax = 64 * 1024 * 1024
    /// Bytes of one page of events: a page is held twice, as the client library's result and as events.
    static let replayPageBytesMax = 4 * 1024 * 1024
    /// Hashes of snapshots known to be stored; forgetting one costs sending its document once more.
    static let snapshotsKnownMax = 4_096
    /// Runs that storage refused and whose further entries are thrown away; lanes are told at once.
    static let refusedRunsKnownMax = 4_096
    /// Milliseconds before the first new attempt to reach the database.
    static let reconnectMillisecondsMin = 100
    /// Milliseconds between later attempts: short enough that nobody waits for the server after the database.
    static let reconnectMillisecondsMax = 5_000
    /// Attempts to reach the database at start: with their pauses about half a minute, in which one that starts
    /// at the same time gets ready.
    static let databaseAttemptsAtStart = 12
    /// Milliseconds that a start waits until the connection of a killed daemon's journal is gone: a commit that the disk takes
    /// its time with.
    static let endedJournalMillisecondsMax = 5_000
    /// Milliseconds that a stop waits for a database that is away.
    public static let storageStopMillisecondsMax = 15_000
    /// Milliseconds for one attempt to connect.
    public static let connectMillisecondsMax = 10_000
    /// Milliseconds between two signs of life of a server.
    static let heartbeatMilliseconds = 2_000
    /// Milliseconds without a sign of life after which a server's runs are ended (spec storage 7.2).
    static let heartbeatMillisecondsMax = 15_000
    /// Milliseconds between two searches for runs that a dead server left behind: they stand still until then.
    static let sweepMilliseconds = 1_000
    /// Days for which partitions are made ahead: a week without a connection to the database does no harm.
    static let partitionDaysAhead = 7
    /// Milliseconds between two makings of partitions.
    static let partitionMilliseconds = 3_600_000
    /// Milliseconds that the database may leave a question or a commit without an answer before new starts are refused and
    /// the server counts as unwell: with the two seconds between signs of life this is noticed within five, and no
    /// healthy statement or commit takes as long.
    static let standstillMilliseconds = 2_500
    /// Milliseconds between two looks at how long the database has said nothing, while something is asked.
    static let standstillLookMilliseconds = 250
    /// Milliseconds beyond the database's own time limit for a statement until a connection on which it says nothing is
    /// given up: for the way there and back, and for a machine that has stood still for a moment.
    static let replyMarginMilliseconds = 3_000
    /// Milliseconds that the database may work on one statement of a commit, above the ten seconds that one may wait for a
    /// lock: a commit takes some milliseconds.
    static let journalStatementMillisecondsMax = 15_000

    // MARK: Stopping

    /// Milliseconds that a stop gives a database which takes nothing to come back, before runs are not waited for: a
    /// restart of it takes less.
    public static let stopStandstillMilliseconds = 5_000

    // MARK: Other servers

    /// Milliseconds between two looks at what others have written down, while they can tell this server: what one lost
    /// notification costs. A look is a handful of questions by primary key.
    static let remoteLookMilliseconds = 30_000
    /// Milliseconds between two such looks while nobody can tell it (spec storage 7.2).
    static let remoteLookUntoldMilliseconds = 1_000
}
