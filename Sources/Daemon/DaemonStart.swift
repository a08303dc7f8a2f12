// A start that can be broken off: it may wait for a database for minutes, and a signal to stop must not wait so long.

internal import Foundation
internal import Primitives
internal import Synchronization

/// A daemon that is being started, on a thread of its own.
final class DaemonStart: Sendable {
    private let outcome = Mutex<Result<Daemon, StartError>?>(nil)
    private let dataFolder: String
    private let log: Log

    /// Begins.
    ///
    /// - Parameter databaseLost: see `Daemon.start`.
    init(_ configuration: Configuration, log: Log, databaseLost: @escaping @Sendable () -> Void) {
        dataFolder = configuration.dataFolder
        self.log = log
        let thread = Thread { [self] in
            let result: Result<Daemon, StartError>
            do throws(StartError) {
                result = .success(try Daemon.start(configuration, log: log, databaseLost: databaseLost))
            } catch {
                result = .failure(error)
            }
            outcome.withLock { $0 = result }
        }
        thread.name = "start"
        // As large as the main thread's stack, because flows are read on this thread.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Waits for the daemon. If the signal to stop comes first, the start still gets a moment, in case that it is
    /// almost done.
    ///
    /// - Returns: the daemon, and the signal if it has come.
    /// - Throws: why there is none. After a signal nothing else can be done but to end the process.
    func wait(_ signals: inout Signals) throws(StartError) -> (Daemon, signal: String?) {
        var signal: String?
        var patience = Limits.startBreakMilliseconds
        while patience > 0 {
            if let result = outcome.withLock({ $0 }) { return (try result.get(), signal) }
            let name = signals.waitForStop(withinMilliseconds: Limits.stopLookMilliseconds)
            if let name, signal == nil {
                log.info("daemon", "told to stop while starting", LogField("signal", name))
                signal = name
            } else if name != nil {
                break
            }
            if signal != nil { patience -= Limits.stopLookMilliseconds }
        }
        EmbeddedPostgres.stopServer(inDataFolder: dataFolder)
        throw StartError("told to stop before it had started")
    }
}
