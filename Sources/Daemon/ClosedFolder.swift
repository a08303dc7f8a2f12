// Folders that nobody else may have made: whoever owns the folder of the private database's socket is let in.

internal import Foundation
internal import Glibc

/// A folder that is made, or found as it would have been made.
enum ClosedFolder {
    /// Makes the folder with its last name only, or takes the one that is there if it is a real one, of the right
    /// user, with no more permissions than these. Links are not followed.
    ///
    /// - Parameters:
    ///   - permissions: what its owner and others may do with it.
    ///   - user: whose it becomes; nil for this process's own.
    static func make(_ path: String, permissions: mode_t, for user: UnprivilegedUser?) throws(StartError) {
        let isNew = unsafe mkdir(path, permissions) == 0
        guard isNew || errno == EEXIST else { throw failure(path, "cannot be created") }
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOTDIR || errno == ELOOP {
                throw StartError("\(path) is not a folder but a link or a file; remove it")
            }
            throw failure(path, "cannot be opened")
        }
        defer { _ = close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else { throw failure(path, "cannot be looked at") }
        // Our own is one that was made a moment ago, or just before this process's predecessor died.
        let isOwn = facts.st_uid == geteuid()
        guard isOwn || facts.st_uid == user?.user else {
            throw StartError("\(path) belongs to another user (\(facts.st_uid)); remove it")
        }
        guard facts.st_mode & 0o777 & ~permissions == 0 else {
            throw StartError("\(path) is open to others; remove it, or close it with chmod")
        }
        // What this process leaves out of everything that it makes would shut the other user out.
        if isNew, fchmod(descriptor, permissions) != 0 { throw failure(path, "cannot be set up") }
        if isOwn, let user, fchown(descriptor, user.user, user.group) != 0 {
            throw failure(path, "cannot be given to the user \(user.name)")
        }
    }

    private static func failure(_ path: String, _ what: String) -> StartError {
        StartError("\(path) \(what): \(unsafe String(cString: strerror(errno)))")
    }
}
