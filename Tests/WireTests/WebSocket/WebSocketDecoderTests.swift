import Primitives
import TestKit
import Testing

@testable import Wire

private typealias Event = WebSocketDecoder.Event

private let verifier = DecoderVerifier<WebSocketDecoder, WebSocketDecoder.Event>(
    make: { WebSocketDecoder(bounds: WebSocketBounds(messageBytesMax: 70_000, fragmentsMax: 1_024)) },
    feed: { decoder, bytes, report in
        decoder.append(bytes)
        while let event = try decoder.next() { report(event) }
    })

private func text(_ text: String) -> Event { .textReceived(Array(text.utf8)) }

private func bytes(_ frames: ClientFrame...) -> [UInt8] { frames.flatMap(\.bytes) }

private let validInputs: [[UInt8]] = [
    bytes(.text("hello")),
    bytes(.text("Aé€😀")),
    bytes(.text("a", isFinal: false), .ping([1, 2]), .continuation([98], isFinal: true), .pong()),
    bytes(.binary([UInt8](0...255)), .text(""), .close(1000, Array("bye".utf8))),
    bytes(.binary([1], isFinal: false), .continuation([], isFinal: false), .continuation([2], isFinal: true)),
]

@Suite struct `WebSocket decoder` {
    @Test func `reads messages of every kind, however they are cut`() throws {
        #expect(try verifier.verify(validInputs[0]).events == [text("hello")])
        #expect(try verifier.verify(validInputs[1]).events == [text("Aé€😀")])
        #expect(
            try verifier.verify(validInputs[2]).events == [
                .pingReceived([1, 2]), text("ab"), .pongReceived([]),
            ])
        #expect(
            try verifier.verify(validInputs[3]).events == [
                .binaryReceived([UInt8](0...255)), text(""), .closeReceived(.normal, reason: "bye"),
            ])
        #expect(try verifier.verify(validInputs[4]).events == [.binaryReceived([1, 2])])
    }

    @Test(arguments: [0, 1, 3, 125, 126, 127, 65_535, 65_536, 70_000])
    func `reads payloads of every form of length`(count: Int) throws {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let transcript = verifier.transcript(of: bytes(.binary(payload)), cutAt: [count / 3, count / 2 + 3])
        #expect(transcript == Transcript(events: [.binaryReceived(payload)]))
    }

    @Test func `the mask goes round from wherever a piece begins`() throws {
        let payload = (0..<37).map { UInt8($0) }
        #expect(try verifier.verify(bytes(.binary(payload))).events == [.binaryReceived(payload)])
    }

    @Test func `every beginning of a valid input gives a beginning of its events`() throws {
        for input in validInputs { try verifier.verifyTruncation(of: input) }
    }

    @Test func `damaged input is read or refused in the same way however it is cut`() throws {
        let refusals = try verifier.verifyMutations(of: validInputs, rounds: 10_000, seed: 12)
        #expect(refusals > 1_000)
    }

    @Test(arguments: [
        (ClientFrame.text("a").with(mask: nil), WebSocketError.unmasked),
        (.text("a").with(reserved: 0x40, mask: [1, 2, 3, 4]), .reservedBit),
        (.text("a").with(reserved: 0x20, mask: [1, 2, 3, 4]), .reservedBit),
        (.ping().with(reserved: 0x10, mask: [1, 2, 3, 4]), .reservedBit),
        (ClientFrame(3), .unknownOpcode),
        (ClientFrame(7), .unknownOpcode),
        (ClientFrame(11), .unknownOpcode),
        (ClientFrame(15), .unknownOpcode),
        (ClientFrame(9, [], isFinal: false), .controlFragmented),
        (ClientFrame(8, [], isFinal: false), .controlFragmented),
        (.ping([UInt8](repeating: 0, count: 126)), .controlTooLong),
        (.close(1000, [UInt8](repeating: 65, count: 124)), .controlTooLong),
        (.text("a").withLengthBytes(3), .lengthMalformed),
        (.text("a").withLengthBytes(9), .lengthMalformed),
        (.binary([UInt8](repeating: 0, count: 200)).withLengthBytes(9), .lengthMalformed),
        (.continuation([], isFinal: true), .continuationWithoutStart),
        (.continuation([], isFinal: false), .continuationWithoutStart),
        (ClientFrame(8, [3]), .closeMalformed),
    ])
    func `refuses a frame that breaks the rules`(frame: ClientFrame, error: WebSocketError) throws {
        let transcript = try verifier.verify(bytes(.ping([1]), frame))
        #expect(transcript.events == [.pingReceived([1])])
        #expect(transcript.failure == "\(error)")
        #expect(error.closeCode == .protocolError)
    }

    @Test func `refuses a length above 63 bits`() throws {
        let frame: [UInt8] = [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4]
        #expect(try verifier.verify(frame).failure == "\(WebSocketError.lengthMalformed)")
    }

    @Test func `a message must end before the next begins`() throws {
        let input = bytes(.text("a", isFinal: false), .ping(), .binary([1]))
        let transcript = try verifier.verify(input)
        #expect(transcript.events == [.pingReceived([])])
        #expect(transcript.failure == "\(WebSocketError.messageInterrupted)")
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0xAF], [0xC1, 0x80], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0x80], [0xC3, 0x28], [0xE2, 0x82, 0x41], [0xF0, 0x9F, 0x98, 0x41],
            [0xC3],
            [0xE2, 0x82], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func `refuses text that is not UTF-8 with 1007`(wrong: [UInt8]) throws {
        let input = bytes(ClientFrame(1, Array("ok".utf8) + wrong), .text("next"))
        let transcript = try verifier.verify(input)
        #expect(transcript == Transcript(failure: "\(WebSocketError.textNotUTF8)"))
        #expect(WebSocketError.textNotUTF8.closeCode == .invalidText)
    }

    @Test(
        arguments: [
            [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
            [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF], [0],
        ] as [[UInt8]])
    func `takes the first and the last character of each length`(right: [UInt8]) throws {
        #expect(try verifier.verify(bytes(ClientFrame(1, right))).events == [.textReceived(right)])
    }

    @Test func `a character may be cut by fragments but not by the end of the message`() throws {
        let euro = Array("€".utf8)
        let cut = bytes(
            ClientFrame(1, Array(euro[..<1]), isFinal: false), .ping(),
            .continuation(Array(euro[1...]), isFinal: true))
        #expect(try verifier.verify(cut).events == [.pingReceived([]), text("€")])
        let unfinished = bytes(
            ClientFrame(1, Array(euro[..<1]), isFinal: false), .continuation([], isFinal: true))
        #expect(try verifier.verify(unfinished).failure == "\(WebSocketError.textNotUTF8)")
    }

    @Test func `wrong text is refused before its message is complete`() throws {
        let input = bytes(ClientFrame(1, [65, 0xFF, 65, 65, 65], isFinal: false))
        let failure = verifier.transcript(of: Array(input.prefix(8))).failure
        #expect(failure == "\(WebSocketError.textNotUTF8)")
    }

    @Test func `the next message starts its text afresh`() throws {
        let input = bytes(.text("é"), .binary([0xC3]), .text("è"))
        #expect(try verifier.verify(input).events == [text("é"), .binaryReceived([0xC3]), text("è")])
    }

    @Test func `a message above the limit ends with 1009 as soon as its length is known`() throws {
        let whole = Array(bytes(.binary([UInt8](repeating: 0, count: 70_001))).prefix(14))
        #expect(try verifier.verify(whole).failure == "\(WebSocketError.messageTooBig)")
        let half = [UInt8](repeating: 0, count: 35_001)
        let inPieces = bytes(.binary(half, isFinal: false), .continuation(half, isFinal: true))
        #expect(verifier.transcript(of: inPieces).failure == "\(WebSocketError.messageTooBig)")
        let huge: [UInt8] = [0x82, 0xFF, 0x7F, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]
        #expect(try verifier.verify(huge).failure == "\(WebSocketError.messageTooBig)")
        #expect(WebSocketError.messageTooBig.closeCode == .messageTooBig)
    }

    @Test func `a message in too many fragments ends with 1009`() {
        let first = ClientFrame.binary([], isFinal: false).bytes
        let more = ClientFrame.continuation([], isFinal: false).bytes
        let allowed = first + (1..<Limits.webSocketFragmentsMax).flatMap { _ in more }
        #expect(verifier.transcript(of: allowed).failure == nil)
        #expect(verifier.transcript(of: allowed + more).failure == "\(WebSocketError.messageTooBig)")
    }

    @Test(arguments: [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
    ])
    func `takes the close codes that may be sent`(code: UInt16) throws {
        let transcript = try verifier.verify(bytes(.close(code, Array("é".utf8)), .text("ignored")))
        #expect(transcript.events == [.closeReceived(WebSocketCloseCode(code), reason: "é")])
        #expect(transcript.failure == nil)
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
    func `refuses the close codes that are kept for other uses`(code: UInt16) throws {
        #expect(
            try verifier.verify(bytes(.close(code))).failure == "\(WebSocketError.closeCodeReserved)")
    }

    @Test func `a close frame may be empty, its reason must be UTF-8`() throws {
        #expect(try verifier.verify(bytes(.close())).events == [.closeReceived(nil, reason: "")])
        #expect(
            try verifier.verify(bytes(.close(1000, [0xC3]))).failure == "\(WebSocketError.textNotUTF8)"
        )
    }

    @Test func `a refusal is final`() {
        var decoder = WebSocketDecoder()
        decoder.append([0xFF, 0xFF])
        #expect(throws: WebSocketError.reservedBit) { try decoder.next() }
        decoder.append(bytes(.text("a")))
        #expect(throws: WebSocketError.reservedBit) { try decoder.next() }
    }
}
