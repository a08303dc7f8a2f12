// The client's half of WebSocket frames, for tests: writes anything, right or wrong, and reads a server's frames.

/// One frame as a client sends it. Everything can be set, so that it can also be wrong.
public struct ClientFrame: Sendable {
    public var opcode: UInt8
    public var payload: [UInt8]
    public var isFinal = true
    /// The three reserved bits, in place.
    public var reserved: UInt8 = 0
    /// Nil leaves the payload unmasked.
    public var mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    /// The bytes that carry the length: 1, 3 or 9; nil for as few as possible.
    public var lengthByteCount: Int?

    public init(_ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true) {
        self.opcode = opcode
        self.payload = payload
        self.isFinal = isFinal
    }

    public static func text(_ text: String, isFinal: Bool = true) -> ClientFrame {
        ClientFrame(1, Array(text.utf8), isFinal: isFinal)
    }
    public static func binary(_ payload: [UInt8], isFinal: Bool = true) -> ClientFrame {
        ClientFrame(2, payload, isFinal: isFinal)
    }
    public static func continuation(_ payload: [UInt8], isFinal: Bool) -> ClientFrame {
        ClientFrame(0, payload, isFinal: isFinal)
    }
    public static func ping(_ payload: [UInt8] = []) -> ClientFrame { ClientFrame(9, payload) }
    public static func pong(_ payload: [UInt8] = []) -> ClientFrame { ClientFrame(10, payload) }
    public static func close(_ code: UInt16? = nil, _ reason: [UInt8] = []) -> ClientFrame {
        ClientFrame(8, code.map { [UInt8($0 >> 8), UInt8($0 & 255)] + reason } ?? [])
    }

    /// The frame with its length in this many bytes, even if that is too many.
    public func withLengthBytes(_ count: Int) -> ClientFrame {
        var frame = self
        frame.lengthByteCount = count
        return frame
    }

    /// The frame with reserved bits, or without its mask.
    public func with(reserved: UInt8 = 0, mask: [UInt8]?) -> ClientFrame {
        var frame = self
        frame.reserved = reserved
        frame.mask = mask
        return frame
    }

    /// The frame as it travels.
    public var bytes: [UInt8] {
        var output = [(isFinal ? 0x80 : 0) | reserved | opcode]
        let count = lengthByteCount ?? (payload.count < 126 ? 1 : payload.count < 0x10000 ? 3 : 9)
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        switch count {
        case 1: output.append(maskBit | UInt8(payload.count))
        default:
            output.append(maskBit | (count == 3 ? 126 : 127))
            for shift in stride(from: 8 * (count - 2), through: 0, by: -8) {
                output.append(UInt8(truncatingIfNeeded: payload.count >> shift))
            }
        }
        guard let mask else { return output + payload }
        output += mask
        for (index, byte) in payload.enumerated() { output.append(byte ^ mask[index % 4]) }
        return output
    }
}

/// One frame of a server.
public struct ServerFrame: Equatable, Sendable {
    public var first: UInt8
    public var payload: [UInt8]

    public init(first: UInt8, payload: [UInt8]) {
        self.first = first
        self.payload = payload
    }

    public var opcode: UInt8 { first & 15 }
    public var text: String { String(decoding: payload, as: UTF8.self) }

    /// Takes the first frame off `bytes`; nil, and nothing taken, if it is not complete.
    public static func take(from bytes: inout [UInt8]) -> ServerFrame? {
        guard bytes.count >= 2 else { return nil }
        let short = Int(bytes[1])
        let lengthCount = short < 126 ? 0 : short == 126 ? 2 : 8
        guard bytes.count >= 2 + lengthCount else { return nil }
        let length = lengthCount == 0 ? short : bytes[2..<2 + lengthCount].reduce(0) { $0 << 8 | Int($1) }
        let start = 2 + lengthCount
        guard bytes.count >= start + length else { return nil }
        let frame = ServerFrame(first: bytes[0], payload: Array(bytes[start..<start + length]))
        bytes.removeFirst(start + length)
        return frame
    }
}
