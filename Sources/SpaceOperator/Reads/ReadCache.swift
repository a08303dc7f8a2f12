// The recent answers of reads, and the waiters for reads that are under way. A pure machine.

internal import Engine
internal import Primitives
internal import Wire

/// What makes two reads the same (spec http-and-websocket 2.8).
struct ReadKey: Hashable, Sendable {
    /// Which route, which flow or deployment, and for whom.
    let scope: String
    /// The revision that the permission to read was given for. It changes with each change of the flow or deployment.
    let revision: String
    /// Digest of the inputs, whatever the order of their names.
    let inputs: [UInt8]
}

/// The output of a read and when it was computed.
struct ReadAnswer: Sendable {
    /// A tagged value.
    let json: [UInt8]
    let tag: EntityTag
    let computedAt: Timestamp
}

/// Recent answers, and waiters for answers to come. Answers, bytes and waiters are bounded: the oldest answers are
/// forgotten, and further waiters are refused.
struct ReadCache<Waiter> {
    /// What is to be done for a read.
    enum Claim {
        /// Here is the answer.
        case kept(ReadAnswer)
        /// The answer is being computed; the waiter gets it.
        case joined(Place)
        /// Compute the answer, then call `finish`, even if waiters have left meanwhile.
        case first(Place)
        /// Too many wait for it.
        case full
    }

    /// A waiter's place. None is given twice.
    struct Place: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct Kept {
        let answer: ReadAnswer
        /// On the steady clock, in nanoseconds.
        let endsAt: Int64
    }

    private var kept: [ReadKey: Kept] = [:]
    private var keptBytes = 0
    private var waiting: [ReadKey: [Place: Waiter]] = [:]
    private var placeCount: UInt64 = 0

    /// Someone wants to read. `now` is of the steady clock.
    mutating func claim(_ key: ReadKey, _ waiter: Waiter, now: Int64) -> Claim {
        if let entry = kept[key] {
            if now < entry.endsAt { return .kept(entry.answer) }
            forget(key)
        }
        let others = waiting[key]?.count
        guard others ?? 0 < Limits.readWaitersMax, others != nil || waiting.count < Limits.readsUnderWayMax
        else { return .full }
        placeCount += 1
        let place = Place(number: placeCount)
        waiting[key, default: [:]][place] = waiter
        return others == nil ? .first(place) : .joined(place)
    }

    /// A waiter has gone.
    mutating func leave(_ place: Place, _ key: ReadKey) { waiting[key]?[place] = nil }

    /// The read that was claimed first is over; gives everyone who still waits for it, in order of arrival.
    ///
    /// - Parameter answer: nil if it has none that may be kept.
    mutating func finish(_ key: ReadKey, _ answer: ReadAnswer?, lifetime: Duration, now: Int64) -> [Waiter] {
        if let answer, answer.json.count <= Limits.readKeptBytesMax {
            makeRoom(for: answer.json.count, now: now)
            kept[key] = Kept(answer: answer, endsAt: now + lifetime.components.seconds * 1_000_000_000)
            keptBytes += answer.json.count
        }
        let waiters = waiting.removeValue(forKey: key) ?? [:]
        return waiters.sorted { $0.key.number < $1.key.number }.map(\.value)
    }

    private mutating func forget(_ key: ReadKey) {
        if let entry = kept.removeValue(forKey: key) { keptBytes -= entry.answer.json.count }
    }

    /// Removes old answers; if that is not enough, those that would become old first.
    private mutating func makeRoom(for count: Int, now: Int64) {
        func isFull() -> Bool {
            kept.count >= Limits.readsKeptMax || keptBytes + count > Limits.readsKeptBytesMax
        }
        guard isFull() else { return }
        for (key, entry) in kept where entry.endsAt <= now { forget(key) }
        for (key, _) in kept.sorted(by: { $0.value.endsAt < $1.value.endsAt }) {
            guard isFull() else { return }
            forget(key)
        }
    }
}
