// The user that the private Postgres runs as when the daemon is root.

internal import Glibc

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
}
