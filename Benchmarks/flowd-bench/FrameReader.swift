// Bytes of a server become WebSocket frames. Pure step machine, one for each connection.

internal import Wire

/// Reads frames of a server: without mask and, since flowd cuts nothing up, each a whole message.
struct FrameReader: Sendable {
    struct Frame: Hashable, Sendable {
        let opcode: WebSocketOpcode
        /// Shares the reader's bytes: to be let go of before more are appended.
        let payload: ArraySlice<UInt8>
    }

    private var bytes: [UInt8] = []
    private var start = 0

    mutating func append(_ added: ArraySlice<UInt8>) {
        // Whoever reads all frames that are there leaves at most the beginning of one to be moved.
        bytes.removeSubrange(..<start)
        start = 0
        bytes.append(contentsOf: added)
    }

    /// The next frame, or nil if more bytes are needed for one.
    mutating func next() throws(BenchError) -> Frame? {
        guard bytes.count - start >= 2 else { return nil }
        let (first, second) = (bytes[start], bytes[start + 1])
        guard first & 0xF0 == 0x80, let opcode = WebSocketOpcode(rawValue: first & 0x0F),
            opcode != .continuation
        else { throw .malformed("a frame that is no whole message") }
        guard second & 0x80 == 0 else { throw .malformed("a server's frame with a mask") }
        var head = 2
        var length = Int(second)
        if second >= 126 {
            head = second == 126 ? 4 : 10
            guard bytes.count - start >= head else { return nil }
            length = bytes[start + 2..<start + head].reduce(0) { $0 << 8 | Int($1) }
            guard length >= 0, length < 1 << 30 else { throw .malformed("a frame of a gigabyte") }
        }
        guard bytes.count - start >= head + length else { return nil }
        let payload = bytes[start + head..<start + head + length]
        start += head + length
        return Frame(opcode: opcode, payload: payload)
    }
}

/// Writes frames of a client.
enum ClientFrame {
    /// Appends a whole message. The mask is zero, which the rules allow to a client that runs no stranger's code,
    /// and which changes no byte.
    static func append(_ opcode: WebSocketOpcode, _ payload: [UInt8], to output: inout [UInt8]) {
        precondition(payload.count < 0x10000, "The bench says short things.")
        output.append(0x80 | opcode.rawValue)
        if payload.count < 126 {
            output.append(0x80 | UInt8(payload.count))
        } else {
            output.append(0x80 | 126)
            output.append(UInt8(payload.count >> 8))
            output.append(UInt8(payload.count & 0xFF))
        }
        output.append(contentsOf: [0, 0, 0, 0])
        output.append(contentsOf: payload)
    }
}
