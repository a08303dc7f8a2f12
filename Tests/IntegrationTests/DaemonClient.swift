// A daemon with its owner's key at hand: what most tests do with it, in a line.

import Daemon
import Foundation
import TestKit
import Testing

/// One running daemon as its owner uses it.
struct DaemonClient: Sendable {
    let port: UInt16
    let key: String

    /// Asks as the owner, on a connection of its own.
    func get(_ path: String) throws -> TestHTTPResponse {
        try TestHTTPClient(port: port).get(path, ["x-api-key": key])
    }

    /// Posts as the owner, on a connection of its own.
    func post(_ path: String, json: String? = nil) throws -> TestHTTPResponse {
        try TestHTTPClient(port: port).post(path, ["x-api-key": key], json: json)
    }

    /// Starts a flow and gives the run's id.
    func start(_ flow: Int, inputs: String = "{}", sourceLocation: SourceLocation = #_sourceLocation) throws
        -> String
    {
        let response = try post("/flow/start/\(flow)", json: #"{"inputs":\#(inputs)}"#)
        return try #require(
            TestJSON(response.text)["flow_run_id"]?.string, "\(response.text)", sourceLocation: sourceLocation
        )
    }

    /// Waits for the run's end and gives its output.
    func output(_ run: String) throws -> String { try get("/flow/output/\(run)").text }

    /// Asks whether the daemon is well until it is, for as long as a reconnection may take.
    func waitForHealth() throws {
        let http = try TestHTTPClient(port: port)
        let deadline = ContinuousClock.now + .seconds(60)
        while case let answer = try http.get("/healthcheck"), answer.status != 200 {
            guard ContinuousClock.now < deadline else {
                throw Surprise(expected: "200 of a daemon that is well, within a minute", answer)
            }
        }
    }

    /// A socket in a spelling, authenticated.
    func watcher(_ spelling: WatchSpelling) throws -> RunWatcher {
        try RunWatcher(port, spelling, token: key)
    }

    /// All events of a run, on a socket of its own.
    func watch(_ run: String, _ spelling: WatchSpelling) throws -> [WatchedEvent] {
        try watcher(spelling).watch(run)
    }
}

/// The daemon of all tests that leave alone what they have not made.
final class SharedDaemon: Sendable {
    static let shared = Result { try SharedDaemon() }

    let place: DaemonPlace
    let daemon: Daemon
    let client: DaemonClient

    private init() throws {
        place = try DaemonPlace()
        daemon = try place.start()
        client = DaemonClient(port: daemon.port, key: try place.ownerKey)
    }
}
