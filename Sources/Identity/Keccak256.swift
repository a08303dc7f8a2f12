// The hash function Keccak-256 as Ethereum and Solana use it. Stateless, usable anywhere.

/// Keccak with 32 bytes of output as it was submitted to the competition (Bertoni, Daemen, Peeters, Van Assche, 2011).
/// SHA3-256, the later standard, pads differently and gives other digests.
public enum Keccak256 {
    /// Bytes of a digest.
    public static let digestBytes = 32
    /// Bytes that are taken in between two mixings of the state.
    private static let blockBytes = 136

    /// The hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var state = [UInt64](repeating: 0, count: 25)
        var start = 0
        while bytes.count - start >= blockBytes {
            absorb(bytes[start..<start + blockBytes], into: &state)
            start += blockBytes
        }
        var last = Array(bytes[start...])
        last.append(contentsOf: repeatElement(0, count: blockBytes - last.count))
        last[bytes.count - start] ^= 0x01
        last[blockBytes - 1] ^= 0x80
        absorb(last[...], into: &state)
        return (0..<digestBytes).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> UInt64($0 % 8 * 8)) }
    }

    private static func absorb(_ block: ArraySlice<UInt8>, into state: inout [UInt64]) {
        for (index, byte) in block.enumerated() { state[index / 8] ^= UInt64(byte) << UInt64(index % 8 * 8) }
        for constant in roundConstants { mix(&state, constant) }
    }

    private static let roundConstants: [UInt64] = [
        0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808A, 0x8000_0000_8000_8000,
        0x0000_0000_0000_808B, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
        0x0000_0000_0000_008A, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000A,
        0x0000_0000_8000_808B, 0x8000_0000_0000_008B, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
        0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800A, 0x8000_0000_8000_000A,
        0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
    ]

    /// How far each lane is turned, by its position x + 5y.
    private static let rotations: [UInt64] = [
        0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
    ]

    private static func mix(_ state: inout [UInt64], _ constant: UInt64) {
        // Every bit is changed by two neighbouring columns.
        var columns = [UInt64](repeating: 0, count: 5)
        for x in 0..<5 {
            columns[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20]
        }
        // The lanes are turned and change places.
        var moved = [UInt64](repeating: 0, count: 25)
        for x in 0..<5 {
            let change = columns[(x + 4) % 5] ^ rotated(columns[(x + 1) % 5], left: 1)
            for y in 0..<5 {
                moved[y + 5 * ((2 * x + 3 * y) % 5)] = rotated(
                    state[x + 5 * y] ^ change, left: rotations[x + 5 * y])
            }
        }
        // Every bit is changed by its two neighbours in a row.
        for y in stride(from: 0, to: 25, by: 5) {
            for x in 0..<5 {
                state[y + x] = moved[y + x] ^ (~moved[y + (x + 1) % 5] & moved[y + (x + 2) % 5])
            }
        }
        state[0] ^= constant
    }

    private static func rotated(_ lane: UInt64, left count: UInt64) -> UInt64 {
        lane &<< count | lane &>> (64 &- count)
    }
}
