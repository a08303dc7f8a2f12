import Testing

@testable import Store

private let second: Int64 = 1_000_000_000

@Suite struct `The wait for answers` {
    @Test func `is over for callers in order, and each is told once`() {
        var watch = AnswerWatch<String>()
        let first = watch.asked(by: "a", at: 0)
        let patient = watch.asked(by: nil, at: second)
        let last = watch.asked(by: "b", at: 2 * second)
        for time in 0..<3 { watch.sent(at: Int64(time) * second) }
        let outcome1 = watch.overdue(after: 4_000, at: 4 * second - 1)
        #expect(outcome1 == [])
        let outcome2 = watch.overdue(after: 4_000, at: 4 * second)
        #expect(outcome2 == ["a"])
        let outcome3 = watch.overdue(after: 4_000, at: 5 * second)
        #expect(outcome3 == [])
        // What comes after all finds nobody; the others are still there.
        let outcome4 = watch.answered(first, isImpatient: true, at: 5 * second)
        #expect(!outcome4)
        let outcome5 = watch.answered(patient, isImpatient: false, at: 5 * second)
        #expect(outcome5)
        let outcome6 = watch.answered(last, isImpatient: true, at: 5 * second)
        #expect(outcome6)
        #expect(watch.isEmpty)
        let outcome7 = watch.overdue(after: 4_000, at: 99 * second)
        #expect(outcome7 == [])
    }

    @Test func `makes a database still by its oldest question and silent by its last answer`() {
        var watch = AnswerWatch<String>()
        #expect(!watch.isStill(for: 2_500, at: 99 * second))
        let first = watch.asked(by: "a", at: 10 * second)
        _ = watch.asked(by: nil, at: 11 * second)
        // Nothing has been sent: the connection is not there yet.
        #expect(watch.isStill(for: 2_500, at: 13 * second))
        #expect(!watch.isSilent(for: 5_000, at: 99 * second))
        watch.sent(at: 20 * second)
        watch.sent(at: 20 * second)
        #expect(!watch.isSilent(for: 5_000, at: 25 * second - 1))
        #expect(watch.isSilent(for: 5_000, at: 25 * second))
        let outcome8 = watch.answered(first, isImpatient: true, at: 25 * second)
        #expect(outcome8)
        #expect(!watch.isSilent(for: 5_000, at: 29 * second))
        #expect(watch.isStill(for: 2_500, at: 29 * second))
        #expect(!watch.isStill(for: 20_000, at: 29 * second))
    }

    @Test func `ends with the connection for those who were not told`() {
        var watch = AnswerWatch<String>()
        let told = watch.asked(by: "a", at: 0)
        let patient = watch.asked(by: nil, at: 0)
        let waiting = watch.asked(by: "b", at: second)
        watch.sent(at: 0)
        let outcome9 = watch.overdue(after: 1_000, at: second)
        #expect(outcome9 == ["a"])
        let outcome10 = watch.isAwaited(told, isImpatient: true)
        #expect(!outcome10)
        let outcome11 = watch.isAwaited(patient, isImpatient: false)
        #expect(outcome11)
        let outcome12 = watch.isAwaited(waiting, isImpatient: true)
        #expect(outcome12)
        watch.lost()
        #expect(watch.isEmpty)
        #expect(!watch.isSilent(for: 0, at: 99 * second))
        let next = watch.asked(by: "c", at: 99 * second)
        watch.sent(at: 99 * second)
        let outcome13 = watch.answered(next, isImpatient: true, at: 99 * second)
        #expect(outcome13)
    }
}
