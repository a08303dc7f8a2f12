// Byte strings as one family: 32 and 64 bytes have kinds of their own, which is the wire's business (spec nodes 6.2).

internal import Values

extension Value {
    /// Bytes as a value: of the kinds `B3` and `B6` if there are 32 or 64 of them (spec nodes 0.1).
    init(raw bytes: [UInt8]) {
        if let key = Bytes32(bytes) {
            self = .b32(key)
        } else if let pair = Bytes64(bytes) {
            self = .b64(pair)
        } else {
            self = .bytes(bytes)
        }
    }

    /// The bytes of a byte string of any length; nil for other kinds.
    var rawBytes: [UInt8]? {
        switch self {
        case .b32(let key): key.bytes
        case .b64(let pair): pair.bytes
        case .bytes(let bytes): bytes
        default: nil
        }
    }
}
