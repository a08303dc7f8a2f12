// The private database: a Postgres cluster in the data folder, started and stopped with the daemon.

internal import Foundation
internal import Glibc
internal import Postgres
internal import Primitives
internal import Store
internal import Synchronization

/// A running private cluster. Reached through a Unix socket only, by whoever may enter the socket's folder.
///
/// Started as root, the server runs as an unprivileged user, as Postgres insists. A server that a killed daemon left
/// behind is taken over; an unfinished cluster is made anew.
final class EmbeddedPostgres: Sendable {
    private struct State {
        var server: PostmasterProcess
        var isStopping = false
    }

    /// As libpq takes it.
    var connectionString: String { layout.connectionString }
    let layout: ClusterLayout
    private let binaries: PostgresBinaries
    private let state: Mutex<State>
    private let log: Log

    private init(
        layout: ClusterLayout, binaries: PostgresBinaries, server: PostmasterProcess, log: Log
    ) {
        self.layout = layout
        self.binaries = binaries
        self.log = log
        state = Mutex(State(server: server))
    }

    /// Makes the cluster at first start, starts its server or takes over one that runs, and waits until it answers.
    ///
    /// - Throws: one sentence that says what is wrong or what to install.
    static func start(in folder: DataFolder, log: Log) throws(StartError) -> EmbeddedPostgres {
        let layout = try ClusterLayout(dataFolder: folder.path)
        let binaries = try PostgresBinaries.find(forCluster: layout.cluster)
        if !layout.exists {
            log.info("postgres", "making a private cluster", LogField("folder", layout.cluster))
            try layout.create(with: binaries)
        }
        if let running = PostmasterProcess.running(in: layout.cluster) {
            log.info(
                "postgres", "taking over a running server", LogField("process", running.identifier),
                LogField("socket", layout.socketFolder))
            let postgres = EmbeddedPostgres(layout: layout, binaries: binaries, server: running, log: log)
            if try postgres.becomesReady(withinSeconds: Limits.postgresStartSecondsMax) { return postgres }
            // The server was stopping, told so by a daemon that died before the server had ended.
            log.info("postgres", "the running server has ended")
        }
        let postgres = EmbeddedPostgres(
            layout: layout, binaries: binaries, server: try PostmasterProcess.launch(binaries, layout),
            log: log)
        do throws(StartError) {
            guard try postgres.becomesReady(withinSeconds: Limits.postgresStartSecondsMax) else {
                throw StartError("the private Postgres ended at its start; \(layout.logFile) says why")
            }
        } catch {
            postgres.stop()
            throw error
        }
        log.info(
            "postgres", "private cluster is up", LogField("version", binaries.major),
            LogField("socket", layout.socketFolder))
        return postgres
    }

    /// The connection string of the cluster of a data folder, if its server runs: for commands beside a daemon.
    static func running(inDataFolder path: String) -> String? {
        guard let layout = try? ClusterLayout(dataFolder: DataFolder.absolute(path)),
            PostmasterProcess.running(in: layout.cluster) != nil
        else { return nil }
        return layout.connectionString
    }

    /// Stops the server of the cluster of a data folder, if it runs: for a start that is broken off.
    static func stopServer(inDataFolder path: String) {
        guard let layout = try? ClusterLayout(dataFolder: DataFolder.absolute(path)) else { return }
        _ = PostmasterProcess.running(in: layout.cluster)?
            .stop(withinMilliseconds: Limits.stopPostgresMilliseconds)
    }

    /// Its server now.
    var server: PostmasterProcess { state.withLock { $0.server } }

    /// True once a stop has begun: from then on the server is not started any more.
    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Begins a stop: from here on the server is not started any more.
    func beginStopping() { state.withLock { $0.isStopping = true } }

    /// Stops the server: connections are cut, everything committed is kept. Waits until it has gone.
    func stop(withinMilliseconds milliseconds: Int = Limits.postgresStopMillisecondsMax) {
        beginStopping()
        let server = server
        switch server.stop(withinMilliseconds: milliseconds) {
        case .ended: log.info("postgres", "private cluster is down")
        case .cutShort:
            log.warning(
                "postgres", "the private cluster was stopped at once, as its orderly stop took too long",
                LogField("milliseconds", milliseconds))
        case .goesOn:
            log.error("postgres", "the private cluster does not stop", LogField("process", server.identifier))
        }
    }

    /// Starts a server in place of one that has died, or takes over one that somebody else has started. False if the
    /// new server ended at once, as it does while processes of the dead one are there, or if a stop has begun
    /// meanwhile.
    ///
    /// - Parameter seconds: how long a server that runs may take to answer.
    func startAgain(withinSeconds seconds: Int) throws(StartError) -> Bool {
        guard !isStopping else { return false }
        let next: PostmasterProcess
        if let running = PostmasterProcess.running(in: layout.cluster) {
            next = running
        } else {
            next = try PostmasterProcess.launch(binaries, layout)
        }
        // A stop waits until this function has returned, and then stops this server.
        state.withLock { $0.server = next }
        return try becomesReady(withinSeconds: seconds)
    }

    /// Waits until the server answers, and makes the database if it is not there. False if the server ends instead, or
    /// if a stop has begun.
    private func becomesReady(withinSeconds seconds: Int) throws(StartError) -> Bool {
        let deadline = Clock.system.steady() + Int64(seconds) * 1_000_000_000
        let server = server
        while true {
            do throws(PostgresError) {
                let connection = try BlockingConnection(
                    layout.maintenanceConnectionString,
                    connectMillisecondsMax: Int32(Limits.postgresAnswerMillisecondsMax),
                    replyMillisecondsMax: Int32(Limits.connectMillisecondsMax))
                if try connection.run("SELECT 1 FROM pg_database WHERE datname = 'flowd'", [], []).count == 0
                {
                    try connection.run(script: "CREATE DATABASE flowd")
                }
                return true
            } catch {
                guard server.isAlive else {
                    _ = server.takeEnd()
                    return false
                }
                guard !isStopping else { return false }
                guard Clock.system.steady() < deadline else {
                    throw StartError("the private Postgres does not answer: \(error)")
                }
                usleep(20_000)
            }
        }
    }
}
