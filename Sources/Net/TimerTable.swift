// The deadlines of one loop. Pure.

internal import Primitives

/// At most one timer per key; setting it again moves it.
struct TimerTable {
    private var due: [UInt64: Int64] = [:]
    private var order = Deadlines<UInt64>()

    /// When the soonest timer is due, or something that was due then and has been moved since.
    var soonest: Int64? { order.soonest }

    mutating func set(_ key: UInt64, due moment: Int64) {
        let old = due.updateValue(moment, forKey: key)
        // A timer that moves to later stays in its place and is put back when its old time comes: an idle timer
        // that moves with every request costs nothing then.
        if let old, old <= moment { return }
        order.add(key, due: moment)
    }

    mutating func cancel(_ key: UInt64) {
        due[key] = nil
    }

    /// Takes the soonest timer that is due by now.
    mutating func popDue(by now: Int64) -> UInt64? {
        while let key = order.popDue(by: now) {
            guard let moment = due[key] else { continue }
            if moment <= now {
                due[key] = nil
                return key
            }
            order.add(key, due: moment)
        }
        return nil
    }
}
