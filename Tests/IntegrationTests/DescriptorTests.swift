import TestKit
import TestTraits
import Testing

/// What the system allows in open descriptors, and what happens when there are none.
@Suite(.blocking) struct `Descriptors` {
    @Test func `are as many as the system allows, however few it gives at first`() throws {
        let folder = try ProgramFolder()
        let program = try FlowdProgram(in: folder, descriptors: (soft: 100, hard: 700))
        #expect(try program.descriptorsMax == 700)
        let client = try folder.client(of: program)
        let watchers = try (0..<200).map { _ in try client.watcher(.documented) }
        for watcher in watchers { try watcher.socket.expectNothingMore() }
        #expect(try program.descriptorCount > 200)
        #expect(program.stop() == 0)
    }

    @Test func `that run out are taken from strangers, and users notice nothing`() throws {
        let folder = try ProgramFolder()
        let program = try FlowdProgram(in: folder, descriptors: (soft: 700, hard: 700))
        let client = try folder.client(of: program)
        let watcher = try client.watcher(.documented)
        let run = try client.start(4)
        let number = try watcher.subscribe(to: run)
        var strangers = try (0..<16).map { _ in try TestHTTPClient(port: client.port) }
        // The last one to come has been taken: all of them have.
        #expect(try strangers[15].get("/healthcheck").status == 200)

        try program.limitDescriptors(to: program.descriptorCount)
        for _ in 0..<16 {
            let newcomer = try TestHTTPClient(port: client.port)
            #expect(try newcomer.get("/healthcheck").status == 200)
            strangers.append(newcomer)
        }
        #expect(try client.output(client.start(1)) == #"{"M":{"c":{"D":"3"}}}"#)
        checkOrder(try watcher.receiveToEnd(of: number), of: run, .documented)
        #expect(program.logText.contains("no descriptors left"))
        #expect(program.logText.contains("strangers make room"))
        #expect(program.stop() == 0)
    }

    @Test func `that are all in use by users let newcomers wait until one is free`() throws {
        let folder = try ProgramFolder()
        let program = try FlowdProgram(in: folder, descriptors: (soft: 700, hard: 700))
        let client = try folder.client(of: program)
        let watchers = try (0..<4).map { _ in try client.watcher(.documented) }
        for watcher in watchers { try watcher.socket.expectNothingMore() }
        try program.limitDescriptors(to: program.descriptorCount)
        let newcomer = try TestHTTPClient(port: client.port)
        try newcomer.send("GET", "/healthcheck")
        while !program.logText.contains("no descriptors left") { try watchers[1].socket.expectNothingMore() }
        watchers[0].socket.connection.close()
        #expect(try newcomer.receive().status == 200)
        for watcher in watchers.dropFirst() { try watcher.socket.expectNothingMore() }
        #expect(program.stop() == 0)
    }
}
