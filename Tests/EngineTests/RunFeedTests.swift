import Primitives
import Synchronization
import Testing
import Values

@testable import Engine

private let run = RunID(UniqueID(high: 1, low: 1))
private let track = TrackID.first

private func makeFeed() -> RunFeed {
    RunFeed(run: run, tracks: TrackTable([SequenceTrack(), SequenceTrack()]))
}

private func event(_ sequence: UInt64, end: Bool = false) -> RunEvent {
    RunEvent(
        sequence: sequence, time: Timestamp(nanoseconds: 0),
        content: end
            ? .flowFinished(notRun: [], output: ValueMap(), status: .finished) : .flowFailed(error: "e"))
}

/// Everything that a reader gets from a cursor on, and how it ended.
private func read(_ feed: RunFeed, after start: UInt64 = 0, bytesMax: Int = 1000) -> (
    texts: [String], end: String
) {
    var texts: [String] = []
    var cursor = start
    while true {
        let hasMore = feed.hasMore(after: cursor)
        let pulled = feed.pull(after: cursor, track: track, bytesMax: bytesMax)
        if case .caughtUp = pulled { #expect(!hasMore) } else { #expect(hasMore) }
        switch pulled {
        case .messages(let messages, let next):
            texts += messages.map { String(decoding: $0.body, as: UTF8.self) }
            cursor = next
        case .behind: return (texts, "behind")
        case .caughtUp: return (texts, "caught up")
        case .ended: return (texts, "ended")
        }
    }
}

@Suite struct `The feed of a run` {
    @Test func `shows events when they happen and the last one when it is durable`() {
        let feed = makeFeed()
        feed.append([event(1), event(2)])
        #expect(read(feed).texts == ["1", "2"])
        feed.append([event(3), event(4, end: true)])
        #expect(read(feed).texts == ["1", "2", "3"])
        #expect(read(feed).end == "caught up")
        feed.markDurable(through: 3)
        #expect(read(feed).texts == ["1", "2", "3"])
        feed.markDurable(through: 4)
        #expect(read(feed).texts == ["1", "2", "3", "4"])
        #expect(read(feed).end == "ended")
    }

    @Test func `gives every reader everything from its cursor on, however little at a time`() {
        let feed = makeFeed()
        feed.append((1...600).map { event($0) })
        #expect(read(feed, bytesMax: 1).texts == (1...600).map { "\($0)" })
        #expect(read(feed, after: 598).texts == ["599", "600"])
    }

    @Test func `tells watchers of each loop once per batch, and of the end when it becomes visible`() {
        let calls = Atomic(0)
        let feed = makeFeed()
        feed.watch(from: 0) { _ in calls.add(1, ordering: .relaxed) }
        feed.watch(from: 0) { _ in calls.add(1, ordering: .relaxed) }
        feed.watch(from: 1) { _ in calls.add(1, ordering: .relaxed) }
        feed.append([event(1), event(2)])
        #expect(calls.load(ordering: .relaxed) == 2)
        feed.markDurable(through: 2)
        #expect(calls.load(ordering: .relaxed) == 2)
        feed.unwatch(from: 1)
        feed.append([event(3, end: true)])
        #expect(calls.load(ordering: .relaxed) == 3)
        feed.markDurable(through: 3)
        #expect(calls.load(ordering: .relaxed) == 4)
        feed.unwatch(from: 0)
        feed.unwatch(from: 0)
    }

    @Test func `forgets durable events from the front only, and sends readers behind it to storage`() {
        let feed = makeFeed()
        let count = UInt64(Limits.feedWindowEventsMax) + 100
        feed.append((1...count).map { event($0) })
        // Nothing is durable, so nothing may go.
        #expect(read(feed, after: 0).texts.count == Int(count))
        feed.markDurable(through: 50)
        #expect(read(feed, after: 0).end == "behind")
        #expect(read(feed, after: 49).end == "behind")
        #expect(read(feed, after: 50).texts.count == Int(count) - 50)
        feed.markDurable(through: count)
        #expect(read(feed, after: 100).texts.count == Limits.feedWindowEventsMax)
    }

    @Test func `a stored run's feed sends every cursor to storage`() {
        let feed = RunFeed(storedRun: run, tracks: TrackTable([SequenceTrack()]))
        #expect(read(feed).end == "behind")
        #expect(read(feed, after: 1000).end == "behind")
    }

    @Test func `never leaves a cursor between an output and the end of its execution`() {
        let execution = NodeExecution(node: NodeID(UniqueID(high: 0, low: 1)), times: 0)
        let feed = makeFeed()
        feed.append(
            (1...10).map { sequence in
                RunEvent(
                    sequence: sequence, time: Timestamp(nanoseconds: 0),
                    content: sequence % 2 == 1
                        ? .nodeOutput(execution, output: ValueMap()) : .nodeFinished(execution))
            })
        var cursor: UInt64 = 0
        while case .messages(let messages, let next) = feed.pull(after: cursor, track: track, bytesMax: 1) {
            #expect(messages.map(\.kind) == [.nodeOutput, .nodeFinished])
            cursor = next
        }
        #expect(cursor == 10)
        // One that a peer has named there is served all the same.
        #expect(read(feed, after: 3).texts == ["4", "5", "6", "7", "8", "9", "10"])
        #expect(read(feed, after: UInt64(1) << 53).texts == [])
    }
}
