// Where a test's daemon lives: a database and a data folder, both gone when the tests end.

import Daemon
import Dialect
import Foundation
import Primitives
import SecondDialect
import Synchronization
import TestKit

/// A database of its own and a data folder, on which daemons are started one after the other.
struct DaemonPlace: Sendable {
    let cluster: ScratchCluster
    /// How libpq finds the database.
    let database: String
    private(set) var dataFolder: String
    /// Settings by their names in the environment.
    var settings: [String: String]
    var dialects = Daemon.dialects

    /// One line for each dialect that daemons of tests may speak in front of their own.
    static let furtherDialects: [DialectRegistration<DialectParts>] = [
        LineDialect.registration(.shared)
    ]

    private static let count = Atomic(0)

    /// - Parameters:
    ///   - cluster: where the database is made; the one of all tests unless one is to be killed.
    ///   - flows: folders of flows that the first start imports.
    ///   - settings: by their names in the environment; they override those of every test.
    init(
        on cluster: ScratchCluster? = nil, flows: [URL] = [exampleFlows, testFlows],
        settings: [String: String] = [:]
    ) throws {
        self.cluster = try cluster ?? ScratchCluster.shared.get()
        database = try self.cluster.makeDatabase()
        let number = DaemonPlace.count.wrappingAdd(1, ordering: .relaxed).newValue
        dataFolder = "\(self.cluster.folder)/flowd\(number)"
        let flowsFolder = dataFolder + "-flows"
        let standard = [
            "FLOWD_LISTEN": "127.0.0.1:0", "FLOWD_DATA": dataFolder, "FLOWD_DRAIN_SECONDS": "5",
            "FLOWD_FLOWS": flowsFolder,
        ]
        self.settings = standard.merging(settings) { $1 }
        try FileManager.default.createDirectory(atPath: flowsFolder, withIntermediateDirectories: true)
        for folder in flows {
            for file in try FileManager.default.contentsOfDirectory(
                at: folder, includingPropertiesForKeys: nil)
            {
                try FileManager.default.copyItem(
                    at: file, to: URL(filePath: flowsFolder).appending(path: file.lastPathComponent))
            }
        }
    }

    /// A data folder for a further server on the database of another place, which has been started before.
    init(beside place: DaemonPlace) {
        self = place
        let number = DaemonPlace.count.wrappingAdd(1, ordering: .relaxed).newValue
        dataFolder = "\(cluster.folder)/flowd\(number)"
        settings["FLOWD_DATA"] = dataFolder
    }

    private static let here = URL(filePath: #filePath).deletingLastPathComponent()
    /// The flows that every new installation has, 1 to 4.
    static let exampleFlows = here.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Config/flows")
    /// Flows made for these tests, from 101.
    static let testFlows = here.appending(path: "Flows")

    /// A document of two nodes that feed each other.
    static let cyclicDocument = """
        {"nodes": [\(cyclicNode(1)), \(cyclicNode(2))], "edges": [\(cyclicEdge(1, 2)), \(cyclicEdge(2, 1))]}
        """

    private static func cyclicID(_ node: Int, _ port: Int = 0) -> String {
        "00000000-0000-4000-9000-00000000\(node)\(port)00"
    }

    private static func cyclicNode(_ node: Int) -> String {
        """
        {"id": "\(cyclicID(node))", "type": "native", "data": {"node_id": "to_string", "config": {}, "ports": {
            "inputs": [{"id": "\(cyclicID(node, 2))", "name": "stringify", "required": true}],
            "outputs": [{"id": "\(cyclicID(node, 1))", "name": "result"}]}}}
        """
    }

    private static func cyclicEdge(_ source: Int, _ target: Int) -> String {
        """
        {"source": "\(cyclicID(source))", "sourceHandle": "\(cyclicID(source, 1))",
            "target": "\(cyclicID(target))", "targetHandle": "\(cyclicID(target, 2))"}
        """
    }

    /// Starts a daemon in this process.
    func start() throws -> Daemon {
        var configuration = try Configuration(file: nil, environment: settings, flags: [])
        configuration.databaseURL = database
        return try Daemon.start(configuration, log: DaemonPlace.log, dialects: dialects)
    }

    /// The owner's API key, which a daemon has written at its first start.
    var ownerKey: String {
        get throws {
            try String(contentsOfFile: dataFolder + "/owner-api-key", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// Runs SQL and gives the rows as psql prints them, columns separated by `|`.
    @discardableResult
    func rows(_ sql: String) throws -> [String] {
        try cluster.psql(sql, on: database).split(separator: "\n").map(String.init)
    }

    /// Lines of the log go to standard error when FLOWD_TEST_LOG is set.
    private static let log: Log =
        ProcessInfo.processInfo.environment["FLOWD_TEST_LOG"] == nil
        ? .silent : Log(level: .debug) { FileHandle.standardError.write(Data($0)) }
}
