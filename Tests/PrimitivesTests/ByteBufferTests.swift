import Primitives
import TestKit
import Testing

@Suite struct `Byte buffer` {
    @Test func `gives bytes back in the order they came`() {
        var buffer = ByteBuffer()
        var expected: [UInt8] = []
        var generator = SeededGenerator(seed: 3)
        for round in 0..<2_000 {
            let added = (0..<Int.random(in: 0...20, using: &generator)).map {
                UInt8(truncatingIfNeeded: $0 + round)
            }
            buffer.append(added)
            expected += added
            if !added.isEmpty { #expect(buffer.bytes.count <= 2 * expected.count) }
            let count = Int.random(in: 0...buffer.count, using: &generator)
            #expect(buffer.unread.prefix(count).elementsEqual(expected.prefix(count)))
            buffer.consume(count)
            expected.removeFirst(count)
            #expect(buffer.count == expected.count)
        }
        #expect(buffer.takeAll() == expected)
        #expect(buffer.isEmpty)
    }

    @Test func `lets go of a large room once it is empty`() {
        var buffer = ByteBuffer()
        buffer.append([UInt8](repeating: 1, count: 1_000_000))
        buffer.consume(1_000_000)
        #expect(buffer.bytes.capacity <= Limits.idleBufferBytesMax)
    }

    @Test func `an encoder adds behind the unread bytes`() {
        var buffer = ByteBuffer()
        buffer.append([1, 2])
        buffer.consume(1)
        let count = buffer.append { output in
            output.append(3)
            return 1
        }
        #expect(count == 1)
        #expect(Array(buffer.unread) == [2, 3])
    }
}
