// Finding lines, for the decoders of requests and of answers.

internal import Primitives

/// Takes lines out of a buffer that fills bit by bit, and looks at no byte twice.
struct LineScanner {
    enum Found {
        /// The end of the line is not there yet.
        case incomplete
        case tooLong
        /// A line without its end, which may be empty, and whether the end was a carriage return and a line feed.
        case line(ArraySlice<UInt8>, endsInReturn: Bool)
    }

    /// How many unread bytes are known to hold no end of a line.
    private var scanned = 0

    /// The next line, of at most `max` bytes with a carriage return at its end.
    mutating func next(in buffer: inout ByteBuffer, max: Int) -> Found {
        let bytes = buffer.bytes
        let start = buffer.start
        var index = start + scanned
        while index < bytes.count, bytes[index] != ASCII.lineFeed { index += 1 }
        guard index - start <= max else { return .tooLong }
        guard index < bytes.count else {
            scanned = index - start
            return .incomplete
        }
        scanned = 0
        buffer.consume(index + 1 - start)
        let endsInReturn = index > start && bytes[index - 1] == ASCII.carriageReturn
        return .line(bytes[start..<(endsInReturn ? index - 1 : index)], endsInReturn: endsInReturn)
    }
}
