import Dispatch
import Foundation
import Primitives
import Synchronization
import TestTraits
import Testing

@testable import Daemon

@Suite(.blocking) struct `Who watches over the private Postgres` {
    private let path = NSTemporaryDirectory() + "flowd-\(UUID().uuidString)"

    @Test func `gives up when it cannot be started again, and says why`() throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let postgres = try EmbeddedPostgres.start(in: DataFolder(path), log: .silent)
        defer { postgres.stop() }
        let outcome = Outcome()
        let supervisor = PostgresSupervisor(postgres, startSecondsMax: 1, log: .silent) { outcome.put($0) }
        #expect(rename(postgres.layout.cluster, postgres.layout.cluster + ".away") == 0)
        kill(postgres.server.identifier, SIGKILL)
        let error = try #require(outcome.take())
        #expect(error.exitStatus == 3)
        #expect(error.description.contains(postgres.layout.logFile))
        supervisor.stop(withinMilliseconds: 60_000)
    }

    @Test func `does nothing more when a stop has begun`() throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let postgres = try EmbeddedPostgres.start(in: DataFolder(path), log: .silent)
        let supervisor = PostgresSupervisor(postgres, log: .silent) { _ in }
        supervisor.stop(withinMilliseconds: 60_000)
        let server = postgres.server
        kill(server.identifier, SIGKILL)
        while server.isAlive {}
        #expect(try !postgres.startAgain(withinSeconds: 60))
        #expect(postgres.server == server)
        postgres.stop()
    }
}

/// What a supervisor said, once it did.
private final class Outcome: Sendable {
    private let error = Mutex<StartError?>(nil)
    private let bell = DispatchSemaphore(value: 0)

    func put(_ error: StartError) {
        self.error.withLock { $0 = error }
        bell.signal()
    }

    func take() -> StartError? {
        _ = bell.wait(timeout: .now() + 60)
        return error.withLock { $0 }
    }
}
