import TestKit
import Testing
import Wire

@testable import flowd_bench

@Suite struct `The load generator's readers` {
    private let answers = DecoderVerifier<AnswerReader, AnswerReader.Answer>(
        make: { AnswerReader() },
        feed: { reader, bytes, report in
            reader.append(bytes)
            while let answer = try reader.next() { report(answer) }
        })

    /// A frame as text, so that frames of different buffers compare.
    private let frames = DecoderVerifier<FrameReader, String>(
        make: { FrameReader() },
        feed: { reader, bytes, report in
            reader.append(bytes)
            while let frame = try reader.next() {
                report("\(frame.opcode) \(String(decoding: frame.payload, as: UTF8.self))")
            }
        })

    @Test func `find answers wherever the bytes are cut`() throws {
        let bytes = Array(
            ("HTTP/1.1 200 OK\r\nDate: x\r\ncontent-Length: 5\r\n\r\nhello"
                + "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
                + "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n").utf8)
        let transcript = try answers.verify(bytes)
        #expect(transcript.failure == nil)
        #expect(transcript.events.map(\.status) == [200, 503, 101])
        #expect(transcript.events.map { String(decoding: $0.body, as: UTF8.self) } == ["hello", "", ""])
        try answers.verifyTruncation(of: bytes)
    }

    @Test func `leave what stands behind an upgrade to its protocol`() throws {
        var reader = AnswerReader()
        reader.append(Array("HTTP/1.1 101 Switching Protocols\r\n\r\n\u{1}\u{2}".utf8)[...])
        #expect(try reader.next()?.status == 101)
        #expect(reader.takeUnread() == [1, 2])
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n", "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
    ])
    func `refuse an answer that flowd does not give`(text: String) throws {
        #expect(try answers.verify(Array(text.utf8)).failure != nil)
    }

    @Test func `find frames wherever the bytes are cut`() throws {
        var bytes: [UInt8] = []
        let sizes = [0, 1, 125, 126, 700, 65_535, 65_536]
        for size in sizes { WebSocketEncoder.append(text: Array(repeating: 97, count: size), to: &bytes) }
        WebSocketEncoder.append(ping: Array("p".utf8), to: &bytes)
        let transcript = try frames.verify(bytes)
        #expect(transcript.failure == nil)
        #expect(transcript.events == sizes.map { "text " + String(repeating: "a", count: $0) } + ["ping p"])
    }

    @Test(
        arguments: [
            [0x01, 0x01, 0x61], [0x80, 0x01, 0x61], [0x81, 0x81, 0, 0, 0, 0, 0x61], [0xC1, 0x01, 0x61],
            [0x81, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0], [0x83, 0x00],
        ] as [[UInt8]])
    func `refuse a frame that flowd does not send`(bytes: [UInt8]) throws {
        #expect(try frames.verify(bytes).failure != nil)
    }

    @Test(arguments: [0, 1, 125, 126, 60_000])
    func `are answered in frames that flowd understands`(size: Int) throws {
        let payload = [UInt8](repeating: 98, count: size)
        var bytes: [UInt8] = []
        ClientFrame.append(.text, payload, to: &bytes)
        var decoder = WebSocketDecoder()
        decoder.append(bytes)
        #expect(try decoder.next() == .textReceived(payload))
    }

    @Test func `survive damage`() throws {
        var bytes: [UInt8] = []
        WebSocketEncoder.append(text: Array("one message".utf8), to: &bytes)
        WebSocketEncoder.append(text: Array(repeating: 97, count: 300), to: &bytes)
        let refusals = try frames.verifyMutations(of: [bytes], rounds: 2_000, seed: 1)
        #expect(refusals > 0)
        let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".utf8)
        #expect(try answers.verifyMutations(of: [answer], rounds: 2_000, seed: 2) > 0)
    }
}
