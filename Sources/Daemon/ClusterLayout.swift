// Where the private cluster, its socket and its log are.

internal import Foundation
internal import Glibc
internal import Identity

/// The paths of one private cluster.
struct ClusterLayout: Sendable {
    /// The cluster's own folder.
    let cluster: String
    /// The folder of its socket, which other users cannot enter.
    let socketFolder: String
    let logFile: String
    /// The user that the server runs as; nil for this process's own.
    let user: UnprivilegedUser?
    private let dataFolder: String
    /// The data folder, or the folder that stands for it.
    private let home: String

    /// The folder of the folders that stand for data folders.
    private static let homes = "/var/lib/flowd"

    /// The bytes that the system's socket address has for a path, less `/.s.PGSQL.5432`.
    private static let socketFolderBytesMax = 90

    init(dataFolder: String) throws(StartError) {
        let user = try UnprivilegedUser.find()
        let home = ClusterLayout.home(of: dataFolder, for: user)
        self.user = user
        self.dataFolder = dataFolder
        self.home = home
        cluster = home + "/postgres"
        logFile = dataFolder + "/postgres.log"
        let inside = home + "/postgres-socket"
        socketFolder =
            inside.utf8.count <= ClusterLayout.socketFolderBytesMax
            ? inside : "/tmp/flowd-\(ClusterLayout.shortName(of: dataFolder))"
    }

    /// The data folder, or, when that is hidden from the user the server runs as, a folder that stands for it.
    private static func home(of dataFolder: String, for user: UnprivilegedUser?) -> String {
        guard user != nil else { return dataFolder }
        var path = ""
        for part in dataFolder.split(separator: "/") {
            path += "/" + part
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            let permissions = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0
            // The other user must be able to pass through every folder on the way.
            if permissions & 0o001 == 0 { return homes + "/\(shortName(of: dataFolder))" }
        }
        return dataFolder
    }

    private static func shortName(of path: String) -> String {
        Digest.sha256(Array(path.utf8)).prefix(6).reduce(into: "") { $0 += String(format: "%02x", $1) }
    }

    var exists: Bool { FileManager.default.fileExists(atPath: cluster + "/PG_VERSION") }

    /// The host is quoted: a folder's name may hold anything.
    private func connectionString(database: String) -> String {
        let host = socketFolder.replacingOccurrences(of: "\\", with: "\\\\")
            .replacingOccurrences(of: "'", with: "\\'")
        return "host='\(host)' port=5432 user=flowd dbname=\(database)"
    }

    var connectionString: String { connectionString(database: "flowd") }
    var maintenanceConnectionString: String { connectionString(database: "postgres") }

    /// Makes the cluster. It stands under its name only when it is complete.
    func create(with binaries: PostgresBinaries) throws(StartError) {
        try makeHome()
        let unfinished = cluster + ".new"
        try? FileManager.default.removeItem(atPath: unfinished)
        try ClosedFolder.make(unfinished, permissions: 0o700, for: user)
        let command =
            (user?.prefix ?? []) + [
                binaries.folder + "/initdb", "--pgdata=\(unfinished)", "--username=flowd", "--auth=trust",
                "--encoding=UTF8", "--locale=C", "--no-instructions",
            ]
        let output = try ChildProcess.output(command)
        guard output.isSuccess else {
            let reason = output.text.split(separator: "\n").last { $0.contains("error") } ?? "no reason given"
            throw StartError("the private cluster cannot be made in \(cluster): \(reason)")
        }
        guard unsafe rename(unfinished, cluster) == 0 else {
            throw StartError("\(cluster) cannot be made: \(unsafe String(cString: strerror(errno)))")
        }
    }

    /// Makes the folder of the socket, closed to other users, because everybody who can enter it is let into the
    /// database.
    func makeSocketFolder() throws(StartError) {
        try makeHome()
        try ClosedFolder.make(socketFolder, permissions: 0o700, for: user)
    }

    /// Makes the folder that stands for the data folder, if there is one. The data folder itself is there.
    private func makeHome() throws(StartError) {
        guard home != dataFolder else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: ClusterLayout.homes, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o711])
        } catch {
            throw StartError("\(ClusterLayout.homes) cannot be created: \(error.localizedDescription)")
        }
        try ClosedFolder.make(home, permissions: 0o711, for: nil)
    }
}
