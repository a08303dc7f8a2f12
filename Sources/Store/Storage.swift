// The door to everything that is kept: started once by the daemon, stopped last.

public import Engine
public import Identity
internal import Net
public import Postgres
public import Primitives
internal import Synchronization

/// Why storage could not be started.
public enum StorageStartError: Error, CustomStringConvertible {
    /// The database cannot be reached, or refused something.
    case database(PostgresError)
    /// The server is too old; its number is that of libpq, 130004 for 13.4.
    case serverTooOld(Int32)
    /// The tables cannot be brought up to date.
    case migration(MigrationError)
    /// There could be no storage loop.
    case loop(any Error)

    public var description: String {
        switch self {
        case .database(let error): "\(error)"
        case .serverTooOld(let version): "PostgreSQL 14 or newer is needed, this is \(version / 10_000)"
        case .migration(let error): "\(error)"
        case .loop(let error): "the storage loop cannot be started: \(error)"
        }
    }
}

/// The storage loop with what it offers. Made by `start`, used by any thread.
public final class Storage: Sendable {
    /// Takes the events of runs.
    public let journal: any RunJournal
    /// This server, as the tables know it.
    public let server: ServerID
    let context: PortContext
    private let secrets: [ServerSecretName: ServerSecret]
    private let claimed: LateListener<ClaimNews>
    private let news: LateListener<RemoteNews>
    private let loop: EventLoop<StorageMessage>
    private let readiness: StorageReadiness
    private let readers: WorkThreads
    private let backlog: JournalBacklog
    private let lookup: HostLookup

    private init(
        journal: PostgresJournal, desk: QuestionDesk, server: ServerID,
        secrets: [ServerSecretName: ServerSecret], vaultKey: SealingKey?, claimed: LateListener<ClaimNews>,
        news: LateListener<RemoteNews>, loop: EventLoop<StorageMessage>, readiness: StorageReadiness,
        lookup: HostLookup, readers: WorkThreads
    ) {
        self.journal = journal
        context = PortContext(
            desk: desk, server: server,
            sealingKey: vaultKey ?? SealingKey(Storage.secret(.vault, of: secrets)),
            readers: readers)
        self.readers = readers
        self.server = server
        self.secrets = secrets
        self.claimed = claimed
        self.news = news
        self.loop = loop
        self.readiness = readiness
        self.lookup = lookup
        backlog = journal.backlog
    }

    /// Brings the tables up to date and starts the storage loop, which then looks for runs of dead servers. Waits for the
    /// database; call it before anything else is started.
    ///
    /// - Parameters:
    ///   - connectionString: a URL or keywords, as libpq takes them.
    ///   - server: the id of this data folder. No other process has this id, because it would have to hold the folder's
    ///     lock.
    ///   - serverVersion: of this build, shown in the table of servers.
    ///   - vaultKey: seals the secrets of users; nil for the one that is kept in the database.
    public static func start(
        connectionString: String, server: ServerID, serverVersion: String, vaultKey: SealingKey? = nil,
        clock: Clock = .system, log: Log
    ) throws(StorageStartError) -> Storage {
        let connection = try prepare(connectionString, log: log)
        let housekeeping = Housekeeping(server: server, version: serverVersion)
        let secrets: [ServerSecretName: ServerSecret]
        let claimed = LateListener<ClaimNews>()
        let news = LateListener<RemoteNews>(summary: .anythingHappened)
        do throws(PostgresError) {
            secrets = try ServerSecretName.load(connection)
            try housekeeping.begin(connection, log: log)
        } catch {
            throw .database(error)
        }
        let backlog = JournalBacklog()
        let listeners = JournalListeners()
        let readiness = StorageReadiness()
        let lookup = HostLookup()
        let loop: EventLoop<StorageMessage>
        let readers: WorkThreads
        do {
            readers = try WorkThreads(name: "left runs", count: 1, capacity: Limits.leftRunsWaitingMax)
            loop = try EventLoop.start(name: "storage", clock: clock, capacity: Limits.storageMailboxMax) {
                handle, loop in
                let database = DatabaseAddress(
                    connectionString: connectionString, lookup: lookup,
                    found: { [mailbox = handle.mailbox] in mailbox.postReply(.addressesFound($0)) })
                let journal = JournalWriter(
                    database: database, server: server, backlog: backlog, listeners: listeners, log: log)
                let sessions = StorageSessions { channel in
                    CommandSession(channel, clock: clock, database: database)
                }
                return StorageReactor(
                    journal: journal, sessions: sessions,
                    listening: ListeningSession(database: database), news: news,
                    housekeeping: housekeeping, claimed: claimed, readiness: readiness, log: log, on: &loop)
            }
        } catch {
            throw .loop(error)
        }
        let desk = QuestionDesk(mailbox: loop.mailbox, readiness: readiness, log: log)
        return Storage(
            journal: PostgresJournal(mailbox: loop.mailbox, backlog: backlog, listeners: listeners),
            desk: desk, server: server, secrets: secrets, vaultKey: vaultKey, claimed: claimed, news: news,
            loop: loop, readiness: readiness, lookup: lookup, readers: readers)
    }

    /// Connects and brings the tables up to date: for commands that need no loop. Waits for a database that is
    /// just starting.
    public static func prepare(_ connectionString: String, log: Log) throws(StorageStartError)
        -> BlockingConnection
    {
        let connection: BlockingConnection
        do {
            connection = try connect(connectionString, log: log)
        } catch {
            throw .database(error)
        }
        guard connection.serverVersion >= 140_000 else { throw .serverTooOld(connection.serverVersion) }
        do {
            for number in try Migrator(Schema.migrations, digest: Digest.sha256).migrate(connection) {
                log.info("storage", "applied migration", LogField("number", number))
            }
        } catch {
            throw .migration(error)
        }
        return connection
    }

    /// Sets who takes up runs that dead servers have left to this one; it is called on the storage loop's thread as
    /// they are found. Once.
    public func takeUpClaimedRuns(_ take: @escaping @Sendable (ClaimNews) -> Void) {
        claimed.setListener(take)
    }

    /// Sets who hears of changes by other servers on this database; it is called on the storage loop's thread. Once.
    public func hearOtherServers(_ hear: @escaping @Sendable (RemoteNews) -> Void) { news.setListener(hear) }

    /// True while the database answers, all connections to it are there and the journal takes runs.
    public var isReady: Bool {
        readiness.isReady.load(ordering: .relaxed) && readiness.isWhole.load(ordering: .relaxed)
            && journal.pressure.startsRuns
    }

    /// True while the database is away, gives no answers or takes no commits: nothing becomes durable now.
    public var standsStill: Bool { !readiness.isReady.load(ordering: .relaxed) || backlog.standsStill }

    /// To be called by whoever knows that the database is back: lost connections are made anew at once.
    public func databaseIsBack() { loop.mailbox.postReply(.databaseIsBack) }

    /// A secret of this installation.
    public func secret(_ name: ServerSecretName) -> ServerSecret { Storage.secret(name, of: secrets) }

    private static func secret(
        _ name: ServerSecretName, of secrets: [ServerSecretName: ServerSecret]
    ) -> ServerSecret {
        guard let secret = secrets[name] else { preconditionFailure("every secret is loaded at start") }
        return secret
    }

    /// Writes down what waits, says goodbye and ends the loop. Waits until then; nothing may be appended any more.
    ///
    /// - Parameter milliseconds: how long to wait for a database that is away.
    public func stop(withinMilliseconds milliseconds: Int = Limits.storageStopMillisecondsMax) {
        readiness.isStopping.store(true, ordering: .relaxed)
        loop.mailbox.postReply(.stop(milliseconds: milliseconds))
        loop.join()
        readers.stop()
        readers.join()
        lookup.stop()
    }

    private static func connect(_ connectionString: String, log: Log) throws(PostgresError)
        -> BlockingConnection
    {
        var pause = ReconnectPause()
        var attempts = Limits.databaseAttemptsAtStart
        while true {
            do throws(PostgresError) {
                let connection = try BlockingConnection(connectionString)
                try connection.run(script: "SET client_min_messages = error; SET timezone = 'UTC'")
                return connection
            } catch {
                attempts -= 1
                guard attempts > 0 else { throw error }
                log.warning("storage", "database not reached", LogField("reason", error.debugDescription))
                BlockingConnection.pause(milliseconds: Int32(pause.next()))
            }
        }
    }
}
