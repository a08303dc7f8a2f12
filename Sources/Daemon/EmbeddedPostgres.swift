// The private database: a Postgres cluster in the data folder, started and stopped with the daemon.

internal import Foundation
internal import Glibc
internal import Postgres
internal import Primitives

/// A running private cluster. Reached through a Unix socket only, by whoever may enter the socket's folder.
///
/// Started as root, the server runs as an unprivileged user, as Postgres insists. A server that a killed daemon left
/// behind is taken over; an unfinished cluster is made anew.
final class EmbeddedPostgres: Sendable {
    /// As libpq takes it.
    let connectionString: String
    private let server: PostmasterProcess
    private let log: Log

    private init(connectionString: String, server: PostmasterProcess, log: Log) {
        self.connectionString = connectionString
        self.server = server
        self.log = log
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
            let postgres = EmbeddedPostgres(
                connectionString: layout.connectionString, server: running, log: log)
            if try postgres.becomesReady(layout) { return postgres }
            // It was on its way out, told to stop by a daemon that did not live to see it.
            log.info("postgres", "the running server has ended")
        }
        let postgres = EmbeddedPostgres(
            connectionString: layout.connectionString, server: try PostmasterProcess.launch(binaries, layout),
            log: log)
        do throws(StartError) {
            guard try postgres.becomesReady(layout) else {
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

    /// Stops the server: connections are cut, everything committed is kept. Waits until it has gone.
    func stop() {
        let isGone = server.stop(withinSeconds: 30)
        if isGone {
            log.info("postgres", "private cluster is down")
        } else {
            log.error("postgres", "the private cluster does not stop", LogField("process", server.identifier))
        }
    }

    /// Waits until the server answers, and makes the database if it is not there. False if the server ends instead.
    private func becomesReady(_ layout: ClusterLayout) throws(StartError) -> Bool {
        let deadline = Clock.system.steady() + 60_000_000_000
        while true {
            do throws(PostgresError) {
                let connection = try BlockingConnection(layout.maintenanceConnectionString)
                if try connection.run("SELECT 1 FROM pg_database WHERE datname = 'flowd'", [], []).count == 0
                {
                    try connection.run(script: "CREATE DATABASE flowd")
                }
                return true
            } catch {
                guard server.isAlive else { return false }
                guard Clock.system.steady() < deadline else {
                    throw StartError("the private Postgres does not answer: \(error)")
                }
                usleep(20_000)
            }
        }
    }
}
