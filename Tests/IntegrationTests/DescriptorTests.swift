import TestKit
import TestTraits
import Testing

/// What the system allows in open descriptors, and what happens when there are none.
@Suite(.blocking) struct `Descriptors` {
    private let folder: ProgramFolder

    init() throws { folder = try ProgramFolder() }

    /// A daemon that has none left but those between its open ones, whose number is given too.
    private func full(_ program: FlowdProgram) throws -> Int {
        let open = try program.descriptors
        let limit = try #require(open.max()) + 1
        try program.limitDescriptors(to: limit)
        return limit - open.count
    }

    private func waitForLine(_ text: String, of program: FlowdProgram, while work: () throws -> Void) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while !program.logText.contains(text) {
            guard ContinuousClock.now < deadline else { throw NoAnswer() }
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
        let program = try FlowdProgram(in: folder, descriptors: (soft: 700, hard: 700))
        let client = try folder.client(of: program)
        let watcher = try client.watcher(.documented)
        let run = try client.start(4)
        let number = try watcher.subscribe(to: run)
        var strangers = try (0..<16).map { _ in try TestHTTPClient(port: client.port) }
        // The last one to come has been taken: all of them have.
        #expect(try strangers[15].get("/healthcheck").status == 200)

        _ = try full(program)
        // Strangers that say nothing go by themselves after a while, so it takes as many as it takes.
        for line in ["no descriptors left", "strangers make room"] {
            try waitForLine(line, of: program) {
                let newcomer = try TestHTTPClient(port: client.port)
                #expect(try newcomer.get("/healthcheck").status == 200)
                strangers.append(newcomer)
            }
        }
        #expect(try client.output(client.start(1)) == #"{"M":{"c":{"D":"3"}}}"#)
        checkOrder(try watcher.receiveToEnd(of: number), of: run, .documented)
        #expect(program.stop() == 0)
    }

    @Test func `that are all in use by users let newcomers wait until one is free`() throws {
        let program = try FlowdProgram(in: folder, descriptors: (soft: 700, hard: 700))
        let client = try folder.client(of: program)
        var watchers = try (0..<4).map { _ in try client.watcher(.documented) }
        for _ in 0..<(try full(program)) { watchers.append(try client.watcher(.documented)) }
        let newcomer = try TestHTTPClient(port: client.port)
        try newcomer.send("GET", "/healthcheck")
        try waitForLine("no descriptors left", of: program) { try watchers[1].socket.expectNothingMore() }
        watchers[0].socket.connection.close()
        #expect(try newcomer.receive().status == 200)
        for watcher in watchers.dropFirst() { try watcher.socket.expectNothingMore() }
        #expect(program.stop() == 0)
    }
}
