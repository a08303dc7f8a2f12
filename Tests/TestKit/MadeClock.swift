// Time that a test makes.

import Primitives
import Synchronization

/// A clock that stands still until it is moved. Both of its times move together.
public final class MadeClock: Sendable {
    private let nanoseconds: Atomic<Int64>

    /// - Parameter seconds: the wall time at which it stands first, since 1970.
    public init(at seconds: Int64) { nanoseconds = Atomic(seconds * 1_000_000_000) }

    public func advance(milliseconds: Int64) {
        nanoseconds.add(milliseconds * 1_000_000, ordering: .sequentiallyConsistent)
    }

    public var clock: Clock {
        Clock(
            now: { Timestamp(nanoseconds: self.nanoseconds.load(ordering: .sequentiallyConsistent)) },
            steady: { self.nanoseconds.load(ordering: .sequentiallyConsistent) })
    }
}
