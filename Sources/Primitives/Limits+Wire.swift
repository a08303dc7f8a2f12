// The bounds of decoders and of the buffers in front of them: the part of Limits that Wire decides.

extension Limits {
    /// Bytes that a quiet connection's empty buffer may keep allocated: one page, enough for most requests.
    public static let idleBufferBytesMax = 4 * 1024
    /// Bytes of a request line: what RFC 9112 section 3 asks servers to take at least; over it is 414.
    public static let requestLineBytesMax = 8_000
    /// Bytes of the line in front of a chunk: a size and extensions that nobody uses; over it is 400.
    public static let chunkLineBytesMax = 256
}
