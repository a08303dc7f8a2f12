// Frames of a server, appended to bytes. Pure functions.

/// Writes frames without mask and without fragments (RFC 6455 section 5).
public enum WebSocketEncoder {
    /// Bytes of a control frame's payload (RFC 6455 section 5.5).
    public static let controlBytesMax = 125

    /// Appends the head of a frame; the caller appends exactly `payloadCount` bytes behind it.
    public static func appendHeader(_ opcode: WebSocketOpcode, payloadCount: Int, to output: inout [UInt8]) {
        precondition(payloadCount >= 0, "A payload has a length.")
        precondition(!opcode.isControl || payloadCount <= controlBytesMax, "Control frames are short.")
        output.append(0x80 | opcode.rawValue)
        switch payloadCount {
        case ..<126: output.append(UInt8(payloadCount))
        case ..<0x10000:
            output.append(126)
            append(payloadCount, byteCount: 2, to: &output)
        default:
            output.append(127)
            append(payloadCount, byteCount: 8, to: &output)
        }
    }

    /// Appends a text message. That its bytes are UTF-8 is the caller's promise.
    public static func append(text: some Collection<UInt8>, to output: inout [UInt8]) {
        append(.text, text, to: &output)
    }

    /// Appends a binary message of any length.
    public static func append(binary: some Collection<UInt8>, to output: inout [UInt8]) {
        append(.binary, binary, to: &output)
    }

    /// Appends a ping of at most `controlBytesMax` bytes.
    public static func append(ping payload: some Collection<UInt8>, to output: inout [UInt8]) {
        append(.ping, payload, to: &output)
    }

    /// Appends the answer to a ping, with the ping's payload.
    public static func append(pong payload: some Collection<UInt8>, to output: inout [UInt8]) {
        append(.pong, payload, to: &output)
    }

    /// Appends a close frame. Without a code it is empty; a reason too long for the frame is cut between
    /// characters.
    public static func append(
        close code: WebSocketCloseCode?, reason: String = "", to output: inout [UInt8]
    ) {
        guard let code else {
            appendHeader(.close, payloadCount: 0, to: &output)
            return
        }
        precondition(code.mayBeSent, "Reserved close codes never travel.")
        var text: [UInt8] = []
        for scalar in reason.unicodeScalars {
            let encoded = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            guard text.count + encoded.count <= controlBytesMax - 2 else { break }
            text.append(contentsOf: encoded)
        }
        appendHeader(.close, payloadCount: 2 + text.count, to: &output)
        append(Int(code.number), byteCount: 2, to: &output)
        output.append(contentsOf: text)
    }

    private static func append(
        _ opcode: WebSocketOpcode, _ payload: some Collection<UInt8>, to output: inout [UInt8]
    ) {
        appendHeader(opcode, payloadCount: payload.count, to: &output)
        output.append(contentsOf: payload)
    }

    /// Appends a number, most significant byte first.
    private static func append(_ number: Int, byteCount: Int, to output: inout [UInt8]) {
        for shift in stride(from: 8 * (byteCount - 1), through: 0, by: -8) {
            output.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
