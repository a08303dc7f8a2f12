// Checks what every step machine over bytes must keep: how the bytes are cut does not matter. Used by tests.

/// Everything a decoder said about an input.
public struct Transcript<Event: Equatable & Sendable>: Equatable, Sendable {
    /// What it gave, in order.
    public var events: [Event] = []
    /// The description of the error that ended it.
    public var failure: String?

    public init(events: [Event] = [], failure: String? = nil) {
        self.events = events
        self.failure = failure
    }
}

/// Feeds a decoder the same bytes in many ways and compares what comes out.
public struct DecoderVerifier<Decoder, Event: Equatable & Sendable>: Sendable {
    /// The same bytes gave different events.
    public struct Mismatch: Error, CustomStringConvertible {
        public let cut: String
        public let whole: Transcript<Event>
        public let cutUp: Transcript<Event>
        public var description: String { "\(cut): \(cutUp), but whole: \(whole)" }
    }

    private let make: @Sendable () -> Decoder
    private let feed: @Sendable (inout Decoder, ArraySlice<UInt8>, (Event) -> Void) throws -> Void

    /// - Parameters:
    ///   - make: a fresh decoder.
    ///   - feed: gives the decoder some bytes and reports all events that follow, or throws its refusal. It
    ///     is not called again after that.
    public init(
        make: @escaping @Sendable () -> Decoder,
        feed: @escaping @Sendable (inout Decoder, ArraySlice<UInt8>, (Event) -> Void) throws -> Void
    ) {
        self.make = make
        self.feed = feed
    }

    /// The transcript of an input, after checking that it is the same whole, byte by byte, in two parts cut at
    /// every place, and in pieces of every small size.
    @discardableResult
    public func verify(_ input: [UInt8]) throws -> Transcript<Event> {
        let whole = transcript(of: input)
        try compare(whole, transcript(of: input, cutAt: Array(input.indices)), "byte by byte")
        for size in 2..<12 {
            let cuts = Array(stride(from: size, to: input.count, by: size))
            try compare(whole, transcript(of: input, cutAt: cuts), "in pieces of \(size)")
        }
        // Enough places for any head; a large body looks the same everywhere.
        for place in input.indices.prefix(600) {
            try compare(whole, transcript(of: input, cutAt: [place]), "cut at \(place)")
        }
        return whole
    }

    /// Checks that each beginning of a valid input gives a beginning of its events and no refusal.
    public func verifyTruncation(of input: [UInt8]) throws {
        let whole = transcript(of: input)
        // A decoder that gives nothing at all would pass, too.
        guard !whole.events.isEmpty, whole.failure == nil else {
            throw Mismatch(cut: "an input that is not valid", whole: whole, cutUp: whole)
        }
        for count in 0..<input.count {
            let part = transcript(of: Array(input.prefix(count)))
            guard whole.events.starts(with: part.events), part.failure == nil else {
                throw Mismatch(cut: "first \(count) bytes", whole: whole, cutUp: part)
            }
        }
    }

    /// Feeds randomly damaged copies of valid inputs, each whole and in random pieces. The decoder may refuse
    /// them as it likes, as long as it does so in the same way. Gives how many were refused.
    @discardableResult
    public func verifyMutations(of inputs: [[UInt8]], rounds: Int, seed: UInt64) throws -> Int {
        var generator = SeededGenerator(seed: seed)
        var refusals = 0
        for round in 0..<rounds {
            let input = Damage.done(to: inputs[round % inputs.count], from: inputs, using: &generator)
            let cuts = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                Int.random(in: 0...input.count, using: &generator)
            }
            let whole = transcript(of: input)
            try compare(whole, transcript(of: input, cutAt: cuts.sorted()), "seed \(seed), round \(round)")
            if whole.failure != nil { refusals += 1 }
        }
        return refusals
    }

    /// The transcript of an input that arrives in these pieces.
    public func transcript(of input: [UInt8], cutAt cuts: [Int] = []) -> Transcript<Event> {
        var decoder = make()
        var transcript = Transcript<Event>()
        var start = 0
        for end in cuts + [input.count] {
            do {
                try feed(&decoder, input[start..<end]) { transcript.events.append($0) }
            } catch {
                transcript.failure = "\(error)"
                return transcript
            }
            start = end
        }
        return transcript
    }

    private func compare(_ whole: Transcript<Event>, _ cutUp: Transcript<Event>, _ cut: String) throws {
        guard whole == cutUp else { throw Mismatch(cut: cut, whole: whole, cutUp: cutUp) }
    }
}
