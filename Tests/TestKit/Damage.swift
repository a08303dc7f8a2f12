// Random harm to valid inputs, for tests that say a decoder survives anything.

/// Damaged copies of bytes: flipped bits, other bytes, lost, repeated and foreign pieces.
public enum Damage {
    /// A copy with one to four wounds; foreign pieces come from `others`, which must not be empty.
    public static func done(
        to input: [UInt8], from others: [[UInt8]], using generator: inout SeededGenerator
    ) -> [UInt8] {
        var input = input
        for _ in 0..<Int.random(in: 1...4, using: &generator) { wound(&input, others, &generator) }
        return input
    }

    private static func wound(_ input: inout [UInt8], _ others: [[UInt8]], _ generator: inout SeededGenerator)
    {
        let place = Int.random(in: 0...input.count, using: &generator)
        let end = Int.random(in: place...input.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0 where place < input.count: input[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1 where place < input.count: input[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: input.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        case 3: input.removeSubrange(place..<min(end, place + 8))
        case 4: input.insert(contentsOf: input[place..<min(end, place + 64)], at: place)
        default:
            let other = others[Int.random(in: 0..<others.count, using: &generator)]
            input.replaceSubrange(place..., with: other.suffix(max(0, other.count - place)))
        }
    }
}
