// Which Postgres of this machine serves the private cluster.

internal import Foundation

/// The folder of `initdb` and `postgres`, with their major version.
struct PostgresBinaries: Sendable {
    let folder: String
    let major: Int

    /// The oldest version that the tables are made for.
    static let oldestMajor = 14

    /// The newest version; for a cluster that exists, the version that made it.
    static func find(forCluster cluster: String) throws(StartError) -> PostgresBinaries {
        let found = candidates()
        if let version = try? String(contentsOfFile: cluster + "/PG_VERSION", encoding: .utf8),
            let major = Int(version.trimmingCharacters(in: .whitespacesAndNewlines))
        {
            if let same = found.first(where: { $0.major == major }) { return same }
            throw StartError(
                "the cluster \(cluster) was made by PostgreSQL \(major), which is not installed: "
                    + "apt-get install postgresql-\(major)")
        }
        guard let newest = found.max(by: { $0.major < $1.major }), newest.major >= oldestMajor else {
            throw StartError(
                "no PostgreSQL \(oldestMajor) or newer found for the private database: "
                    + "apt-get install postgresql, or set database_url")
        }
        return newest
    }

    private static func candidates() -> [PostgresBinaries] {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let folders = versions.map { "/usr/lib/postgresql/\($0)/bin" } + path + ["/usr/local/pgsql/bin"]
        return folders.compactMap { folder in
            guard FileManager.default.isExecutableFile(atPath: folder + "/postgres"),
                FileManager.default.isExecutableFile(atPath: folder + "/initdb"),
                let major = major(of: folder + "/postgres")
            else { return nil }
            return PostgresBinaries(folder: folder, major: major)
        }
    }

    /// From a line such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
    private static func major(of program: String) -> Int? {
        guard let output = try? ChildProcess.output([program, "--version"]), output.isSuccess else {
            return nil
        }
        let words = output.text.split(separator: " ")
        guard words.count > 2 else { return nil }
        return Int(words[2].prefix { $0.isNumber })
    }
}
