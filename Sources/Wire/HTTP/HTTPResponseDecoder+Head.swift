// The rules of the status line, the header lines, and what they say about the content of an answer.

internal import Primitives

extension HTTPResponseDecoder {
    /// The next whole line without its end, or nil until it is there. An empty slice is an empty line.
    mutating func readLine(
        max: Int, _ tooLong: HTTPResponseError
    ) throws(HTTPResponseError) -> ArraySlice<UInt8>? {
        switch lines.next(in: &buffer, max: max) {
        case .incomplete: return nil
        case .tooLong: throw tooLong
        case .line(let line, _): return line
        }
    }

    /// A line of the heads or of the trailers, which share one allowance.
    mutating func readHeadLine() throws(HTTPResponseError) -> ArraySlice<UInt8>? {
        let line = try readLine(max: Limits.responseHeadBytesMax - headBytes, .headTooLarge)
        headBytes += line.map { $0.count + 2 } ?? 0
        return line
    }

    /// Reads `HTTP/1.x code words`; servers may leave the words out, and the blank before them.
    mutating func startResponse(_ line: ArraySlice<UInt8>) throws(HTTPResponseError) {
        let text = Array(line)
        guard text.count >= 12, text.starts(with: "HTTP/".utf8), isDigit(text[5]),
            text[6] == UInt8(ascii: "."), isDigit(text[7]), text[8] == UInt8(ascii: " "),
            text[9...11].allSatisfy(isDigit), text.count == 12 || text[12] == UInt8(ascii: " ")
        else { throw .statusLineMalformed }
        guard text[5] == UInt8(ascii: "1") else { throw .versionNotSupported }
        isHTTP10 = text[7] == UInt8(ascii: "0")
        let code = text[9...11].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        guard code >= 100 else { throw .statusLineMalformed }
        response = HTTPResponse(HTTPStatus(code))
        headerCount = 0
        state = .awaitingHeaders
    }

    mutating func readField(_ line: ArraySlice<UInt8>) throws(HTTPResponseError) {
        guard headerCount < Limits.responseHeadersMax else { throw .tooManyHeaders }
        headerCount += 1
        if let first = line.first, ASCII.isSpace(first) {
            // A folded line continues the one before; the fold counts as one blank (RFC 9112 section 5.2).
            guard let last = response.headers.fields.last else { throw .headerMalformed }
            let parts = [last.value, try text(of: line)].filter { !$0.isEmpty }
            let folded = (name: last.name, value: parts.joined(separator: " "))
            response.headers = HTTPHeaders(response.headers.fields.dropLast() + [folded])
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(ASCII.isToken)
        else { throw .headerMalformed }
        response.headers.add(
            String(decoding: line[..<colon], as: UTF8.self), try text(of: line[(colon + 1)...]))
    }

    /// A field's value without blanks at its ends. A value that is not UTF-8 is opaque (RFC 9110 section 5.5): each
    /// byte becomes the character of its number.
    private func text(of bytes: ArraySlice<UInt8>) throws(HTTPResponseError) -> String {
        var value = bytes
        while let first = value.first, ASCII.isSpace(first) { value.removeFirst() }
        while let last = value.last, ASCII.isSpace(last) { value.removeLast() }
        guard value.allSatisfy(ASCII.isFieldContent) else { throw .headerMalformed }
        return UTF8Validator.text(value)
            ?? String(String.UnicodeScalarView(value.map { Unicode.Scalar($0) }))
    }

    /// Decides how the content is delimited, or that another head follows.
    mutating func finishHead() throws(HTTPResponseError) {
        let code = response.status.code
        // No request asks for another protocol, and this client speaks none.
        guard response.status != .switchingProtocols else { throw .protocolSwitched }
        if code < 200 {
            state = .awaitingStatusLine
        } else if method == .head || !response.status.allowsContent {
            state = .awaitingBody(remaining: 0)
        } else {
            state = try delimitedBody()
        }
    }

    /// RFC 9112 section 6.3.
    private func delimitedBody() throws(HTTPResponseError) -> State {
        let headers = response.headers
        if headers["transfer-encoding"] != nil {
            // HTTP/1.0 has no chunks, so a server that sends them in it does not say where the content ends.
            guard !isHTTP10, headers.list("transfer-encoding").elementsEqual(["chunked"], by: ASCII.equal)
            else { throw .transferEncodingUnknown }
            return .awaitingChunkSize
        }
        // A list of equal lengths counts as one (RFC 9112 section 6.3, number 5).
        let lengths = headers.list("content-length")
        guard let length = lengths.first else {
            guard headers["content-length"] == nil else { throw .contentLengthMalformed }
            return .awaitingEnd
        }
        guard lengths.allSatisfy({ $0 == length }), length.utf8.allSatisfy(isDigit) else {
            throw .contentLengthMalformed
        }
        guard let count = Int(length), count <= bodyBytesMax else { throw .bodyTooLarge }
        return .awaitingBody(remaining: count)
    }

    /// Reads `size [;extensions]` (RFC 9112 section 7.1). Extensions are ignored.
    mutating func startChunk(_ line: ArraySlice<UInt8>) throws(HTTPResponseError) {
        let digits = line.prefix { Hexadecimal.value(of: $0) != nil }
        // Some servers fill the size up with blanks.
        let rest = line[digits.endIndex...].drop(while: ASCII.isSpace)
        guard !digits.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: ";") else { throw .chunkMalformed }
        guard let size = ChunkSize.value(of: digits, atMost: bodyBytesMax - response.body.count) else {
            throw .bodyTooLarge
        }
        state = size == 0 ? .awaitingTrailers : .awaitingChunk(remaining: size)
    }

    /// Moves up to `remaining` bytes into the content; gives how many are still missing. Room is made when bytes
    /// come: a length is only a promise.
    mutating func takeBody(_ remaining: Int) -> Int {
        let count = min(remaining, buffer.count)
        response.body.append(contentsOf: buffer.unread.prefix(count))
        buffer.consume(count)
        return remaining - count
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
