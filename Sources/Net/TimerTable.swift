// The deadlines of one loop. Pure.

internal import Primitives

/// At most one timer per key; setting it again moves it.
///
/// A timer that moves to later, or is cancelled and set again, stays where it is in the order and is put back when its
/// old time comes. So an idle timer that moves with every request costs nothing, and the order holds about one entry
/// per key, however often keys are set and cancelled.
struct TimerTable {
    private struct Timer {
        /// When it is due; nil once it is cancelled.
        var due: Int64?
        /// The time under which the key stands in the order. Entries with other times are leftovers.
        var queued: Int64
    }

    private var timers: [UInt64: Timer] = [:]
    private var order = Deadlines<UInt64>()

    /// When the soonest timer is due, or something that was due then and has been moved since.
    var soonest: Int64? { order.soonest }

    /// How many entries the order holds.
    var queuedCount: Int { order.count }

    mutating func set(_ key: UInt64, due moment: Int64) {
        if let timer = timers[key], timer.queued <= moment {
            timers[key]?.due = moment
            return
        }
        timers[key] = Timer(due: moment, queued: moment)
        order.add(key, due: moment)
    }

    mutating func cancel(_ key: UInt64) {
        timers[key]?.due = nil
    }

    /// Takes the soonest timer that is due by now.
    mutating func popDue(by now: Int64) -> UInt64? {
        while let (key, queued) = order.popDue(by: now) {
            guard let timer = timers[key], timer.queued == queued else { continue }
            guard let due = timer.due, due > now else {
                timers[key] = nil
                if timer.due != nil { return key }
                continue
            }
            timers[key]?.queued = due
            order.add(key, due: due)
        }
        return nil
    }
}
