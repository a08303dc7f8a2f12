import TestKit
import TestTraits
import Testing

/// Everybody who watches a run sees the same, whenever he came and however fast he reads.
@Suite(.blocking) struct `Subscribers` {
    private let client: DaemonClient

    init() throws { client = try SharedDaemon.shared.get().client }

    @Test(arguments: WatchSpelling.allCases)
    func `that come at different times all see the same order`(spelling: WatchSpelling) throws {
        let run = try client.start(102, inputs: #"{"ms":40}"#)
        // Each next one comes when the one before has seen some events more.
        var watchers: [(watcher: RunWatcher, number: Int, seen: [WatchedEvent])] = []
        for count in 0..<8 {
            if let index = watchers.indices.last {
                for _ in 0..<(count * 2) {
                    watchers[index].seen.append(
                        try watchers[index].watcher.receive(of: watchers[index].number))
                }
            }
            let watcher = try client.watcher(spelling)
            watchers.append((watcher, try watcher.subscribe(to: run), []))
        }
        let all = try watchers.map { $0.seen + (try $0.watcher.receiveToEnd(of: $0.number)) }
        let late = try client.watch(run, spelling)
        checkOrder(late, of: run, spelling)
        for events in all { #expect(events.map(\.text) == late.map(\.text)) }
    }

    @Test func `may be several on one socket, each with a replay of its own`() throws {
        let slow = try client.start(103, inputs: #"{"ms":200}"#)
        let quick = try client.start(1)
        let watcher = try client.watcher(.numbered)
        let numbers = [
            try watcher.subscribe(to: slow), try watcher.subscribe(to: quick),
            try watcher.subscribe(to: slow),
        ]
        #expect(Set(numbers).count == 3)
        var messages: [Int: [String]] = [:]
        var open = Set(numbers)
        while !open.isEmpty {
            let tree = try TestJSON(watcher.receiveMessage())
            let number = try #require(tree["stream_id"]?.integer)
            messages[number, default: []].append("\(tree["event"] ?? .null) \(tree["data"] ?? .null)")
            if tree["event"]?.string == "FlowFinish" { open.remove(number) }
        }
        try watcher.socket.expectNothingMore()
        #expect(messages[numbers[0]] == messages[numbers[2]])
        #expect(messages[numbers[0]]?.count == 17)
        #expect(messages[numbers[1]]?.count == 14)
    }

    @Test func `that read nothing for a long run hold nobody up and miss nothing`() throws {
        let run = try client.start(101, inputs: #"{"count":1500}"#)
        // As little as the kernel allows, so that the daemon feels that nobody reads.
        let sleepers = try WatchSpelling.allCases.map {
            try RunWatcher(client.port, $0, token: client.key, receiveBufferBytes: 2_048)
        }
        let numbers = try sleepers.map { try $0.subscribe(to: run) }
        let seen = try client.watch(run, .numbered)
        checkOrder(seen, of: run, .numbered)
        #expect(seen.count == 4_517)
        #expect(try client.output(run).utf8.count > 10_000)
        for (sleeper, number) in zip(sleepers, numbers) {
            let messages = try seen.map { _ in try sleeper.receiveMessage() }
            let prefix = #"{"\#(sleeper.spelling == .documented ? "sub_id" : "stream_id")":\#(number),"#
            #expect(messages.allSatisfy { $0.hasPrefix(prefix) })
            if sleeper.spelling == .numbered {
                #expect(messages.map { String($0.dropFirst(prefix.count)) } == seen.map(\.text))
            } else {
                #expect(try sleeper.receiveMessage() == prefix + #""event":"Done"}"#)
                #expect(Set(messages.map(executionAndTime)) == Set(seen.map { executionAndTime($0.text) }))
            }
        }
    }

    /// An event's node, its count and its time, which are the same in both spellings.
    private func executionAndTime(_ message: String) -> String {
        ["node_id", "times", "time"].map { name in
            let value = message.firstRange(of: "\"\(name)\":").map { message[$0.upperBound...] } ?? ""
            return String(value.prefix { $0 != "," && $0 != "}" })
        }.joined(separator: " ")
    }
}
