import Engine
import Primitives
import Synchronization
import TestKit
import Testing
import Values
import Wire

@testable import SpaceOperator

private func key(_ scope: String, _ inputs: UInt8 = 0) -> ReadKey {
    ReadKey(scope: scope, revision: "1", inputs: [inputs])
}

private func answer(_ count: Int = 2) -> ReadAnswer {
    ReadAnswer(
        json: [UInt8](repeating: 0x20, count: count), tag: EntityTag("a"),
        computedAt: Timestamp(nanoseconds: 0))
}

extension ReadCache.Claim {
    fileprivate var word: String {
        switch self {
        case .kept: "kept"
        case .joined: "joined"
        case .first: "first"
        case .full: "full"
        }
    }
}

@Suite struct `The cache of reads` {
    @Test func `lets one compute and the others wait`() {
        var cache = ReadCache<Int>()
        #expect(cache.claim(key("a"), 1, now: 0).word == "first")
        #expect(cache.claim(key("a"), 2, now: 0).word == "joined")
        #expect(cache.claim(key("b"), 3, now: 0).word == "first")
        #expect(cache.finish(key("a"), answer(), lifetime: .seconds(60), now: 0) == [1, 2])
        #expect(cache.claim(key("a"), 4, now: 1).word == "kept")
        #expect(cache.finish(key("b"), nil, lifetime: .seconds(60), now: 0) == [3])
    }

    @Test func `forgets when the time is over`() {
        var cache = ReadCache<Int>()
        _ = cache.claim(key("a"), 1, now: 0)
        _ = cache.finish(key("a"), answer(), lifetime: .seconds(60), now: 0)
        #expect(cache.claim(key("a"), 2, now: 59_999_999_999).word == "kept")
        #expect(cache.claim(key("a"), 2, now: 60_000_000_000).word == "first")
    }

    @Test func `keeps no errors`() {
        var cache = ReadCache<Int>()
        _ = cache.claim(key("a"), 1, now: 0)
        _ = cache.finish(key("a"), nil, lifetime: .seconds(60), now: 0)
        #expect(cache.claim(key("a"), 2, now: 1).word == "first")
    }

    @Test func `gives the place of who has gone to the next, and the answer to those who stay`() throws {
        var cache = ReadCache<Int>()
        let claim = cache.claim(key("a"), 1, now: 0)
        guard case .first(let first) = claim else { throw Surprise(expected: "first", claim) }
        var places = [first]
        for waiter in 2...Limits.readWaitersMax {
            let claim = cache.claim(key("a"), waiter, now: 0)
            guard case .joined(let place) = claim else { throw Surprise(expected: "joined", claim) }
            places.append(place)
        }
        #expect(cache.claim(key("a"), 0, now: 0).word == "full")
        for place in places.dropFirst() { cache.leave(place, key("a")) }
        cache.leave(places[1], key("a"))
        #expect(cache.claim(key("a"), 5, now: 0).word == "joined")
        // Without the one who was first it goes on, too.
        cache.leave(first, key("a"))
        #expect(cache.claim(key("a"), 6, now: 0).word == "joined")
        #expect(cache.finish(key("a"), answer(), lifetime: .seconds(60), now: 0) == [5, 6])
        cache.leave(first, key("a"))
        #expect(cache.claim(key("a"), 7, now: 0).word == "kept")
    }

    @Test func `tells reads apart by scope, revision and inputs`() {
        var cache = ReadCache<Int>()
        _ = cache.claim(key("a"), 1, now: 0)
        _ = cache.finish(key("a"), answer(), lifetime: .seconds(60), now: 0)
        #expect(cache.claim(key("a", 1), 2, now: 1).word == "first")
        #expect(cache.claim(key("b"), 2, now: 1).word == "first")
        let changed = ReadKey(scope: "a", revision: "2", inputs: [0])
        #expect(cache.claim(changed, 2, now: 1).word == "first")
    }

    @Test func `never grows beyond its bounds`() {
        var cache = ReadCache<Int>()
        let size = Limits.readKeptBytesMax
        let count = Limits.readsKeptBytesMax / size
        for index in 0...count {
            _ = cache.claim(key("\(index)"), 1, now: Int64(index))
            _ = cache.finish(key("\(index)"), answer(size), lifetime: .seconds(60), now: Int64(index))
        }
        // The one that would have been forgotten first is gone, the others are there.
        #expect(cache.claim(key("0"), 1, now: 100).word == "first")
        for index in 1...count { #expect(cache.claim(key("\(index)"), 1, now: 100).word == "kept") }
        _ = cache.claim(key("large"), 1, now: 100)
        _ = cache.finish(key("large"), answer(size + 1), lifetime: .seconds(60), now: 100)
        #expect(cache.claim(key("large"), 1, now: 101).word == "first")
        for _ in 1..<Limits.readWaitersMax { _ = cache.claim(key("large"), 1, now: 101) }
        #expect(cache.claim(key("large"), 1, now: 101).word == "full")
    }
}

@Suite struct `The desk of reads` {
    private static let request = StartRequest(
        .own(.number(1)), starter: .user(UserID(UniqueID(high: 1, low: 1))))

    /// An engine that answers when it is told to.
    private final class SlowEngine: Sendable {
        private struct Question: Sendable {
            let reply: @Sendable (EngineReply) -> Void
        }

        private let questions = Mutex<[Question]>([])
        var count: Int { questions.withLock(\.count) }

        func perform(_ call: EngineCall, _ reply: @escaping @Sendable (EngineReply) -> Void) {
            questions.withLock { $0.append(Question(reply: reply)) }
        }

        func answer(_ reply: EngineReply) {
            for question in questions.withLock({ $0 }) { question.reply(reply) }
        }
    }

    private func tag(_ result: Result<ReadAnswer, EngineError>) -> String {
        switch result {
        case .success(let answer): answer.tag.text
        case .failure(let error): error.text
        }
    }

    @Test func `makes ten readers at a time one run, whose answer they share`() throws {
        let engine = SlowEngine()
        let desk = ReadDesk { engine.perform($0, $1) }
        let tags = Mutex<[String]>([])
        for _ in 0..<10 {
            desk.read(`The desk of reads`.request, key: key("a"), lifetime: .seconds(60)) { result in
                tags.withLock { $0.append(tag(result)) }
            }
        }
        #expect(engine.count == 1)
        engine.answer(.read(["a": .null], .finished))
        #expect(tags.withLock { Set($0).count == 1 && $0.count == 10 })
        desk.read(`The desk of reads`.request, key: key("a"), lifetime: .seconds(60)) { result in
            tags.withLock { $0.append(tag(result)) }
        }
        #expect(engine.count == 1 && tags.withLock { $0.count == 11 })
    }

    @Test
    func `shares a refusal with those who wait, and keeps neither it nor the output of a run that failed`() {
        for reply in [EngineReply.refused(.readTimeout), .read(["a": .null], .failed)] {
            let engine = SlowEngine()
            let desk = ReadDesk { engine.perform($0, $1) }
            let count = Mutex(0)
            for _ in 0..<2 {
                desk.read(`The desk of reads`.request, key: key("a"), lifetime: .seconds(60)) { _ in
                    count.withLock { $0 += 1 }
                }
            }
            engine.answer(reply)
            #expect(count.withLock { $0 } == 2)
            desk.read(`The desk of reads`.request, key: key("a"), lifetime: .seconds(60)) { _ in }
            #expect(engine.count == 2)
        }
    }

    @Test func `asks anew and keeps nothing for who does not want the cache`() {
        let engine = SlowEngine()
        let desk = ReadDesk { engine.perform($0, $1) }
        for _ in 0..<2 {
            desk.read(`The desk of reads`.request, key: nil, lifetime: .seconds(60)) { _ in }
        }
        #expect(engine.count == 2)
    }

    @Test func `answers readers who stay, and not those who have gone`() {
        let engine = SlowEngine()
        let desk = ReadDesk { engine.perform($0, $1) }
        let answered = Mutex<[Int]>([])
        let places = (0..<3).map { number in
            desk.read(`The desk of reads`.request, key: key("a"), lifetime: .seconds(60)) { _ in
                answered.withLock { $0.append(number) }
            }
        }
        places[0]?.withdraw()
        places[1]?.withdraw()
        engine.answer(.read(["a": .null], .finished))
        #expect(answered.withLock { $0 } == [2])
        #expect(engine.count == 1)
    }

    @Test func `gives outputs that differ in the order of names only the same tag`() {
        let time = Timestamp(nanoseconds: 0)
        let one = ReadAnswer(["a": .map(["x": .null, "y": .null]), "b": .null], at: time)
        let other = ReadAnswer(["b": .null, "a": .map(["y": .null, "x": .null])], at: time)
        #expect(one.tag == other.tag && one.json != other.json && one.tag.text.utf8.count == 66)
        #expect(one.tag != ReadAnswer(["a": .null], at: time).tag)
    }
}
