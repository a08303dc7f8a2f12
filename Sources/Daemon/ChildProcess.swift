// Programs run by the daemon: how they are started, what they print and how they end.

internal import CLinux
internal import Foundation
internal import Glibc
internal import Primitives

/// How a program ended.
enum ChildEnd: Equatable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    /// From the status that the system gives (POSIX, waitpid).
    init(status: Int32) {
        let signal = status & 0x7F
        self = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }

    var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signalled(let signal): "signal \(signal)"
        }
    }
}

/// Runs programs. Blocks; not for loops or lanes.
enum ChildProcess {
    /// Runs a program to its end. The first word is its absolute path. One that takes longer than `secondsMax` is killed.
    static func output(_ command: [String], secondsMax: Int = Limits.childSecondsMax) throws(StartError)
        -> (isSuccess: Bool, text: String)
    {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw StartError("\(command[0]) cannot be run: \(unsafe String(cString: strerror(errno)))")
        }
        defer { _ = close(ends[0]) }
        let process: pid_t
        do throws(StartError) {
            process = try start(command, output: ends[1])
            _ = close(ends[1])
        } catch {
            _ = close(ends[1])
            throw error
        }
        let deadline = Clock.system.steady() + Int64(secondsMax) * 1_000_000_000
        let text = read(ends[0], until: deadline)
        while true {
            if let text, let end = end(of: process) { return (end == .exited(0), text) }
            guard text != nil, Clock.system.steady() < deadline else { break }
            usleep(1_000)
        }
        // Kills the whole group: a program that hangs may be waiting for other programs.
        _ = kill(-process, SIGKILL)
        while end(of: process) == nil { usleep(1_000) }
        throw StartError("\(command[0]) did not end within \(secondsMax) seconds")
    }

    /// Starts a program in the background. Its output goes to a descriptor, which stays open here. The caller must ask
    /// for the program's end, otherwise a zombie remains.
    static func start(_ command: [String], output: Int32) throws(StartError) -> pid_t {
        let words = unsafe command.map { unsafe strdup($0) }
        defer { unsafe words.forEach { unsafe free($0) } }
        let pointers = unsafe words.map { unsafe UnsafePointer($0) } + [nil]
        let process = unsafe flowd_spawn(pointers, output)
        guard process > 0 else {
            throw StartError("\(command[0]) cannot be run: \(unsafe String(cString: strerror(-process)))")
        }
        return process
    }

    /// How a program that this process has started ended; nil while it runs, and after its end has been given once.
    static func end(of process: pid_t) -> ChildEnd? {
        var status: Int32 = 0
        return unsafe waitpid(process, &status, WNOHANG) == process ? ChildEnd(status: status) : nil
    }

    /// Everything that comes until the other end is closed; nil if that does not happen in time.
    private static func read(_ descriptor: Int32, until deadline: Int64) -> String? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = (deadline - Clock.system.steady()) / 1_000_000
            guard milliseconds > 0 else { return nil }
            guard unsafe poll(&watched, 1, Int32(clamping: milliseconds)) > 0 else { continue }
            let count = unsafe Glibc.read(descriptor, &piece, piece.count)
            if count > 0 {
                bytes += piece.prefix(count)
            } else if count == 0 || errno != EINTR {
                return String(decoding: bytes, as: UTF8.self)
            }
        }
    }
}
