import Foundation
import Primitives
import Synchronization
import Testing

@testable import Identity

@Suite struct `The second of a login challenge` {
    private let seconds = ChallengeSeconds()
    private let key = Ed25519KeyPair().publicKey
    private let ahead = Limits.challengeSecondsAheadMax

    private func next(at second: Int64, for key: PublicKey? = nil) -> Int64 {
        seconds.next(for: key ?? self.key, at: Timestamp(seconds: second))
    }

    @Test func `is the present one, and the next one for who asks again`() {
        #expect(next(at: 1_000) == 1_000)
        #expect(seconds.next(for: key, at: Timestamp(nanoseconds: 1_000_999_999_999)) == 1_001)
        #expect(next(at: 1_000) == 1_002)
        #expect(next(at: 1_001) == 1_003)
        #expect(next(at: 1_004) == 1_004)
        #expect(next(at: 2_000) == 2_000)
    }

    @Test func `is never given twice until all that may be are given`() {
        var given = Set((0...ahead).map { _ in next(at: 1_000) })
        #expect(given == Set(1_000...1_000 + ahead))
        for second in 1_001...1_100 { #expect(given.insert(next(at: Int64(second))).inserted) }
    }

    @Test func `is still one that may be when somebody asks without end`() {
        for _ in 0..<1_000 { _ = next(at: 1_000) }
        let late = Set((0..<100).map { _ in next(at: 1_000) })
        #expect(late.allSatisfy { (1_000...1_000 + ahead).contains($0) })
        #expect(late.count > 1, "who has used one of them is not given that for ever")
        // Whoever asks when it is over gets the next second, which nobody was given.
        #expect(next(at: 1_001) == 1_001 + ahead)
        #expect(next(at: 1_000 + 2 * ahead) == 1_000 + 2 * ahead)
    }

    @Test func `is hardly changed by other keys, however many ask`() {
        for _ in 0..<2 * Limits.challengePlaces { _ = next(at: 1_000, for: Ed25519KeyPair().publicKey) }
        #expect((1_000...1_000 + ahead).contains(next(at: 1_000)))
    }

    @Test func `follows a clock that is put back or stands at an end of time`() {
        #expect(next(at: 100_000) == 100_000)
        #expect((1_000...1_000 + ahead).contains(next(at: 1_000)))
        let other = ChallengeSeconds()
        #expect(other.next(for: key, at: Timestamp(nanoseconds: .min)) < -9_000_000_000)
        #expect(other.next(for: key, at: Timestamp(nanoseconds: .max)) > 9_000_000_000)
    }

    @Test func `is another one for each of many who ask at the same time`() {
        let given = Mutex(Set<Int64>())
        DispatchQueue.concurrentPerform(iterations: Int(ahead)) { _ in
            let second = next(at: 1_000)
            given.withLock { _ = $0.insert(second) }
        }
        #expect(given.withLock { $0.count } == Int(ahead))
    }
}
