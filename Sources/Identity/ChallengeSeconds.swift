// The second that each login challenge names, chosen so that no challenge is given out twice. Shared by all web loops.

public import Primitives
internal import Synchronization

/// The seconds that a server has lately given out with challenges.
///
/// A challenge is a key and a whole second, and good for one login (spec http-and-websocket 1.6). So a client that asks
/// twice within a second, from two windows perhaps, gets the next second the second time. The table has a fixed size:
/// keys share places in it, which now and then makes a key skip a second. Any thread.
public final class ChallengeSeconds: Sendable {
    /// The last second that was given to a key of this place.
    private let last = Mutex([Int64](repeating: .min, count: Limits.challengePlaces))

    public init() {}

    /// The second for a key's challenge at the wall time `now`, in seconds since 1970: this one, or one of the next
    /// `Limits.challengeSecondsAheadMax`.
    ///
    /// Anybody may ask for anybody's key, so all of these seconds may have been given out. Then a random one of them is
    /// given instead of none: the key's holder has hardly used just this one, and nobody else can use it.
    public func next(for key: PublicKey, at now: Timestamp) -> Int64 {
        let now = LoginChallenge.second(of: now)
        let latest = now + Limits.challengeSecondsAheadMax
        let place = Int(UInt(bitPattern: key.hashValue) % UInt(Limits.challengePlaces))
        return last.withLock { last in
            guard last[place] < latest else { return Int64.random(in: now...latest) }
            last[place] = max(now, last[place] + 1)
            return last[place]
        }
    }
}
