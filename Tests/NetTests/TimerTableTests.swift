import Testing

@testable import Net

@Suite struct `The timers of a loop` {
    @Test func `come in order, moved ones at their new time, cancelled ones never`() {
        var timers = TimerTable()
        timers.set(1, due: 10)
        timers.set(2, due: 20)
        timers.set(3, due: 30)
        timers.set(1, due: 40)
        timers.set(3, due: 5)
        timers.cancel(2)
        #expect(timers.popDue(by: 4) == nil)
        #expect(timers.popDue(by: 5) == 3)
        #expect(timers.popDue(by: 39) == nil)
        #expect(timers.popDue(by: 40) == 1)
        #expect(timers.popDue(by: 1_000) == nil)
        #expect(timers.soonest == nil)
    }

    @Test func `take no more room however often they are set and cancelled`() {
        var timers = TimerTable()
        for round in 0..<100_000 {
            timers.set(1, due: Int64(1_000_000 + round))
            timers.cancel(1)
            timers.set(2, due: Int64(75_000_000 + round))
            timers.set(2, due: Int64(15_000_000 + round))
        }
        #expect(timers.queuedCount <= 4)
    }

    @Test func `a cancelled timer that is set again comes once`() {
        var timers = TimerTable()
        timers.set(1, due: 10)
        timers.cancel(1)
        timers.set(1, due: 10)
        #expect(timers.popDue(by: 10) == 1)
        #expect(timers.popDue(by: 10) == nil)
    }
}
