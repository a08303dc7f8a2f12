import TestKit
import TestTraits
import Testing

/// What a subscriber gets later is what was said live, byte for byte.
@Suite(.blocking) struct `A replay` {
    /// Flows and inputs of every shape of run: straight, looping, branching, failing, waiting, with a note, and one of
    /// more events than a page that is read from storage holds.
    private static let runs: [(flow: Int, inputs: String)] = [
        (1, "{}"), (2, "{}"), (3, #"{"n":{"U":"11"}}"#), (1, #"{"a":"no number"}"#),
        (103, #"{"ms":300,"message":"\u0000 \"ü\" 😀 \u2028"}"#), (104, "{}"), (102, "{}"),
        (101, #"{"count":350}"#),
    ]

    @Test func `long after the end and after a restart is equal to what was seen live`() throws {
        let place = try DaemonPlace()
        let first = try place.start()
        let before = DaemonClient(port: first.port, key: try place.ownerKey)
        var live: [String: [WatchSpelling: [WatchedEvent]]] = [:]
        for (flow, inputs) in `A replay`.runs {
            let run = try before.start(flow, inputs: inputs)
            live[run] = try watchBoth(run, before)
        }
        for (run, seen) in live {
            let later = try watchBoth(run, before)
            for spelling in WatchSpelling.allCases { expectSame(later, seen, spelling) }
        }
        first.stop()

        let second = try place.start()
        defer { second.stop() }
        let after = DaemonClient(port: second.port, key: before.key)
        for (run, seen) in live {
            let replayed = try watchBoth(run, after)
            for spelling in WatchSpelling.allCases { expectSame(replayed, seen, spelling) }
        }
        #expect(live.values.contains { ($0[.numbered]?.count ?? 0) > 1_000 })
        #expect(live.values.contains { $0[.documented]?.first?.kind == "FlowLog" })
        #expect(live.values.contains { $0[.documented]?.contains { $0.kind == "FlowError" } == true })
    }

    /// One socket for each spelling, both at once.
    private func watchBoth(_ run: String, _ client: DaemonClient) throws -> [WatchSpelling: [WatchedEvent]] {
        let watchers = try WatchSpelling.allCases.map { try client.watcher($0) }
        let numbers = try watchers.map { try $0.subscribe(to: run) }
        var seen: [WatchSpelling: [WatchedEvent]] = [:]
        for (watcher, number) in zip(watchers, numbers) {
            let events = try watcher.receiveToEnd(of: number)
            checkOrder(events, of: run, watcher.spelling)
            seen[watcher.spelling] = events
        }
        return seen
    }

    private func expectSame(
        _ left: [WatchSpelling: [WatchedEvent]], _ right: [WatchSpelling: [WatchedEvent]],
        _ spelling: WatchSpelling
    ) {
        #expect(left[spelling]?.map(\.text) == right[spelling]?.map(\.text))
    }
}
