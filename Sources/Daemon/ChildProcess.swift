// Programs run by the daemon at its start: what they print and how they end.

internal import Foundation
internal import Glibc

/// Runs programs. Blocks; not for loops or lanes.
enum ChildProcess {
    /// Runs a program to its end. The first word is its absolute path.
    static func output(_ command: [String]) throws(StartError) -> (isSuccess: Bool, text: String) {
        let pipe = Pipe()
        let process = try start(command, output: pipe)
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus == 0, String(decoding: bytes, as: UTF8.self))
    }

    /// Starts a program in the background; what it prints goes to a pipe or a file handle.
    static func start(_ command: [String], output: Any) throws(StartError) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        // The folder this was started in may be closed to the user that the program runs as.
        process.currentDirectoryURL = URL(filePath: "/")
        do {
            try process.run()
        } catch {
            throw StartError("\(command[0]) cannot be run: \(error.localizedDescription)")
        }
        return process
    }
}

/// The unprivileged user that Postgres runs as when the daemon is root.
struct UnprivilegedUser: Sendable {
    let name: String
    let user: uid_t
    let group: gid_t

    /// Nil when the daemon is not root and so runs its children as itself.
    static func find() throws(StartError) -> UnprivilegedUser? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let entry = unsafe getpwnam(name) {
                return unsafe UnprivilegedUser(
                    name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
            }
        }
        throw StartError("there is no user postgres or nobody to run the private Postgres as")
    }

    /// The words in front of a command that make it run as this user.
    var prefix: [String] {
        ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups", "--"]
    }

    /// Gives a folder to this user.
    func own(_ path: String) throws(StartError) {
        guard unsafe chown(path, user, group) == 0 else {
            throw StartError(
                "\(path) cannot be given to the user \(name): \(unsafe String(cString: strerror(errno)))")
        }
    }
}
