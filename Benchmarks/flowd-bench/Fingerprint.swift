// A cheap fingerprint of a sequence of messages. Pure value.

/// Differs, but for luck, when any byte, any border between messages or their order differs.
struct Fingerprint: Hashable, Sendable {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    private(set) var count = 0

    /// Adds a message; eight bytes at a time, so that a thousand subscribers can be checked while they are served.
    mutating func add(_ message: ArraySlice<UInt8>) {
        count += 1
        mix(UInt64(message.count))
        let bytes = unsafe message.span.bytes
        var offset = 0
        while offset + 8 <= bytes.byteCount {
            mix(unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.byteCount {
            rest = rest << 8 | UInt64(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
            offset += 1
        }
        mix(rest)
    }

    private mutating func mix(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        state = product.high ^ product.low &+ 0x2545_F491_4F6C_DD1D
    }
}
