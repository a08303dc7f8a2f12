// Bytes from another server become its answer. Pure step machine, one for each exchange.

internal import Primitives

/// Decodes the answer to one request that was sent from here (RFC 9112).
///
/// Bytes go in with `append`; `next` gives the answer once it is whole. An answer without a length ends with the
/// stream, so the reader must call `finish` when nothing more comes. Interim answers (1xx) are read and dropped; they
/// share the allowance of the head, so that a server cannot send them for ever.
///
/// It accepts what RFC 9112 asks a client to accept although servers should not send it: lines that end with LF alone,
/// folded header lines, a length beside chunks. With one answer for each connection none of these can move the border
/// between two messages. After an error every further call throws the same error.
public struct HTTPResponseDecoder: Sendable {
    enum State {
        case awaitingStatusLine
        case awaitingHeaders
        case awaitingBody(remaining: Int)
        case awaitingChunkSize
        case awaitingChunk(remaining: Int)
        case awaitingChunkEnd
        case awaitingTrailers
        /// The content ends with the stream.
        case awaitingEnd
        case done
        case failed(HTTPResponseError)
    }

    var buffer = ByteBuffer()
    /// Where the next line is looked for.
    var lines = LineScanner()
    var state = State.awaitingStatusLine
    /// Bytes of all heads and trailers so far, and header lines of this head.
    var headBytes = 0
    var headerCount = 0
    var isHTTP10 = false
    var response = HTTPResponse(.ok)
    let method: HTTPMethod
    let bodyBytesMax: Int

    /// - Parameters:
    ///   - method: of the request; an answer to HEAD has no content whatever its head says.
    ///   - bodyBytesMax: bytes of content above which an answer is refused.
    public init(answering method: HTTPMethod, bodyBytesMax: Int) {
        self.method = method
        self.bodyBytesMax = bodyBytesMax
    }

    /// Adds what the connection brought.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        buffer.append(bytes)
    }

    /// The answer, once; nil if more bytes are needed or it has been given.
    public mutating func next() throws(HTTPResponseError) -> HTTPResponse? {
        do {
            return try step()
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// Says that the stream has ended in order, and gives the answer that ends with it; nil if it was given before.
    ///
    /// - Throws: `endedEarly` if something is missing.
    public mutating func finish() throws(HTTPResponseError) -> HTTPResponse? {
        if let response = try next() { return response }
        switch state {
        case .awaitingEnd:
            state = .done
            return response
        case .done: return nil
        default:
            state = .failed(.endedEarly)
            throw .endedEarly
        }
    }

    private mutating func step() throws(HTTPResponseError) -> HTTPResponse? {
        while true {
            switch state {
            case .awaitingStatusLine:
                guard let line = try readHeadLine() else { return nil }
                try startResponse(line)
            case .awaitingHeaders:
                guard let line = try readHeadLine() else { return nil }
                guard line.isEmpty else {
                    try readField(line)
                    continue
                }
                try finishHead()
            case .awaitingBody(let remaining):
                let left = takeBody(remaining)
                guard left == 0 else {
                    state = .awaitingBody(remaining: left)
                    return nil
                }
                state = .done
                return response
            case .awaitingChunkSize:
                guard let line = try readLine(max: Limits.chunkLineBytesMax, .chunkMalformed) else {
                    return nil
                }
                try startChunk(line)
            case .awaitingChunk(let remaining):
                let left = takeBody(remaining)
                guard left == 0 else {
                    state = .awaitingChunk(remaining: left)
                    return nil
                }
                state = .awaitingChunkEnd
            case .awaitingChunkEnd:
                guard let line = try readLine(max: 2, .chunkMalformed) else { return nil }
                guard line.isEmpty else { throw .chunkMalformed }
                state = .awaitingChunkSize
            case .awaitingTrailers:
                // Nothing here has a meaning in a trailer.
                guard let line = try readHeadLine() else { return nil }
                guard line.isEmpty else { continue }
                state = .done
                return response
            case .awaitingEnd:
                guard buffer.count <= bodyBytesMax - response.body.count else { throw .bodyTooLarge }
                _ = takeBody(buffer.count)
                return nil
            case .done: return nil
            case .failed(let error): throw error
            }
        }
    }
}
