// How bytes of a connection arrive: in pieces of any size, which must not matter.

import TestKit

/// The ways in which an input may arrive.
enum Arrival {
    private static let randomWays = 2

    /// Whole, byte by byte, and in a few pieces of random sizes that are the same every time.
    static func ways(of input: [UInt8]) -> [[ArraySlice<UInt8>]] {
        var generator = SeededGenerator(seed: input.reduce(0) { $0 &* 31 &+ UInt64($1) })
        var ways = [[input[...]], input.indices.map { input[$0...$0] }]
        for _ in 0..<randomWays {
            let cuts = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                Int.random(in: 0...input.count, using: &generator)
            }
            var start = 0
            ways.append(
                (cuts.sorted() + [input.count]).map { end in
                    defer { start = end }
                    return input[start..<end]
                })
        }
        return ways
    }

    /// What is read of an input, after comparing that it is the same in all ways.
    static func same<Transcript: Equatable>(
        _ input: [UInt8], _ read: ([ArraySlice<UInt8>]) throws -> Transcript
    ) throws -> Transcript {
        let ways = ways(of: input)
        let whole = try read(ways[0])
        for way in ways.dropFirst() {
            let cutUp = try read(way)
            try expect(
                cutUp == whole, "in \(way.count) pieces it reads \(cutUp), but \(whole) if it comes at once")
        }
        return whole
    }
}

/// Everything that a decoder said about an input.
struct Transcript<Event: Equatable>: Equatable {
    var events: [Event] = []
    /// The refusal that ended it.
    var refusal: String?
}
