// When two values are the same to a flow's author: by number and by bytes, whatever kind they came in.

internal import Values

extension Value {
    /// True if both are the same number, the same bytes, or the same in every other way; the same holds for what is
    /// inside of arrays and maps.
    ///
    /// Spec nodes 6.1 and 6.2 against flow-engine 24.58, which keeps `eq` strict: a client's numbers come as decimals,
    /// an engine's as unsigned integers, and an author sees neither; `gt` and `lt` compare by number already. Since no
    /// document of ours depends on the strict form, there is one operator and no second one to choose wrongly.
    func isAlike(_ other: Value) -> Bool {
        switch (self, other) {
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isAlike($1) }
        case (.map(let left), .map(let right)):
            return left.count == right.count
                && left.entries.allSatisfy { entry in right[entry.key]?.isAlike(entry.value) ?? false }
        default:
            if let left = rawBytes, let right = other.rawBytes { return left == right }
            // What is not finite has no order, only its own equality.
            guard let order = try? compared(to: other) else { return self == other }
            return order == 0
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
