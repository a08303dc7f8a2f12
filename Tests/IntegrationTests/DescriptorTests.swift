import Foundation
import TestKit
import TestTraits
import Testing

/// What the system allows in open descriptors, and what happens when there are none.
@Suite(.blocking) struct `Descriptors` {
    private let folder: ProgramFolder

    init() throws { folder = try ProgramFolder() }

    /// Fewer than it has open: it keeps those and gets no other one.
    private let none = 5
    private let enough = 700

    private func waitForLine(_ text: String, of program: FlowdProgram, while work: () throws -> Void) throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while !program.logText.contains(text) {
            guard ContinuousClock.now < deadline else {
                throw Surprise(
                    expected: "\"\(text)\" in the log within two minutes", program.logText.suffix(500))
            }
            try work()
        }
    }

    @Test func `are as many as the system allows, however few it gives at first`() throws {
        let program = try FlowdProgram(in: folder, descriptors: (soft: 100, hard: 700))
        #expect(try program.descriptorsMax == 700)
        let client = try folder.client(of: program)
        let watchers = try (0..<200).map { _ in try client.watcher(.documented) }
        for watcher in watchers { try watcher.socket.expectNothingMore() }
        #expect(try program.descriptors.count > 200)
        #expect(program.stop() == 0)
    }

    @Test func `that run out are taken from strangers, and users notice nothing`() throws {
        let program = try FlowdProgram(in: folder, descriptors: (soft: enough, hard: enough))
        let client = try folder.client(of: program)
        let watcher = try client.watcher(.documented)
        let run = try client.start(4)
        let number = try watcher.subscribe(to: run)
        // Strangers that say nothing go by themselves after a while: until some are there when descriptors run out.
        try waitForLine("strangers make room", of: program) {
            let strangers = try (0..<4).map { _ in try TestHTTPClient(port: client.port) }
            // The last one to come has been taken: all of them have.
            #expect(try strangers[3].get("/healthcheck").status == 200)
            try program.limitDescriptors(to: none)
            let newcomer = try TestHTTPClient(port: client.port)
            try newcomer.send("GET", "/healthcheck")
            try waitForLine("no descriptors left", of: program) { usleep(5_000) }
            try program.limitDescriptors(to: enough)
            #expect(try newcomer.receive().status == 200)
            withExtendedLifetime(strangers) {}
        }
        #expect(try client.output(client.start(1)) == #"{"M":{"c":{"D":"3"}}}"#)
        checkOrder(try watcher.receiveToEnd(of: number), of: run, .documented)
        #expect(program.stop() == 0)
    }

    @Test
    func
        `that are all in use by users let newcomers wait until there are some, and the daemon can be stopped`()
        throws
    {
        let program = try FlowdProgram(in: folder, descriptors: (soft: enough, hard: enough))
        let client = try folder.client(of: program)
        let watchers = try (0..<4).map { _ in try client.watcher(.documented) }
        for watcher in watchers { try watcher.socket.expectNothingMore() }
        try program.limitDescriptors(to: none)
        let newcomer = try TestHTTPClient(port: client.port)
        try newcomer.send("GET", "/healthcheck")
        try waitForLine("no descriptors left", of: program) { try watchers[0].socket.expectNothingMore() }
        // One more: the newcomer has it, and is not closed for the next one, whom there is not.
        let open = Set(try program.descriptors)
        try program.limitDescriptors(to: try #require((0...).first { !open.contains($0) }) + 1)
        #expect(try newcomer.receive().status == 200)
        for watcher in watchers { try watcher.socket.expectNothingMore() }
        try program.limitDescriptors(to: none)
        #expect(program.stop() == 0)
    }
}
