// Rules of the decoder of a client's frames, and of the encoder of a server's.

import TestKit
import Wire

extension FuzzTarget {
    static let webSocket = FuzzTarget("websocket") { input in
        let transcript = try Arrival.same(input, Frames.read)
        for event in transcript.events {
            try Frames.check(event)
            for frames in Frames.client(event) {
                let again = Frames.read([frames.flatMap(\.bytes)[...]])
                try expect(
                    again.refusal == nil && again.events.filter { $0 != Frames.ping } == [event],
                    "\(event) that is sent again reads \(again)")
            }
            var bytes = Frames.server(event)
            let frame = ServerFrame.take(from: &bytes)
            try expect(
                bytes.isEmpty && frame?.payload == Frames.payload(of: event),
                "\(event) is written as \(String(describing: frame))")
        }
    }
}

private enum Frames {
    typealias Event = WebSocketDecoder.Event

    /// Small, so that it is reached, and large enough for lengths in two bytes.
    private static let messageBytesMax = 300
    /// What is put between the pieces of a message.
    static let ping = Event.pingReceived(Array("between".utf8))

    static func read(_ pieces: [ArraySlice<UInt8>]) -> Transcript<Event> {
        var decoder = WebSocketDecoder(
            bounds: WebSocketBounds(messageBytesMax: messageBytesMax, fragmentsMax: 1_024))
        var transcript = Transcript<Event>()
        do throws(WebSocketError) {
            for piece in pieces {
                decoder.append(piece)
                while let event = try decoder.next() { transcript.events.append(event) }
            }
        } catch {
            transcript.refusal = "\(error)"
        }
        return transcript
    }

    static func check(_ event: Event) throws {
        switch event {
        case .textReceived(let bytes):
            try expect(bytes.count <= messageBytesMax, "a message is above its limit")
            try expect(
                String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(bytes), "a text is not UTF-8")
        case .binaryReceived(let bytes):
            try expect(bytes.count <= messageBytesMax, "a message is above its limit")
        case .pingReceived(let bytes), .pongReceived(let bytes):
            try expect(bytes.count <= WebSocketEncoder.controlBytesMax, "a control frame is too long")
        case .closeReceived(let code, let reason):
            try expect(code?.mayBeSent != false, "\(String(describing: code)) must not travel")
            try expect(reason.utf8.count <= WebSocketEncoder.controlBytesMax - 2, "a reason is too long")
        }
    }

    static func payload(of event: Event) -> [UInt8] {
        switch event {
        case .textReceived(let bytes), .binaryReceived(let bytes), .pingReceived(let bytes),
            .pongReceived(let bytes):
            bytes
        case .closeReceived(let code, let reason):
            code.map { [UInt8($0.number >> 8), UInt8($0.number & 255)] + reason.utf8 } ?? []
        }
    }

    /// The frames by which a client says this: in one, and if it is a message in pieces with pings between.
    static func client(_ event: Event) -> [[ClientFrame]] {
        let payload = payload(of: event)
        let opcode: UInt8
        switch event {
        case .pingReceived: return [[.ping(payload)]]
        case .pongReceived: return [[.pong(payload)]]
        case .closeReceived: return [[ClientFrame(8, payload)]]
        case .textReceived: opcode = 1
        case .binaryReceived: opcode = 2
        }
        let third = payload.count / 3
        return [
            [ClientFrame(opcode, payload)],
            [
                ClientFrame(opcode, Array(payload[..<third]), isFinal: false), .ping(Array("between".utf8)),
                .continuation(Array(payload[third..<2 * third]), isFinal: false),
                .continuation([], isFinal: false),
                .continuation(Array(payload[(2 * third)...]), isFinal: true),
            ],
        ]
    }

    /// The bytes by which a server says this.
    static func server(_ event: Event) -> [UInt8] {
        var output: [UInt8] = []
        switch event {
        case .textReceived(let bytes): WebSocketEncoder.append(text: bytes, to: &output)
        case .binaryReceived(let bytes): WebSocketEncoder.append(binary: bytes, to: &output)
        case .pingReceived(let bytes): WebSocketEncoder.append(ping: bytes, to: &output)
        case .pongReceived(let bytes): WebSocketEncoder.append(pong: bytes, to: &output)
        case .closeReceived(let code, let reason):
            WebSocketEncoder.append(close: code, reason: reason, to: &output)
        }
        return output
    }
}
