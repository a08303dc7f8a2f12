// A Postgres server of the tests' own: a temporary folder, a socket in it, gone when the test process ends.

import Foundation

/// One cluster with any number of databases. Also works as root, by running the server as another user.
///
/// Without Postgres on the machine everything here throws, and the suite that needs it fails.
public final class ScratchCluster: @unchecked Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// The one of this process; its commits do not wait for the disk, which no test of this kind can see.
    public static let shared = Result { try ScratchCluster(settings: ["fsync=off"]) }

    /// Holds data, socket and log.
    public let folder: String
    private let binaries: String
    private let settings: [String]
    /// Removes everything when the write end of its input closes, which is at the latest when this process ends.
    private let janitor: Process
    private let janitorInput = Pipe()
    private let lock = NSLock()
    private var databaseCount = 0

    /// Makes and starts a cluster.
    public init(settings: [String] = []) throws {
        self.settings = settings
        binaries = try ScratchCluster.findBinaries()
        folder = try ScratchCluster.run("/bin/mktemp", ["-d", "/tmp/flowd-test.XXXXXX"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        janitor = Process()
        janitor.executableURL = URL(fileURLWithPath: "/bin/sh")
        janitor.arguments = [
            "-c",
            """
            read -r line
            kill -QUIT $(head -n 1 "$1/data/postmaster.pid") 2>/dev/null
            kill -CONT $(head -n 1 "$1/data/postmaster.pid") 2>/dev/null
            sleep 0.2
            rm -rf "$1"
            """, "janitor", folder,
        ]
        janitor.standardInput = janitorInput
        janitor.standardOutput = FileHandle.nullDevice
        janitor.standardError = FileHandle.nullDevice
        try janitor.run()
        _ = FileManager.default.createFile(atPath: "\(folder)/log", contents: nil)
        if ScratchCluster.isRoot { _ = try ScratchCluster.run("/bin/chown", ["postgres", folder]) }
        try asServerUser(
            "\(binaries)/initdb",
            ["-D", "\(folder)/data", "-U", "flowd", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"])
        try start()
    }

    /// Connects to a database of this cluster.
    public func connectionString(_ database: String = "postgres") -> String {
        "host=\(folder) user=flowd dbname=\(database)"
    }

    /// Makes an empty database and gives its connection string.
    public func makeDatabase() throws -> String {
        lock.lock()
        defer { lock.unlock() }
        databaseCount += 1
        let name = "scratch\(databaseCount)"
        try psql("CREATE DATABASE \(name) TEMPLATE template0")
        return connectionString(name)
    }

    /// Runs SQL and gives what `psql` prints of it: one line a row, columns separated by `|`.
    @discardableResult
    public func psql(_ sql: String, on connectionString: String? = nil) throws -> String {
        try ScratchCluster.run(
            "\(binaries)/psql",
            [
                "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
                connectionString ?? self.connectionString(), "-c", sql,
            ]
        ).trimmingCharacters(in: .newlines)
    }

    /// Starts the server and waits until it takes connections.
    public func start() throws {
        var arguments = ["-D", "\(folder)/data", "-c", "listen_addresses=", "-c", "max_connections=200"]
        for setting in settings + ["unix_socket_directories=\(folder)"] { arguments += ["-c", setting] }
        let server = ScratchCluster.process(asServerUser: "\(binaries)/postgres", arguments)
        let log = FileHandle(forWritingAtPath: "\(folder)/log") ?? .nullDevice
        server.standardOutput = log
        server.standardError = log
        try server.run()
        while true {
            let isReady = try? ScratchCluster.run(
                "\(binaries)/psql", ["-X", "-q", "-d", connectionString(), "-c", "SELECT 1"])
            if isReady != nil { return }
            guard server.isRunning else {
                throw Failure(
                    description: (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "")
            }
            usleep(20_000)
        }
    }

    /// Stops the server as an operator would, ending all connections.
    public func stop() throws {
        try asServerUser("\(binaries)/pg_ctl", ["-D", "\(folder)/data", "-m", "fast", "-w", "stop"])
    }

    /// Makes the server and all its processes stand still: they take connections and questions, and answer nothing.
    public func freeze() throws { try signalAll(SIGSTOP) }

    /// Lets them go on.
    public func thaw() throws { try signalAll(SIGCONT) }

    /// Kills the server and all its processes without a chance to write anything.
    public func kill() throws {
        let pid = try signalAll(SIGKILL)
        // The kernel lets go of the processes a moment after the signal; the next start waits for that itself.
        while Foundation.kill(pid, 0) == 0 { usleep(1_000) }
    }

    @discardableResult private func signalAll(_ signal: Int32) throws -> Int32 {
        let text = try String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8)
        guard let pid = text.split(separator: "\n").first.flatMap({ Int32($0) }) else {
            throw Failure(description: "postmaster.pid holds no process id")
        }
        let children = (try? ScratchCluster.run("/usr/bin/pgrep", ["-P", "\(pid)"])) ?? ""
        for process in [pid] + children.split(separator: "\n").compactMap({ Int32($0) }) {
            Foundation.kill(process, signal)
        }
        return pid
    }

    private func asServerUser(_ program: String, _ arguments: [String]) throws {
        let process = ScratchCluster.process(asServerUser: program, arguments)
        _ = try ScratchCluster.run(process.executableURL?.path ?? program, process.arguments ?? [])
    }

    private static func process(asServerUser program: String, _ arguments: [String]) -> Process {
        let process = Process()
        let wrapper = ["--reuid=postgres", "--regid=postgres", "--init-groups", "--", program]
        process.executableURL = URL(fileURLWithPath: isRoot ? "/usr/bin/setpriv" : program)
        process.arguments = (isRoot ? wrapper : []) + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = FileHandle.nullDevice
        return process
    }

    private static var isRoot: Bool { geteuid() == 0 }

    private static func findBinaries() throws -> String {
        let manager = FileManager.default
        let root = "/usr/lib/postgresql"
        let versions = ((try? manager.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
            .sorted()
        let folders =
            versions.reversed().map { "\(root)/\($0)/bin" }
            + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        guard let folder = folders.first(where: { manager.isExecutableFile(atPath: "\($0)/initdb") }) else {
            throw Failure(description: "these tests need a Postgres server: apt-get install postgresql")
        }
        return folder
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        let output = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: output) }
        // A file, not a pipe: nobody needs to read while the program runs.
        let handle = try FileHandle(forWritingTo: output)
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let status = process.waitForEnd()
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        guard status == 0 else { throw Failure(description: "\(program): \(text)") }
        return text
    }
}
