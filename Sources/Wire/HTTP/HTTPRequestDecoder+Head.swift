// The rules of the request line, the header lines, and what they say about the body.

internal import Primitives

extension HTTPRequestDecoder {
    /// The next whole line without its end, or nil until it is there. An empty slice is an empty line.
    mutating func readLine(
        max: Int, _ tooLong: HTTPRequestError
    ) throws(HTTPRequestError) -> ArraySlice<UInt8>? {
        switch lines.next(in: &buffer, max: max) {
        case .incomplete: return nil
        case .tooLong: throw tooLong
        case .line(let line, endsInReturn: true): return line
        case .line(_, endsInReturn: false): throw .lineEndMalformed
        }
    }

    /// A line of the head or of the trailers, which share one allowance.
    mutating func readHeadLine() throws(HTTPRequestError) -> ArraySlice<UInt8>? {
        let line: ArraySlice<UInt8>?
        if case .awaitingRequestLine = state {
            line = try readRequestLine()
        } else {
            let most = isLong ? Limits.longRequestHeadBytesMax : Limits.requestHeadBytesMax
            line = try readLine(max: most - headBytes, .headTooLarge)
        }
        headBytes += line.map { $0.count + 2 } ?? 0
        return line
    }

    /// Of a line that is too long, method and path are kept, if they are there, for whoever refuses it.
    private mutating func readRequestLine() throws(HTTPRequestError) -> ArraySlice<UInt8>? {
        guard buffer.count > Limits.requestLineBytesMax else {
            isLong = false
            return try readLine(max: Limits.requestLineBytesMax, .targetTooLong)
        }
        let line = buffer.unread.prefix(Limits.requestLineBytesMax)
        let method = line.prefix { $0 != UInt8(ascii: " ") }
        let path = line.dropFirst(method.count + 1).prefix {
            $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "?")
        }
        let target = path.count < Limits.requestLineBytesMax / 2 ? HTTPTarget(path) : nil
        isLong = target.map { target in longPaths.contains { target.path.hasPrefix($0) } } ?? false
        do throws(HTTPRequestError) {
            return try readLine(
                max: isLong ? Limits.longRequestHeadBytesMax : Limits.requestLineBytesMax, .targetTooLong)
        } catch {
            if error == .targetTooLong, let target, method.allSatisfy(ASCII.isToken) {
                request = HTTPRequest(
                    method: HTTPMethod(String(decoding: method, as: UTF8.self)), target: target,
                    version: .http11)
            }
            throw error
        }
    }

    mutating func startRequest(_ line: ArraySlice<UInt8>) throws(HTTPRequestError) {
        let space = UInt8(ascii: " ")
        guard let first = line.firstIndex(of: space), let last = line.lastIndex(of: space), first < last,
            first > line.startIndex, line[..<first].allSatisfy(ASCII.isToken)
        else { throw .requestLineMalformed }
        let version = try readVersion(line[(last + 1)...])
        let method = HTTPMethod(String(decoding: line[..<first], as: UTF8.self))
        let text = line[(first + 1)..<last]
        guard let target = HTTPTarget(text), target.path != "*" || method == .options else {
            // A path that can be read says in whose words the rest of the target is refused.
            if let target = HTTPTarget(text.prefix { $0 != UInt8(ascii: "?") }), target.path != "*" {
                request = HTTPRequest(method: method, target: target, version: version)
            }
            throw .targetMalformed
        }
        request = HTTPRequest(method: method, target: target, version: version)
        state = .awaitingHeaders
    }

    private func readVersion(_ text: ArraySlice<UInt8>) throws(HTTPRequestError) -> HTTPVersion {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let start = text.startIndex
        guard text.count == 8, text.starts(with: "HTTP/".utf8), digits.contains(text[start + 5]),
            text[start + 6] == UInt8(ascii: "."), digits.contains(text[start + 7])
        else { throw .requestLineMalformed }
        guard text[start + 5] == UInt8(ascii: "1") else { throw .versionNotSupported }
        // A higher minor version is answered as the highest one known (RFC 9110 section 2.5).
        return text[start + 7] == UInt8(ascii: "0") ? .http10 : .http11
    }

    mutating func readField(_ line: ArraySlice<UInt8>) throws(HTTPRequestError) -> HTTPHeaders.Field {
        guard headerCount < Limits.requestHeadersMax else { throw .tooManyHeaders }
        headerCount += 1
        if let first = line.first, ASCII.isSpace(first) { throw .headerFolded }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(ASCII.isToken)
        else { throw .headerMalformed }
        var value = line[(colon + 1)...]
        while let first = value.first, ASCII.isSpace(first) { value.removeFirst() }
        while let last = value.last, ASCII.isSpace(last) { value.removeLast() }
        guard value.allSatisfy(ASCII.isFieldContent) else { throw .headerMalformed }
        // A value that is not UTF-8 is opaque (RFC 9110 section 5.5): each byte becomes the character of its number.
        let text =
            UTF8Validator.text(value)
            ?? String(String.UnicodeScalarView(value.map { Unicode.Scalar($0) }))
        return (name: String(decoding: line[..<colon], as: UTF8.self), value: text)
    }

    /// Checks the head as a whole, decides how the body is delimited and gives the request without its body.
    mutating func finishHead() throws(HTTPRequestError) -> HTTPRequest {
        guard var request else { preconditionFailure("A head ends only after it has begun.") }
        let headers = request.headers
        try checkHost(of: request)
        bodyState = try delimitBody(of: request)
        try checkContentCoding(of: request)
        request.keepAlive =
            !headers.list("connection", contains: "close")
            && (request.version == .http11 || headers.list("connection", contains: "keep-alive"))
        state = bodyState
        if let expectation = headers["expect"] {
            guard ASCII.equal(expectation, "100-continue") else { throw .expectationUnknown }
            if request.version == .http11, expectsBody { state = .announcingContinue }
        }
        self.request = request
        return request
    }

    private var expectsBody: Bool {
        if case .awaitingBody(remaining: 0) = bodyState { return false }
        return true
    }

    private func checkHost(of request: HTTPRequest) throws(HTTPRequestError) {
        let hosts = request.headers.values(of: "host")
        guard hosts.count < 2 else { throw .hostMalformed }
        guard let host = hosts.first else {
            if request.version == .http11 { throw .hostMissing }
            return
        }
        guard host.isEmpty || HTTPRequest.isAuthority(host) else { throw .hostMalformed }
    }

    /// Content is taken as it is (RFC 9110 section 8.4.1). Old clients name the coding `identity`, which is none.
    private func checkContentCoding(of request: HTTPRequest) throws(HTTPRequestError) {
        guard expectsBody else { return }
        let codings = request.headers.list("content-encoding")
        guard codings.allSatisfy({ ASCII.equal($0, "identity") }) else { throw .contentEncoded }
    }

    /// RFC 9112 section 6.
    private func delimitBody(of request: HTTPRequest) throws(HTTPRequestError) -> State {
        let lengths = request.headers.values(of: "content-length")
        guard request.headers["transfer-encoding"] != nil else {
            guard let length = lengths.first else { return .awaitingBody(remaining: 0) }
            guard lengths.allSatisfy({ $0 == length }), !length.isEmpty,
                length.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
            else { throw .contentLengthMalformed }
            guard let count = Int(length), count <= bodyLimit else { throw .bodyTooLarge }
            return .awaitingBody(remaining: count)
        }
        guard lengths.isEmpty else { throw .lengthAmbiguous }
        let codings = request.headers.list("transfer-encoding")
        let chunked = codings.filter { ASCII.equal($0, "chunked") }
        // HTTP/1.0 has no chunks, so a client that sends them in it does not say where the body ends.
        guard request.version == .http11, chunked.count == 1, codings.last == chunked.first else {
            throw .transferEncodingMalformed
        }
        guard codings.count == 1 else { throw .transferEncodingUnknown }
        return .awaitingChunkSize
    }
}
