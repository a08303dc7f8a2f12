// Bytes that come in at one end and leave at the other. Pure value, owned by its reader.

/// Bytes waiting to be read, in order: the one container for bytes that a socket has brought or shall take.
///
/// Reading moves an index; the room in front of it is given back when bytes are appended. Access to single
/// bytes goes through `bytes` and `start` so that loops over them stay cheap.
public struct ByteBuffer: Sendable {
    /// All bytes held; those before `start` have been read.
    public private(set) var bytes: [UInt8] = []
    /// Where the unread bytes begin.
    public private(set) var start = 0

    public init() {}

    /// How many bytes are unread.
    public var count: Int { bytes.count - start }
    public var isEmpty: Bool { start == bytes.count }
    /// The unread bytes.
    public var unread: ArraySlice<UInt8> { bytes[start...] }

    /// Adds bytes behind the unread ones.
    public mutating func append(_ added: some Collection<UInt8>) {
        makeRoom()
        bytes.append(contentsOf: added)
    }

    /// Lets an encoder add bytes behind the unread ones; it must not touch what is there.
    public mutating func append<Result>(with encode: (inout [UInt8]) -> Result) -> Result {
        makeRoom()
        return encode(&bytes)
    }

    /// Marks the first unread bytes as read. An empty buffer keeps little memory, because most connections are idle
    /// most of the time.
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= self.count, "Only bytes that are there can be read.")
        start += count
        if isEmpty, bytes.capacity > Limits.idleBufferBytesMax {
            bytes = []
            start = 0
        }
    }

    /// Takes all unread bytes out.
    public mutating func takeAll() -> [UInt8] {
        let taken = start == 0 ? bytes : Array(unread)
        bytes = []
        start = 0
        return taken
    }

    /// Moves the unread bytes to the front once more has been read than is left, so that each byte is moved
    /// at most once on average.
    private mutating func makeRoom() {
        if isEmpty {
            bytes.removeAll(keepingCapacity: true)
        } else if start > count {
            bytes.removeFirst(start)
        } else {
            return
        }
        start = 0
    }
}
