// How long to wait before the database is tried again. Pure but for its random numbers, which are injected.

internal import Primitives

/// Pauses that double up to a bound, each shortened by up to a half at random, so that many servers do not come
/// back at the same moment.
struct ReconnectPause {
    private var attempt = 0

    /// Milliseconds before the next attempt; `random` gives a number from 0 up to below its argument.
    mutating func next(random: (Int) -> Int = { Int.random(in: 0..<$0) }) -> Int {
        let doubled = Limits.reconnectMillisecondsMin << min(attempt, 16)
        attempt += 1
        let pause = min(doubled, Limits.reconnectMillisecondsMax)
        return pause - random(pause / 2 + 1)
    }

    /// The last attempt was a success.
    mutating func reset() { attempt = 0 }
}
