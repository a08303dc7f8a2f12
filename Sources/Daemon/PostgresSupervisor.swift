// Watches the server of the private database and starts it again when it has died.

internal import Dispatch
internal import Foundation
internal import Primitives
internal import Synchronization

/// A thread that looks at the server twice a second. It watches a launched server and a server that was taken over: the
/// latter is no child of this process, so the system does not report its end.
final class PostgresSupervisor: Sendable {
    private let postgres: EmbeddedPostgres
    private let log: Log
    private let startSecondsMax: Int
    private let giveUp: @Sendable (StartError) -> Void
    private let back = Mutex<(@Sendable () -> Void)?>(nil)
    /// Rings when a stop begins.
    private let bell = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - startSecondsMax: for how long the supervisor tries to start a server in place of a dead one.
    ///   - giveUp: called on the supervisor's thread when the server is gone and cannot be started. The watch ends
    ///     then.
    init(
        _ postgres: EmbeddedPostgres, startSecondsMax: Int = Limits.postgresStartSecondsMax, log: Log,
        giveUp: @escaping @Sendable (StartError) -> Void
    ) {
        self.postgres = postgres
        self.log = log
        self.startSecondsMax = startSecondsMax
        self.giveUp = giveUp
        let thread = Thread { [self] in
            watch()
            hasEnded.signal()
        }
        thread.name = "postgres"
        thread.start()
    }

    /// Sets what is called, on the supervisor's thread, when a server is there again. Once.
    func whenBack(_ tell: @escaping @Sendable () -> Void) { back.withLock { $0 = tell } }

    /// Stops watching: from here on the server is not started any more. Waits for nothing.
    func beginStopping() {
        postgres.beginStopping()
        bell.signal()
    }

    /// Stops watching, and waits for a start that is under way. Such a start looks every few seconds whether it must
    /// stop. Once.
    func stop(withinMilliseconds milliseconds: Int) {
        beginStopping()
        if hasEnded.wait(timeout: .now() + .milliseconds(milliseconds)) == .timedOut {
            log.error("postgres", "a start of the private cluster is not waited for")
        }
    }

    private func watch() {
        while !pause(milliseconds: Limits.postgresLookMilliseconds) {
            let server = postgres.server
            guard !server.isAlive else { continue }
            let end = server.takeEnd().map(\.description)
            log.error(
                "postgres", "the server of the private cluster has died and is started again",
                LogField("process", server.identifier),
                LogField("end", end ?? "unknown, as another flowd had started it"),
                LogField("log", postgres.layout.logFile))
            do throws(StartError) {
                guard try isBack() else { return }
                back.withLock { $0 }?()
            } catch {
                log.error(
                    "postgres", "the server of the private cluster cannot be started again; flowd ends",
                    LogField("reason", error), LogField("log", postgres.layout.logFile))
                return giveUp(error)
            }
        }
    }

    /// Tries until a server is there. False if a stop has begun.
    private func isBack() throws(StartError) -> Bool {
        let beginning = Clock.system.steady()
        let deadline = beginning + Int64(startSecondsMax) * 1_000_000_000
        while true {
            var reason = StartError(
                "the private Postgres has died and ends at each new start; \(postgres.layout.logFile) says why",
                exitStatus: 3)
            do throws(StartError) {
                // Replaying the log may take long, and a server that runs is given the time for it.
                if try postgres.startAgain(withinSeconds: Limits.postgresReplaySecondsMax) {
                    log.info(
                        "postgres", "the server of the private cluster is back",
                        LogField("process", postgres.server.identifier),
                        LogField("milliseconds", (Clock.system.steady() - beginning) / 1_000_000))
                    return true
                }
            } catch {
                reason = StartError(error.description, exitStatus: 3)
            }
            if pause(milliseconds: Limits.postgresStartPauseMilliseconds) { return false }
            guard Clock.system.steady() < deadline else { throw reason }
        }
    }

    /// True if a stop has begun meanwhile.
    private func pause(milliseconds: Int) -> Bool {
        bell.wait(timeout: .now() + .milliseconds(milliseconds)) == .success || postgres.isStopping
    }
}

/// The private database of a daemon with its supervisor.
final class SupervisedPostgres: Sendable {
    private let postgres: EmbeddedPostgres
    private let supervisor: PostgresSupervisor
    private let outcome: Outcome

    /// Written on the supervisor's thread.
    private final class Outcome: Sendable {
        let failure = Mutex<StartError?>(nil)
    }

    /// - Parameter lost: called on the supervisor's thread when the database is gone for good; `failure` says why.
    init(_ postgres: EmbeddedPostgres, log: Log, lost: @escaping @Sendable () -> Void) {
        let outcome = Outcome()
        self.postgres = postgres
        self.outcome = outcome
        supervisor = PostgresSupervisor(postgres, log: log) { error in
            outcome.failure.withLock { $0 = error }
            lost()
        }
    }

    var connectionString: String { postgres.connectionString }
    /// Why the database is gone for good.
    var failure: StartError? { outcome.failure.withLock { $0 } }

    /// Begins a stop: from here on the server is not started any more. Waits for nothing.
    func beginStopping() { supervisor.beginStopping() }

    /// Sets what is called when the server has died and another one is there. Once.
    func whenBack(_ tell: @escaping @Sendable () -> Void) { supervisor.whenBack(tell) }

    /// Stops its server, and a start of it that is under way. Once.
    func stop(withinMilliseconds milliseconds: Int = Limits.postgresStopMillisecondsMax) {
        let beginning = Clock.system.steady()
        supervisor.stop(withinMilliseconds: milliseconds / 2)
        let taken = Int((Clock.system.steady() - beginning) / 1_000_000)
        postgres.stop(withinMilliseconds: max(milliseconds - taken, milliseconds / 2))
    }
}
