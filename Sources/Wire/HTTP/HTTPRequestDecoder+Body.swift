// The content of a request, by length or in chunks.

internal import Primitives

extension HTTPRequestDecoder {
    /// Moves up to `remaining` bytes into the body; gives how many are still missing.
    mutating func takeBody(_ remaining: Int) -> Int {
        let count = min(remaining, buffer.count)
        if body.isEmpty, count > 0 {
            // A length is only a promise, so room is made only as bytes come.
            body.reserveCapacity(min(remaining, Limits.readBytesPerTurnMax))
        }
        body.append(contentsOf: buffer.unread.prefix(count))
        buffer.consume(count)
        return remaining - count
    }

    /// Reads `size [;extensions]` (RFC 9112 section 7.1). Extensions are checked and then ignored.
    mutating func startChunk(_ line: ArraySlice<UInt8>) throws(HTTPRequestError) {
        let digits = line.prefix { Hexadecimal.value(of: $0) != nil }
        let rest = line[digits.endIndex...]
        guard !digits.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: ";"),
            rest.allSatisfy(ASCII.isFieldContent)
        else { throw .chunkMalformed }
        guard let size = ChunkSize.value(of: digits, atMost: bodyLimit - body.count) else {
            throw .bodyTooLarge
        }
        state = size == 0 ? .awaitingTrailers : .awaitingChunk(remaining: size)
    }

    /// The request with its body; the decoder is then ready for the next one.
    mutating func finishRequest() -> HTTPRequest {
        guard var finished = request else { preconditionFailure("A request ends only after it has begun.") }
        finished.body = body
        request = nil
        body = []
        headBytes = 0
        headerCount = 0
        bodyLimit = bodyBytesMax
        state = .awaitingRequestLine
        return finished
    }
}
