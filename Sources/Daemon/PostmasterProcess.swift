// The server process of the private cluster, ours or one that was left behind.

internal import Foundation
internal import Glibc

/// A server, named by its process number and the moment it began. Both together name one process for ever: if the
/// number goes to another process, that process is never taken for the server and never gets a signal.
struct PostmasterProcess: Sendable, Equatable {
    let identifier: pid_t
    /// Clock ticks since the machine started (manual, proc_pid_stat, field 22).
    private let beginning: UInt64

    /// The server that works on a cluster now, if there is one: the process whose number the cluster's own file names,
    /// and whose working folder is the cluster.
    static func running(in cluster: String) -> PostmasterProcess? {
        guard let text = try? String(contentsOfFile: cluster + "/postmaster.pid", encoding: .utf8),
            let first = text.split(separator: "\n").first, let identifier = pid_t(first), identifier > 1,
            let server = PostmasterProcess(identifier: identifier),
            let folder = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(identifier)/cwd"),
            // Checked last, so that all answers were about this one process.
            server.isAlive
        else { return nil }
        return URL(filePath: folder).resolvingSymlinksInPath()
            == URL(filePath: cluster).resolvingSymlinksInPath()
            ? server : nil
    }

    /// Starts a server in the background, its log at the end of the log file.
    static func launch(_ binaries: PostgresBinaries, _ layout: ClusterLayout) throws(StartError)
        -> PostmasterProcess
    {
        try layout.makeSocketFolder()
        let descriptor = unsafe open(
            layout.logFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw StartError(
                "\(layout.logFile) cannot be written: \(unsafe String(cString: strerror(errno)))")
        }
        defer { _ = close(descriptor) }
        let command =
            (layout.user?.prefix ?? []) + [binaries.folder + "/postgres", "-D", layout.cluster]
            + settings(socketFolder: layout.socketFolder)
        let identifier = try ChildProcess.start(command, output: descriptor)
        guard let server = PostmasterProcess(identifier: identifier) else {
            throw StartError("/proc does not show the private Postgres")
        }
        return server
    }

    init(identifier: pid_t, beginning: UInt64) {
        self.identifier = identifier
        self.beginning = beginning
    }

    /// The process that has this number now.
    init?(identifier: pid_t) {
        guard let facts = ProcessFacts(of: identifier) else { return nil }
        self.init(identifier: identifier, beginning: facts.beginning)
    }

    /// No network, full durability, and memory small enough for a laptop.
    private static func settings(socketFolder: String) -> [String] {
        let settings = [
            "listen_addresses=", "port=5432", "unix_socket_directories=\(socketFolder)",
            "unix_socket_permissions=0700", "fsync=on", "synchronous_commit=on", "full_page_writes=on",
            "max_connections=24", "shared_buffers=128MB", "max_wal_size=512MB", "timezone=UTC",
            "log_timezone=UTC", "logging_collector=off", "log_destination=stderr",
        ]
        return settings.flatMap { ["-c", $0] }
    }

    /// True while the process is there and no zombie.
    var isAlive: Bool {
        guard let facts = ProcessFacts(of: identifier) else { return false }
        return facts.beginning == beginning && !facts.isCorpse
    }

    /// Reaps a server that this process has started and says how it ended; nil for servers that others have started.
    func takeEnd() -> ChildEnd? { ChildProcess.end(of: identifier) }

    /// Sends a signal, if it is still there.
    func signal(_ number: Int32) {
        guard isAlive else { return }
        _ = kill(identifier, number)
    }

    /// Asks for a fast shutdown, and for an immediate one when that takes longer than `milliseconds`. After that it
    /// waits one more second. Everything committed is kept in any case.
    func stop(withinMilliseconds milliseconds: Int) -> PostmasterStop {
        signal(SIGINT)
        if hasEnded(withinMilliseconds: milliseconds) { return .ended }
        signal(SIGQUIT)
        return hasEnded(withinMilliseconds: 1_000) ? .cutShort : .goesOn
    }

    private func hasEnded(withinMilliseconds milliseconds: Int) -> Bool {
        for _ in 0...max(0, milliseconds / 10) {
            if !isAlive {
                _ = takeEnd()
                return true
            }
            usleep(10_000)
        }
        return false
    }
}

/// What came of asking a server to end.
enum PostmasterStop: Equatable, Sendable {
    case ended
    /// The server ended at the immediate shutdown; its next start replays its log.
    case cutShort
    case goesOn
}

/// What the system says about a process.
struct ProcessFacts: Equatable, Sendable {
    let isCorpse: Bool
    /// In clock ticks since the machine started.
    let beginning: UInt64

    /// Nil if there is no process of this number.
    init?(of identifier: pid_t) {
        guard let text = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8) else {
            return nil
        }
        self.init(text)
    }

    /// Reads the line of `/proc/PID/stat`: the name stands in brackets and may hold any character (manual,
    /// proc_pid_stat).
    init?(_ text: String) {
        guard let nameEnd = text.lastIndex(of: ")") else { return nil }
        let words = text[text.index(after: nameEnd)...].split(separator: " ")
        // The state is the third field of the line and the beginning its twenty-second.
        guard words.count > 19, let beginning = UInt64(words[19]) else { return nil }
        isCorpse = ["Z", "X"].contains(words[0])
        self.beginning = beginning
    }
}
