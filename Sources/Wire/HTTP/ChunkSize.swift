// The sizes in front of chunks, for the decoders of requests and of answers.

internal import Primitives

/// The size of a chunk (RFC 9112 section 7.1).
enum ChunkSize {
    /// The number that hexadecimal digits stand for; nil if it is above `max`. Never overflows, however many digits.
    static func value(of digits: ArraySlice<UInt8>, atMost max: Int) -> Int? {
        var size = 0
        for digit in digits {
            size = size << 4 | Int(Hexadecimal.value(of: digit) ?? 0)
            guard size <= max else { return nil }
        }
        return size
    }
}
