// The real executable as a process of its own, on a data folder of its own with its private Postgres.

import Foundation
import Synchronization
import TestKit

/// A folder that goes away with the test process, and with it everything that was started in it.
final class ProgramFolder: Sendable {
    private static let count = Atomic(0)
    let path: String
    /// Acts when the write end of its input closes, which is at the latest when this process ends.
    private let janitorInput = Pipe()

    init() throws {
        let number = ProgramFolder.count.wrappingAdd(1, ordering: .relaxed).newValue
        path =
            NSTemporaryDirectory() + "flowd-program.\(ProcessInfo.processInfo.processIdentifier).\(number)"
        try? FileManager.default.removeItem(atPath: path)
        // Others may pass through: as root, Postgres runs as another user.
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        let janitor = Process()
        janitor.executableURL = URL(filePath: "/bin/sh")
        janitor.arguments = [
            "-c",
            """
            read -r line
            cat "$1"/*.pid | xargs kill -9 2>/dev/null
            kill -QUIT $(head -n 1 "$1/data/postgres/postmaster.pid") 2>/dev/null
            kill -CONT $(head -n 1 "$1/data/postgres/postmaster.pid") 2>/dev/null
            sleep 0.2
            rm -rf "$1"
            """, "janitor", path,
        ]
        janitor.standardInput = janitorInput
        janitor.standardOutput = FileHandle.nullDevice
        janitor.standardError = FileHandle.nullDevice
        try janitor.run()
    }

    var dataFolder: String { path + "/data" }

    /// The process of the private Postgres.
    var postmaster: Int32 {
        get throws {
            let text = try String(contentsOfFile: dataFolder + "/postgres/postmaster.pid", encoding: .utf8)
            guard let process = text.split(separator: "\n").first.flatMap({ Int32($0) }) else {
                throw Surprise(expected: "the number of Postgres' process", text)
            }
            return process
        }
    }

    /// Sends a signal to the private Postgres and all of its processes.
    func signalPostgres(_ signal: Int32) throws {
        let postmaster = try postmaster
        for process in try [postmaster] + children(of: postmaster) { kill(process, signal) }
    }

    private func children(of process: Int32) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter {
            child in
            // The fields behind the name: the state, then the parent.
            let line = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
            let fields = line?.split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 1 && Int32(fields[1]) == process
        }
    }

    /// Speaks to a daemon in this folder as its owner.
    func client(of program: FlowdProgram) throws -> DaemonClient {
        let key = try String(contentsOfFile: dataFolder + "/owner-api-key", encoding: .utf8)
        return DaemonClient(port: program.port, key: key.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// How libpq finds the private database.
    var database: String { "host=\(dataFolder)/postgres-socket user=flowd dbname=flowd" }

    /// Runs a command of the program to its end.
    ///
    /// - Parameters:
    ///   - port: that of a daemon, for the command that asks it.
    ///   - input: what comes in on its standard input; it must fit into a pipe.
    ///   - settings: further variables of its environment.
    func run(
        _ arguments: String..., port: UInt16 = 0, input: String = "", settings: [String: String] = [:]
    ) throws -> (status: Int32, output: String, complaint: String) {
        let process = FlowdProgram.process(arguments, in: self, port: port, settings: settings)
        let (output, complaint, entry) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        process.standardInput = entry
        try process.run()
        try entry.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try entry.fileHandleForWriting.close()
        // What these commands say fits into a pipe.
        let status = process.waitForEnd() ?? -1
        func text(_ pipe: Pipe) throws -> String {
            String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        }
        return (status, try text(output), try text(complaint))
    }
}

/// `flowd serve` as a child process.
final class FlowdProgram {
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// The port it says it listens on.
    let port: UInt16
    private let process: Process
    private let log: ProgramLog

    /// Starts the program and waits until it listens.
    ///
    /// - Parameters:
    ///   - descriptors: how many it may have open, and to how many it may raise that itself; nil for what this process
    ///     may.
    ///   - settings: further variables of its environment.
    init(
        in folder: ProgramFolder, descriptors: (soft: Int, hard: Int)? = nil, settings: [String: String] = [:]
    ) throws {
        process = FlowdProgram.process(["serve"], in: folder, settings: settings)
        if let descriptors, let program = process.executableURL {
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = [
                "-c", #"ulimit -Sn "$1" && ulimit -Hn "$2" && exec "$0" serve"#, program.path,
                "\(descriptors.soft)", "\(descriptors.hard)",
            ]
        }
        let pipe = Pipe()
        process.standardError = pipe
        let log = ProgramLog()
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            log.append(data)
        }
        try process.run()
        try "\(process.processIdentifier)\n".write(
            toFile: "\(folder.path)/\(process.processIdentifier).pid", atomically: false, encoding: .utf8)
        self.log = log
        guard let port = log.waitForPort() else {
            process.terminate()
            throw Failure(description: "flowd does not listen; its log: \(log.text)")
        }
        self.port = port
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Sends it a signal.
    func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until it has said something; false if it never does.
    func waitForLog(_ words: String) -> Bool { log.wait(for: { $0.contains(words) ? true : nil }) ?? false }

    /// What it has said.
    var logText: String { log.text }

    /// The descriptors that it has open.
    var descriptors: [Int] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd")
                .compactMap { Int($0) }
        }
    }

    /// How many descriptors it may have open.
    var descriptorsMax: Int {
        get throws {
            let limits = try String(
                contentsOfFile: "/proc/\(process.processIdentifier)/limits", encoding: .utf8)
            guard let match = limits.firstMatch(of: /Max open files +(\d+)/), let count = Int(match.1) else {
                throw Failure(description: "no limit of descriptors in \(limits)")
            }
            return count
        }
    }

    /// Says from outside how many descriptors it may have open from now on.
    func limitDescriptors(to count: Int) throws {
        let limiter = Process()
        limiter.executableURL = URL(filePath: "/usr/bin/prlimit")
        limiter.arguments = ["--pid", "\(process.processIdentifier)", "--nofile=\(count):"]
        try limiter.run()
        guard limiter.waitForEnd() == 0, try descriptorsMax == count else {
            throw Failure(description: "the limit of descriptors cannot be set")
        }
    }

    /// Ends it without a word of warning.
    func crash() {
        kill(process.processIdentifier, SIGKILL)
        process.waitForEnd()
    }

    /// Tells it to stop, and kills it if that takes longer; gives its exit status, nil if it was killed.
    func stop(withinSeconds seconds: Int) -> Int32? {
        let killer = DispatchWorkItem { [process] in kill(process.processIdentifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds), execute: killer)
        defer { killer.cancel() }
        return stop()
    }

    /// Tells it to stop and gives its exit status, nil if a signal has ended it.
    func stop() -> Int32? {
        process.terminate()
        return process.waitForEnd()
    }

    static let serviceKey = "a-key-of-the-operator-of-33-chars"

    /// Beside the tests that run now, wherever they were built.
    static func process(
        _ arguments: [String], in folder: ProgramFolder, port: UInt16 = 0, settings: [String: String] = [:]
    ) -> Process {
        let process = Process()
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        process.executableURL = URL(filePath: tests).deletingLastPathComponent().appending(path: "flowd")
        process.arguments = arguments
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "FLOWD_LISTEN": "127.0.0.1:\(port)", "FLOWD_DATA": folder.dataFolder, "FLOWD_DRAIN_SECONDS": "1",
            "FLOWD_FLOWS": DaemonPlace.exampleFlows.path, "FLOWD_LOG_LEVEL": "debug",
            "FLOWD_OUTBOUND_ALLOW": "127.0.0.0/8", "FLOWD_SERVICE_KEY": FlowdProgram.serviceKey,
        ].merging(settings) { $1 }
        // What sanitizers are told must reach the daemon as well, which they are built into.
        for name in ["ASAN_OPTIONS", "TSAN_OPTIONS", "LD_PRELOAD"] {
            process.environment?[name] = ProcessInfo.processInfo.environment[name]
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        return process
    }
}

/// The log of a program while it is written.
private final class ProgramLog: Sendable {
    private let content = Mutex("")
    private let news = DispatchSemaphore(value: 0)

    var text: String { content.withLock { $0 } }

    func append(_ data: Data) {
        // An empty piece is the end.
        content.withLock { $0 += data.isEmpty ? "\nended\n" : String(decoding: data, as: UTF8.self) }
        news.signal()
    }

    /// The port of the line that says where the program listens; nil if it never comes.
    func waitForPort() -> UInt16? {
        wait { $0.firstMatch(of: /listening url=\S*:(\d+)\s/).flatMap { UInt16($0.1) } }
    }

    /// What is found in the log, as soon as it is there.
    func wait<Found>(for find: (String) -> Found?) -> Found? {
        while true {
            let text = text
            if let found = find(text) { return found }
            if text.hasSuffix("\nended\n") || news.wait(timeout: .now() + 60) == .timedOut { return nil }
        }
    }
}
