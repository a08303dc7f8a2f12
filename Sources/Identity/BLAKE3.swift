// The hash function BLAKE3, plain and keyed, with 32 bytes of output. Stateless, usable anywhere.

/// BLAKE3 as its paper describes it (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020), without the modes that this
/// server does not need: key derivation and longer output.
///
/// API keys are stored under it, flow-run tokens are authenticated by it.
public enum BLAKE3 {
    /// Bytes of a digest.
    public static let digestBytes = 32
    /// Bytes of a key.
    public static let keyBytes = 32

    /// The plain hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        digest(bytes, key: initialization, flags: 0)
    }

    /// The keyed hash of `bytes`, a message authentication code. The key must have exactly 32 bytes.
    public static func keyedHash(_ bytes: [UInt8], key: Secret) -> [UInt8] {
        precondition(key.bytes.count == keyBytes, "a BLAKE3 key has 32 bytes")
        let words = block(key.bytes[...])
        return digest(bytes, key: words.lowHalf, flags: Flag.keyedHash)
    }

    /// Eight words that stand for a chunk or for a subtree.
    private typealias ChainingValue = SIMD8<UInt32>

    private enum Flag {
        static let chunkStart: UInt32 = 1
        static let chunkEnd: UInt32 = 2
        static let parent: UInt32 = 4
        static let root: UInt32 = 8
        static let keyedHash: UInt32 = 16
    }

    /// The input of a node's last compression, kept until it is known whether the node is the root.
    private struct Node {
        var chainingValue: ChainingValue
        var block: SIMD16<UInt32>
        var blockBytes: UInt32
        var counter: UInt64
        var flags: UInt32

        func compressed(as root: UInt32 = 0) -> ChainingValue {
            BLAKE3.compress(
                chainingValue, block: block, blockBytes: blockBytes, counter: counter, flags: flags | root)
        }
    }

    private static let blockBytesMax = 64
    private static let chunkBytesMax = 1024

    private static let initialization = ChainingValue(
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19
    )

    /// Where each word of the next round's message comes from.
    private static let permutation: SIMD16<UInt8> = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]

    private static func digest(_ bytes: [UInt8], key: ChainingValue, flags: UInt32) -> [UInt8] {
        // Finished subtrees, the largest first; their sizes are the one bits of the number of chunks so far.
        var subtrees: [ChainingValue] = []
        var counter: UInt64 = 0
        var rest = bytes[...]
        while rest.count > chunkBytesMax {
            var finished = chunk(rest.prefix(chunkBytesMax), counter: counter, key: key, flags: flags)
                .compressed()
            rest = rest.dropFirst(chunkBytesMax)
            counter += 1
            for _ in 0..<counter.trailingZeroBitCount {
                guard let left = subtrees.popLast() else { break }
                finished = parent(left, finished, key: key, flags: flags).compressed()
            }
            subtrees.append(finished)
        }
        var node = chunk(rest, counter: counter, key: key, flags: flags)
        while let left = subtrees.popLast() {
            node = parent(left, node.compressed(), key: key, flags: flags)
        }
        let words = node.compressed(as: Flag.root)
        var output: [UInt8] = []
        output.reserveCapacity(digestBytes)
        for index in 0..<8 {
            for shift: UInt32 in [0, 8, 16, 24] {
                output.append(UInt8(truncatingIfNeeded: words[index] >> shift))
            }
        }
        return output
    }

    private static func chunk(
        _ bytes: ArraySlice<UInt8>, counter: UInt64, key: ChainingValue, flags: UInt32
    ) -> Node {
        var rest = bytes
        var node = Node(
            chainingValue: key, block: .zero, blockBytes: 0, counter: counter, flags: flags | Flag.chunkStart)
        while rest.count > blockBytesMax {
            node.block = block(rest.prefix(blockBytesMax))
            node.blockBytes = UInt32(blockBytesMax)
            node.chainingValue = node.compressed()
            node.flags = flags
            rest = rest.dropFirst(blockBytesMax)
        }
        node.block = block(rest)
        node.blockBytes = UInt32(rest.count)
        node.flags |= Flag.chunkEnd
        return node
    }

    private static func parent(
        _ left: ChainingValue, _ right: ChainingValue, key: ChainingValue, flags: UInt32
    ) -> Node {
        Node(
            chainingValue: key, block: SIMD16(lowHalf: left, highHalf: right),
            blockBytes: UInt32(blockBytesMax),
            counter: 0, flags: flags | Flag.parent)
    }

    /// At most 64 bytes as sixteen little-endian words, filled up with zeros.
    private static func block(_ bytes: ArraySlice<UInt8>) -> SIMD16<UInt32> {
        var words = SIMD16<UInt32>.zero
        var position = 0
        for byte in bytes {
            words[position / 4] |= UInt32(byte) << UInt32(position % 4 * 8)
            position += 1
        }
        return words
    }

    private static func compress(
        _ chainingValue: ChainingValue, block: SIMD16<UInt32>, blockBytes: UInt32, counter: UInt64,
        flags: UInt32
    ) -> ChainingValue {
        var message = block
        var a = chainingValue.lowHalf
        var b = chainingValue.highHalf
        var c = initialization.lowHalf
        var d = SIMD4(
            UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), blockBytes, flags)
        for round in 0..<7 {
            if round > 0 { message = permuted(message) }
            mix(&a, &b, &c, &d, message.lowHalf.evenHalf, message.lowHalf.oddHalf)
            // The rows are turned so that the diagonals of the state stand in columns, and turned back after.
            b = turned(b, by: 1)
            c = turned(c, by: 2)
            d = turned(d, by: 3)
            mix(&a, &b, &c, &d, message.highHalf.evenHalf, message.highHalf.oddHalf)
            b = turned(b, by: 3)
            c = turned(c, by: 2)
            d = turned(d, by: 1)
        }
        return SIMD8(lowHalf: a ^ c, highHalf: b ^ d)
    }

    private static func permuted(_ message: SIMD16<UInt32>) -> SIMD16<UInt32> {
        var result = SIMD16<UInt32>.zero
        for index in 0..<16 { result[index] = message[Int(permutation[index])] }
        return result
    }

    private static func turned(_ row: SIMD4<UInt32>, by count: Int) -> SIMD4<UInt32> {
        SIMD4(row[count % 4], row[(count + 1) % 4], row[(count + 2) % 4], row[(count + 3) % 4])
    }

    private static func mix(
        _ a: inout SIMD4<UInt32>, _ b: inout SIMD4<UInt32>, _ c: inout SIMD4<UInt32>,
        _ d: inout SIMD4<UInt32>,
        _ first: SIMD4<UInt32>, _ second: SIMD4<UInt32>
    ) {
        a = a &+ b &+ first
        d = rotated(d ^ a, right: 16)
        c = c &+ d
        b = rotated(b ^ c, right: 12)
        a = a &+ b &+ second
        d = rotated(d ^ a, right: 8)
        c = c &+ d
        b = rotated(b ^ c, right: 7)
    }

    private static func rotated(_ words: SIMD4<UInt32>, right count: UInt32) -> SIMD4<UInt32> {
        words &>> count | words &<< (32 - count)
    }
}
