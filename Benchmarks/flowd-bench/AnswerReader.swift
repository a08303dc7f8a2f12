// Bytes of a server become HTTP answers. Pure step machine, one for each connection.

internal import Primitives
internal import Wire

/// Reads answers whose body has a length, which is all that flowd sends.
struct AnswerReader: Sendable {
    struct Answer: Hashable, Sendable {
        let status: Int
        let body: [UInt8]
    }

    private var buffer = ByteBuffer()

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        buffer.append(bytes)
    }

    /// The next answer, or nil if more bytes are needed for one.
    mutating func next() throws(BenchError) -> Answer? {
        let bytes = buffer.bytes
        guard let headEnd = AnswerReader.headEnd(bytes, from: buffer.start) else {
            guard buffer.count <= Limits.requestHeadBytesMax else {
                throw .malformed("a head without an end")
            }
            return nil
        }
        let head = bytes[buffer.start..<headEnd]
        // "HTTP/1.1 200 …"
        guard head.count >= 12, let status = Int(String(decoding: head.dropFirst(9).prefix(3), as: UTF8.self))
        else { throw .malformed("no status line") }
        let length = status == 101 ? 0 : try AnswerReader.bodyLength(head)
        guard bytes.count - headEnd >= length else { return nil }
        let answer = Answer(status: status, body: Array(bytes[headEnd..<headEnd + length]))
        buffer.consume(headEnd + length - buffer.start)
        return answer
    }

    /// Takes what stands behind the last answer, for a connection that goes on in another protocol.
    mutating func takeUnread() -> [UInt8] {
        buffer.takeAll()
    }

    /// The place behind the empty line.
    private static func headEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        var index = start + 3
        while index < bytes.count {
            if bytes[index] == 10, bytes[index - 1] == 13, bytes[index - 2] == 10, bytes[index - 3] == 13 {
                return index + 1
            }
            index += 1
        }
        return nil
    }

    private static func bodyLength(_ head: ArraySlice<UInt8>) throws(BenchError) -> Int {
        let name = Array("content-length:".utf8)
        for line in head.split(separator: 10) where line.count > name.count {
            // Letters differ from their small forms in this bit; what else it changes is in no header's name.
            guard zip(line, name).allSatisfy({ $0 | 0x20 == $1 }) else { continue }
            var length = 0
            for byte in line.dropFirst(name.count) where byte != 32 && byte != 13 {
                guard byte >= 48, byte <= 57, length < 1 << 30 else {
                    throw .malformed("a length that is no number")
                }
                length = length * 10 + Int(byte - 48)
            }
            return length
        }
        throw .malformed("an answer without a length")
    }
}
