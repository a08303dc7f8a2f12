// How long a stop may take as a whole, handed down to its parts.

internal import Primitives

/// The time of one stop: what one part does not use is there for the next.
struct StopBudget {
    private let clock: Clock
    private let end: Int64

    /// Begins now.
    ///
    /// - Parameter drainTime: how long runs may go on; everything else has `Limits.stopBeyondDrainMilliseconds`.
    init(drainTime: Duration, clock: Clock = .system) {
        self.clock = clock
        let (seconds, attoseconds) = drainTime.components
        end =
            clock.steady() + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
            + Int64(Limits.stopBeyondDrainMilliseconds) * 1_000_000
    }

    /// Milliseconds that a part may take: the rest of the budget, less the reserve for later parts, between 0 and
    /// `most`.
    func milliseconds(keeping reserve: Int = 0, atMost most: Int = .max) -> Int {
        max(0, min(most, Int((end - clock.steady()) / 1_000_000) - reserve))
    }
}
