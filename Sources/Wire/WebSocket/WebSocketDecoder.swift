// Bytes of a client become messages. Pure step machine, one for each connection.

internal import Primitives

/// Decodes what a client sends on a WebSocket (RFC 6455 section 5), without extensions.
///
/// Bytes go in with `append`, events come out of `next` until it returns nil. Payloads are unmasked and text
/// is checked as the bytes come, so a wrong message is refused before it is complete. Nothing is read after a
/// close frame. After an error every further call throws the same error.
public struct WebSocketDecoder: Sendable {
    /// What has been received.
    public enum Event: Hashable, Sendable {
        /// A whole text message: valid UTF-8.
        case textReceived([UInt8])
        /// A whole binary message.
        case binaryReceived([UInt8])
        /// A ping, to be answered by a pong with the same payload.
        case pingReceived([UInt8])
        case pongReceived([UInt8])
        /// The client ends the conversation; to be answered by a close frame. The last event.
        case closeReceived(WebSocketCloseCode?, reason: String)
    }

    struct Header {
        var isFinal: Bool
        var opcode: WebSocketOpcode
        var length: Int
        var mask: UInt32
    }

    private enum State {
        case awaitingHeader
        case awaitingPayload(Header, remaining: Int)
        case closed
        case failed(WebSocketError)
    }

    private var buffer = ByteBuffer()
    private var state = State.awaitingHeader
    /// The message that is being put together: its kind, or nil between messages.
    private var messageOpcode: WebSocketOpcode?
    private var message: [UInt8] = []
    private var fragmentCount = 0
    private var validator = UTF8Validator()
    private var control: [UInt8] = []
    /// Count from the next frame on.
    public var bounds: WebSocketBounds

    public init(bounds: WebSocketBounds = .standard) { self.bounds = bounds }

    /// How many bytes wait that `next` has not gone over.
    public var unreadCount: Int { buffer.count }

    /// Adds what the connection brought.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        buffer.append(bytes)
    }

    /// The next event, or nil if more bytes are needed for one.
    public mutating func next() throws(WebSocketError) -> Event? {
        do {
            return try step()
        } catch {
            state = .failed(error)
            throw error
        }
    }

    private mutating func step() throws(WebSocketError) -> Event? {
        while true {
            switch state {
            case .awaitingHeader:
                guard let header = try WebSocketDecoder.readHeader(&buffer) else { return nil }
                try begin(header)
                state = .awaitingPayload(header, remaining: header.length)
            case .awaitingPayload(let header, let remaining):
                let count = min(remaining, buffer.count)
                try takePayload(count, of: header, at: header.length - remaining)
                guard count == remaining else {
                    state = .awaitingPayload(header, remaining: remaining - count)
                    return nil
                }
                state = .awaitingHeader
                if let event = try finish(header) { return event }
            case .closed:
                _ = buffer.takeAll()
                return nil
            case .failed(let error): throw error
            }
        }
    }

    /// Checks whether a frame may come now.
    private mutating func begin(_ header: Header) throws(WebSocketError) {
        switch header.opcode {
        case .close, .ping, .pong: return
        case .continuation:
            guard messageOpcode != nil else { throw .continuationWithoutStart }
        case .text, .binary:
            guard messageOpcode == nil else { throw .messageInterrupted }
            messageOpcode = header.opcode
        }
        fragmentCount += 1
        guard header.length <= bounds.messageBytesMax - message.count, fragmentCount <= bounds.fragmentsMax
        else { throw .messageTooBig }
    }

    /// Moves payload bytes to where they belong; `position` is the place of the first in its frame.
    private mutating func takePayload(
        _ count: Int, of header: Header, at position: Int
    ) throws(WebSocketError) {
        guard count > 0 else { return }
        let payload = buffer.unread.prefix(count)
        if header.opcode.isControl {
            control.append(contentsOf: payload)
            WebSocketMask.apply(header.mask, at: position, to: &control, from: control.count - count)
        } else {
            let start = message.count
            message.append(contentsOf: payload)
            WebSocketMask.apply(header.mask, at: position, to: &message, from: start)
            if messageOpcode == .text, !validator.accept(message[start...]) { throw .textNotUTF8 }
        }
        buffer.consume(count)
    }

    /// What a complete frame means; nil if the message goes on.
    private mutating func finish(_ header: Header) throws(WebSocketError) -> Event? {
        switch header.opcode {
        case .ping: return .pingReceived(takeControl())
        case .pong: return .pongReceived(takeControl())
        case .close:
            let event = try readClose(takeControl())
            state = .closed
            return event
        case .continuation, .text, .binary:
            guard header.isFinal else { return nil }
            guard validator.isComplete else { throw .textNotUTF8 }
            let finished = message
            let isText = messageOpcode == .text
            message = []
            messageOpcode = nil
            fragmentCount = 0
            return isText ? .textReceived(finished) : .binaryReceived(finished)
        }
    }

    private mutating func takeControl() -> [UInt8] {
        let payload = control
        control = []
        return payload
    }

    /// RFC 6455 section 5.5.1.
    private func readClose(_ payload: [UInt8]) throws(WebSocketError) -> Event {
        guard !payload.isEmpty else { return .closeReceived(nil, reason: "") }
        guard payload.count >= 2 else { throw .closeMalformed }
        let code = WebSocketCloseCode(UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.mayBeSent else { throw .closeCodeReserved }
        guard let reason = UTF8Validator.text(payload[2...]) else { throw .textNotUTF8 }
        return .closeReceived(code, reason: reason)
    }
}
