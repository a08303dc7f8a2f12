// The server process of the private cluster, ours or one that was left behind.

internal import Foundation
internal import Glibc

/// A server by its process number. Ended by a signal, whoever started it.
struct PostmasterProcess: Sendable {
    let identifier: pid_t

    /// The server that works on a cluster now, if there is one: a process of the number that the cluster's own file
    /// names, standing in the cluster's folder.
    static func running(in cluster: String) -> PostmasterProcess? {
        guard let text = try? String(contentsOfFile: cluster + "/postmaster.pid", encoding: .utf8),
            let first = text.split(separator: "\n").first, let identifier = pid_t(first)
        else { return nil }
        let server = PostmasterProcess(identifier: identifier)
        guard server.isAlive,
            let folder = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(identifier)/cwd")
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
        let descriptor = unsafe open(layout.logFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StartError(
                "\(layout.logFile) cannot be written: \(unsafe String(cString: strerror(errno)))")
        }
        let logFile = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let command =
            (layout.user?.prefix ?? []) + [binaries.folder + "/postgres", "-D", layout.cluster]
            + settings(socketFolder: layout.socketFolder)
        let process = try ChildProcess.start(command, output: logFile)
        return PostmasterProcess(identifier: process.processIdentifier)
    }

    /// No network; nothing durable is traded for speed; small enough for a laptop.
    private static func settings(socketFolder: String) -> [String] {
        let settings = [
            "listen_addresses=", "port=5432", "unix_socket_directories=\(socketFolder)",
            "unix_socket_permissions=0700", "fsync=on", "synchronous_commit=on", "full_page_writes=on",
            "max_connections=24", "shared_buffers=128MB", "max_wal_size=512MB", "timezone=UTC",
            "log_timezone=UTC", "logging_collector=off", "log_destination=stderr",
        ]
        return settings.flatMap { ["-c", $0] }
    }

    /// True while the process is there and not a corpse.
    var isAlive: Bool {
        guard kill(identifier, 0) == 0 || errno == EPERM else { return false }
        guard let text = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return false }
        return !text[end...].hasPrefix(") Z")
    }

    /// Asks for a fast shutdown and waits for it; false if it does not come.
    func stop(withinSeconds seconds: Int) -> Bool {
        guard kill(identifier, SIGINT) == 0 else { return !isAlive }
        for _ in 0..<(seconds * 100) {
            if !isAlive { return true }
            usleep(10_000)
        }
        return false
    }
}
