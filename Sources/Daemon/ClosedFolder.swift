// Folders that nobody else may have made: the owner of the folder with the private database's socket is let into the
// database.

internal import Foundation
internal import Glibc

/// Makes a folder, or finds one that is as it would have been made.
enum ClosedFolder {
    /// Makes the last folder of the path only, or takes the folder that is there if it is a real one, belongs to the
    /// right user, and has no more permissions than these. Links are not followed.
    ///
    /// - Parameters:
    ///   - permissions: the folder's permissions for its owner and others.
    ///   - user: the folder's owner; nil for this process's own user.
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
        // A folder of this process's own user was made a moment ago, or just before this process's predecessor died.
        let isOwn = facts.st_uid == geteuid()
        guard isOwn || facts.st_uid == user?.user else {
            throw StartError("\(path) belongs to another user (\(facts.st_uid)); remove it")
        }
        guard facts.st_mode & 0o777 & ~permissions == 0 else {
            throw StartError("\(path) is open to others; remove it, or close it with chmod")
        }
        // The process's umask would shut the other user out.
        if isNew, fchmod(descriptor, permissions) != 0 { throw failure(path, "cannot be set up") }
        if isOwn, let user, fchown(descriptor, user.user, user.group) != 0 {
            throw failure(path, "cannot be given to the user \(user.name)")
        }
    }

    private static func failure(_ path: String, _ what: String) -> StartError {
        StartError("\(path) \(what): \(unsafe String(cString: strerror(errno)))")
    }
}
