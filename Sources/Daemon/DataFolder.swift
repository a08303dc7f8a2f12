// The folder of everything the daemon keeps outside the database: a lock, the owner's keys, the private cluster.

internal import CLinux
internal import Foundation
internal import Glibc

/// The data folder, held by one daemon at a time.
///
/// The lock is the kernel's: it is released when its process ends, however that ended.
final class DataFolder: Sendable {
    /// Absolute.
    let path: String
    private let lock: Int32

    /// Creates the folder if it is missing, readable by its owner only, and locks it.
    init(_ path: String) throws(StartError) {
        let absolute = DataFolder.absolute(path)
        do {
            try FileManager.default.createDirectory(
                atPath: absolute, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        } catch {
            throw StartError("the data folder \(path) cannot be created: \(error.localizedDescription)")
        }
        self.path = absolute
        let file = absolute + "/flowd.lock"
        let descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StartError(
                "the data folder \(path) cannot be written to: \(unsafe String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            _ = close(descriptor)
            throw StartError("the data folder \(path) is in use by another flowd")
        }
        lock = descriptor
    }

    deinit {
        _ = close(lock)
    }

    /// Lets another daemon have the folder. Later calls on this object are no longer protected by the lock.
    func unlock() {
        _ = flock(lock, LOCK_UN)
    }

    /// A path that means the same wherever the process stands, without a slash at its end.
    static func absolute(_ path: String) -> String {
        var absolute = URL(filePath: path, directoryHint: .isDirectory).standardizedFileURL.absoluteURL.path
        while absolute.count > 1, absolute.hasSuffix("/") { absolute.removeLast() }
        return absolute
    }

    /// The path of a file in the folder.
    func file(_ name: String) -> String { path + "/" + name }

    /// The content of a small file, or nil if it is not there.
    func read(_ name: String) throws(StartError) -> String? {
        guard FileManager.default.fileExists(atPath: file(name)) else { return nil }
        do {
            return try String(contentsOfFile: file(name), encoding: .utf8)
        } catch {
            throw StartError("\(file(name)) cannot be read: \(error.localizedDescription)")
        }
    }

    /// Writes a file that only its owner may read. It is there whole or not at all.
    func writeSecret(_ name: String, _ text: String) throws(StartError) {
        let temporary = file(name) + ".new"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(name) }
        let bytes = Array(text.utf8)
        let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        let isSynced = fsync(descriptor) == 0
        guard close(descriptor) == 0, isSynced, count == bytes.count,
            unsafe rename(temporary, file(name)) == 0
        else { throw failure(name) }
    }

    private func failure(_ name: String) -> StartError {
        StartError("\(file(name)) cannot be written: \(unsafe String(cString: strerror(errno)))")
    }
}
