import Foundation
import Primitives
import TestTraits
import Testing

@testable import Daemon

@Suite(.blocking) struct `A program that the daemon runs` {
    @Test func `says what it prints and how it ends`() throws {
        let good = try ChildProcess.output(["/bin/sh", "-c", "pwd; echo error >&2"])
        #expect(good.isSuccess)
        #expect(good.text == "/\nerror\n")
        #expect(try !ChildProcess.output(["/bin/sh", "-c", "exit 3"]).isSuccess)
        #expect(try !ChildProcess.output(["/bin/sh", "-c", "kill -9 $$"]).isSuccess)
        #expect(throws: StartError.self) { try ChildProcess.output(["/nowhere"]) }
    }

    @Test func `is killed with its children when it takes too long`() throws {
        let error = #expect(throws: StartError.self) {
            try ChildProcess.output(["/bin/sh", "-c", "sleep 3600; true"], secondsMax: 1)
        }
        #expect(error?.description == "/bin/sh did not end within 1 seconds")
        // It has closed what it prints to, and goes on.
        #expect(throws: StartError.self) {
            try ChildProcess.output(
                ["/bin/sh", "-c", "exec >/dev/null 2>&1; sleep 3600; true"], secondsMax: 1)
        }
    }

    @Test func `gets no descriptor of the daemon and no blocked signal`() throws {
        let output = try ChildProcess.output([
            "/bin/sh", "-c", "ls /proc/self/fd; grep SigBlk /proc/self/status",
        ])
        #expect(output.text.contains("SigBlk:\t0000000000000000"))
        // Those of ls, with that of the folder it lists.
        #expect(output.text.hasPrefix("0\n1\n2\n3\n"))
        #expect(!output.text.contains("\n4\n"))
    }

    @Test func `is known by its beginning, not by its number alone`() throws {
        let child = try ChildProcess.start(["/bin/sleep", "3600"], output: STDOUT_FILENO)
        let server = try #require(PostmasterProcess(identifier: child))
        #expect(server.isAlive)
        let facts = try #require(ProcessFacts(of: child))
        // Another process of the same number: it lives, and gets no signal.
        let earlier = PostmasterProcess(identifier: child, beginning: facts.beginning - 1)
        #expect(!earlier.isAlive)
        earlier.signal(SIGKILL)
        #expect(server.isAlive)
        #expect(server.takeEnd() == nil)
        server.signal(SIGKILL)
        // A corpse counts as dead while nobody has asked how it ended.
        while server.isAlive {}
        #expect(ProcessFacts(of: child)?.isCorpse == true)
        #expect(server.takeEnd() == .signalled(SIGKILL))
        #expect(ProcessFacts(of: child) == nil)
    }

    @Test func `may have any name`() throws {
        let tail = "R 1 " + (5...21).map(String.init).joined(separator: " ") + " 4711 23 24"
        for name in ["postgres", "a b", ") Z 1 2 3", ""] {
            let facts = try #require(ProcessFacts("42 (\(name)) \(tail)"))
            #expect(!facts.isCorpse)
            #expect(facts.beginning == 4711)
        }
        #expect(ProcessFacts("42 (x) Z 1 2") == nil)
        #expect(ProcessFacts("") == nil)
    }
}

@Suite struct `The time of a stop` {
    @Test func `is one for all parts, and none below zero`() {
        let budget = StopBudget(
            drainTime: .seconds(30), clock: Clock(now: { Timestamp(seconds: 0) }, steady: { 0 }))
        #expect(budget.milliseconds() == 30_000 + Limits.stopBeyondDrainMilliseconds)
        #expect(budget.milliseconds(atMost: 15_000) == 15_000)
        #expect(budget.milliseconds(keeping: 8_000) == 30_000)
        #expect(budget.milliseconds(keeping: 60_000) == 0)
        // The grace period of docker-compose.yml, with something to spare.
        #expect(budget.milliseconds() < 40_000)
    }
}
