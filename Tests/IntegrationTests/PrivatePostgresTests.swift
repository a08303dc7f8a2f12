import Foundation
import TestKit
import TestTraits
import Testing

/// The private Postgres dies or stands still under a daemon that runs.
@Suite(.blocking) struct `The private Postgres` {
    private let folder: ProgramFolder

    init() throws { folder = try ProgramFolder() }

    /// Kills its first process and waits until another one serves.
    private func outlive(_ program: FlowdProgram) throws {
        let client = try folder.client(of: program)
        let dead = try folder.postmaster
        kill(dead, SIGKILL)
        let deadline = ContinuousClock.now + .seconds(60)
        let lines = [
            "journal connection is back", "connection is back\" role=commands", "is back\" process=",
        ]
        while case let missing = lines.filter({ !program.logText.contains($0) }), !missing.isEmpty {
            guard ContinuousClock.now < deadline else {
                throw Surprise(
                    expected: "\(missing) in the log within a minute", program.logText.suffix(500))
            }
            usleep(10_000)
        }
        try client.waitForHealth()
        #expect(try folder.postmaster != dead)
        #expect(try client.output(client.start(1)) == #"{"M":{"c":{"D":"3"}}}"#)
    }

    @Test func `is started again when it has died, whoever had started it`() throws {
        let first = try FlowdProgram(in: folder)
        try outlive(first)
        #expect(first.logText.contains("has died and is started again"))
        #expect(first.logText.contains(#"end="signal 9""#))
        #expect(first.logText.contains("log=\(folder.dataFolder)/postgres.log"))
        first.crash()

        let second = try FlowdProgram(in: folder)
        #expect(second.logText.contains("taking over a running server"))
        try outlive(second)
        #expect(second.logText.contains("end=\"unknown, as another flowd had started it\""))
        #expect(second.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.dataFolder + "/postgres/postmaster.pid"))
    }

    @Test func `that stands still makes the daemon unwell, sends starts away and is forgiven`() throws {
        let program = try FlowdProgram(in: folder)
        let client = try folder.client(of: program)
        _ = try client.output(client.start(1))
        try folder.signalPostgres(SIGSTOP)
        // This one is on its way already.
        let response = try client.post("/flow/start/1")
        #expect(response.status == 503)
        #expect(response["Retry-After"].flatMap { Int($0) } != nil)
        #expect(try TestJSON(response.text)["error"]?.string != nil)
        while try client.get("/healthcheck").status != 503 {}
        #expect(try client.post("/flow/start/1").status == 503)
        try folder.signalPostgres(SIGCONT)
        try client.waitForHealth()
        #expect(try client.output(client.start(1)) == #"{"M":{"c":{"D":"3"}}}"#)
        #expect(program.stop() == 0)
    }

    @Test func `that stands still does not hold a stop up`() throws {
        let program = try FlowdProgram(in: folder)
        let client = try folder.client(of: program)
        let run = try client.start(4)
        try folder.signalPostgres(SIGSTOP)
        // The grace period that supervisors give it.
        #expect(program.stop(withinSeconds: 40) == 0)
        #expect(program.logText.contains("the private cluster does not stop"))
        try folder.signalPostgres(SIGCONT)
        let second = try FlowdProgram(in: folder)
        let after = try folder.client(of: second)
        #expect(try after.watch(run, .numbered).last?.kind == "FlowFinish")
        #expect(second.stop() == 0)
    }
}
