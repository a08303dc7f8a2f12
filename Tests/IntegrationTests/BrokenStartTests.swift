import Dispatch
import Foundation
import TestKit
import TestTraits
import Testing

/// A stop that comes before the daemon is there.
@Suite(.blocking) struct `A start that waits for a database` {
    @Test func `is broken off by the signal to stop`() throws {
        let connected = DispatchSemaphore(value: 0)
        let held = DispatchSemaphore(value: 0)
        // Takes a connection and never says a word.
        let silent = try LocalServer { _ in
            connected.signal()
            held.wait()
        }
        defer { held.signal() }
        let folder = try ProgramFolder()
        let process = FlowdProgram.process(["serve"], in: folder)
        process.environment?["FLOWD_DATABASE_URL"] = "postgres://flowd@127.0.0.1:\(silent.port)/flowd"
        let complaint = Pipe()
        process.standardError = complaint
        try process.run()
        #expect(connected.wait(timeout: .now() + 60) == .success)
        process.terminate()
        // The grace period that supervisors give it.
        let killer = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 40, execute: killer)
        let status = process.waitForEnd()
        killer.cancel()
        #expect(status == 1)
        let text = String(decoding: try complaint.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text.contains("told to stop while starting"))
        #expect(text.contains("told to stop before it had started"))
    }
}
