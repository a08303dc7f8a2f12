// The events of one run for those who watch it: written by the run's lane, read by the web loops.

public import Primitives
internal import Synchronization

/// What a reader got out of a feed.
public enum FeedPull: Sendable {
    /// Messages in order, and the place of the last one, which the next pull starts after.
    case messages([TrackMessage], cursor: UInt64)
    /// The events after the cursor are not in memory any more, or never were: read them from storage.
    case behind
    /// Nothing new yet; a mark will follow.
    case caughtUp
    /// The cursor is past the last event of a run that has ended.
    case ended
}

/// An append-only window on the events of one run, shared by all its subscribers.
///
/// A subscription is a cursor, a sequence number; there is no queue per subscriber. Events enter when they
/// happen; the last one becomes visible when it is durable. Durable events leave the window from the front when
/// it is full; a cursor behind the window is told to read from storage. Each event is encoded once per
/// track in use.
public final class RunFeed: Sendable {
    /// Told that a run has something new; must not block.
    public typealias Watcher = @Sendable (RunID) -> Void

    private struct State {
        /// Events with sequences `first`, `first + 1`, …
        var events: [RunEvent] = []
        var first: UInt64 = 1
        /// Messages by track; each covers a prefix of `events`.
        var encodings: [[TrackMessage]]
        var encodedBytes = 0
        var durable: UInt64 = 0
        var hasEnd = false
        var watchers = LoopWatchers<RunID>()

        /// The sequence after the last visible event.
        var visibleEnd: UInt64 {
            let end = first + UInt64(events.count)
            return hasEnd && durable + 1 < end ? end - 1 : end
        }

        /// The cursor is past the last event of a run that has ended.
        func isOver(after cursor: UInt64) -> Bool { hasEnd && cursor + 1 >= first + UInt64(events.count) }
    }

    public let run: RunID
    private let tracks: TrackTable
    private let state: Mutex<State>

    /// An empty feed of a run that is about to start.
    public init(run: RunID, tracks: TrackTable) {
        self.run = run
        self.tracks = tracks
        self.state = Mutex(State(encodings: Array(repeating: [], count: tracks.count)))
    }

    /// A feed that goes on after the stored events of a run that was taken up again.
    init(run: RunID, tracks: TrackTable, after sequence: UInt64) {
        self.run = run
        self.tracks = tracks
        self.state = Mutex(
            State(
                first: sequence + 1, encodings: Array(repeating: [], count: tracks.count), durable: sequence))
    }

    /// A feed of a run that ended earlier: every cursor is behind it and reads from storage.
    public init(storedRun run: RunID, tracks: TrackTable) {
        self.run = run
        self.tracks = tracks
        self.state = Mutex(
            State(first: .max, encodings: Array(repeating: [], count: tracks.count), hasEnd: true))
    }

    // MARK: For the lane

    /// Adds the next events of the run, in order and without a gap, and tells the watchers.
    public func append(_ events: [RunEvent]) {
        guard !events.isEmpty else { return }
        let watchers = state.withLock { state in
            state.events.append(contentsOf: events)
            if events.contains(where: \.isEnd) { state.hasEnd = true }
            trim(&state)
            return state.watchers.all
        }
        for watch in watchers { watch(run) }
    }

    /// Everything up to this sequence survives a crash; may make the last event visible.
    public func markDurable(through sequence: UInt64) {
        let watchers = state.withLock { state -> [Watcher] in
            let before = state.visibleEnd
            state.durable = max(state.durable, sequence)
            trim(&state)
            return state.visibleEnd == before ? [] : state.watchers.all
        }
        for watch in watchers { watch(run) }
    }

    private func trim(_ state: inout State) {
        var excess = state.events.count - Limits.feedWindowEventsMax
        if state.encodedBytes > Limits.feedWindowBytesMax { excess = max(excess, state.events.count / 2) }
        guard excess > 0, state.durable >= state.first else { return }
        let dropped = min(excess, Int(state.durable - state.first + 1))
        // The pair that ends an execution must stay together for tracks that swap it.
        guard dropped > 0, !splitsPair(state.events, at: dropped) else { return }
        state.events.removeFirst(dropped)
        state.first += UInt64(dropped)
        for track in state.encodings.indices {
            let count = min(dropped, state.encodings[track].count)
            state.encodedBytes -= state.encodings[track].prefix(count).reduce(0) { $0 + $1.body.count }
            state.encodings[track].removeFirst(count)
        }
    }

    private func splitsPair(_ events: [RunEvent], at index: Int) -> Bool {
        guard index > 0, index < events.count else { return false }
        return events[index - 1].isFollowedBy(events[index])
    }

    // MARK: For the loops

    /// Registers one more subscriber of a loop; its watcher is called whenever there may be something new.
    public func watch(from loop: Int, _ watcher: @escaping Watcher) {
        state.withLock { $0.watchers.add(loop, watcher) }
    }

    /// Takes one subscriber of a loop away.
    public func unwatch(from loop: Int) {
        state.withLock { $0.watchers.remove(loop) }
    }

    /// Whether a subscriber can have seen a message at this place. False for a place behind the last visible event;
    /// always true for a run that only storage knows.
    public func reaches(_ place: UInt64) -> Bool { state.withLock { place < $0.visibleEnd } }

    /// Whether a pull behind the place `cursor` gives anything else than `caughtUp`.
    public func hasMore(after cursor: UInt64) -> Bool {
        state.withLock { cursor + 1 < $0.visibleEnd || $0.isOver(after: cursor) }
    }

    /// Messages behind the place `cursor` in one track, about `bytesMax` of their bytes at most.
    ///
    /// A place counts the messages of the run from 1, in the track's order. It equals the event's sequence, except
    /// within a pair that the track swaps.
    public func pull(after cursor: UInt64, track: TrackID, bytesMax: Int) -> FeedPull {
        while true {
            let (outcome, missing) = state.withLock { state in read(&state, cursor, track, bytesMax) }
            if let outcome { return outcome }
            guard !missing.isEmpty else { return .caughtUp }
            let messages = tracks[track].encode(missing, of: run)
            state.withLock { state in keep(messages, of: missing, track, &state) }
        }
    }

    /// The outcome of a pull behind a cursor, or the events that must be encoded first.
    private func read(
        _ state: inout State, _ cursor: UInt64, _ track: TrackID, _ bytesMax: Int
    ) -> (FeedPull?, ArraySlice<RunEvent>) {
        guard cursor + 1 >= state.first else { return (.behind, []) }
        guard cursor + 1 < state.visibleEnd else {
            return (state.isOver(after: cursor) ? .ended : .caughtUp, [])
        }
        let start = Int(cursor + 1 - state.first)
        let end = Int(state.visibleEnd - state.first)
        let encoded = state.encodings[track.index].count
        guard encoded > start else {
            // Encode in steps, so that one slow reader of a long history holds nobody up.
            var stop = min(end, encoded + 256)
            while stop < end, splitsPair(state.events, at: stop) { stop += 1 }
            return (nil, state.events[encoded..<stop])
        }
        var messages: [TrackMessage] = []
        var bytes = 0
        var next = start
        // A cursor must not stop between the two of a pair: reading storage from there, a track could not swap them.
        while next < min(end, encoded), bytes < bytesMax || splitsPair(state.events, at: next) {
            messages.append(state.encodings[track.index][next])
            bytes += state.encodings[track.index][next].body.count
            next += 1
        }
        return (.messages(messages, cursor: state.first + UInt64(next) - 1), [])
    }

    /// Stores what was encoded outside the lock, unless another reader was faster or the window moved.
    private func keep(
        _ messages: [TrackMessage], of events: ArraySlice<RunEvent>, _ track: TrackID, _ state: inout State
    ) {
        guard let sequence = events.first?.sequence, sequence >= state.first,
            Int(sequence - state.first) == state.encodings[track.index].count
        else { return }
        state.encodings[track.index].append(contentsOf: messages)
        state.encodedBytes += messages.reduce(0) { $0 + $1.body.count }
    }
}

extension RunEvent {
    /// True if the next event closes the execution whose output this is: the pair stays together everywhere.
    public func isFollowedBy(_ next: RunEvent) -> Bool {
        guard case .nodeOutput(let output) = content, case .nodeFinished(let end) = next.content else {
            return false
        }
        return output.execution == end.execution
    }
}
