// What every key-value store refuses before it looks at anything (spec nodes 2.6). Pure.

internal import Primitives
internal import Values

extension KeyValueRequest {
    /// A letter, then letters, digits, `_` or `-`; at most 120 of them.
    public static func isStoreName(_ name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, isLetter(first), bytes.count <= Limits.storeNameBytesMax else {
            return false
        }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: isLetter(byte)
            }
        }
    }

    /// Checks names, and about how large a value is. What it takes where it is stored, the store must check.
    ///
    /// - Throws: the first rule that the request breaks. A name that no store can have belongs to no store.
    public func check() throws(KeyValueError) {
        switch self {
        case .createStore(let store):
            guard KeyValueRequest.isStoreName(store) else { throw .invalidStoreName }
        case .deleteStore(let store):
            guard KeyValueRequest.isStoreName(store) else { throw .storeNotFound }
        case .read(let store, let key), .deleteItem(let store, let key):
            try KeyValueRequest.check(store, key)
        case .write(let store, let key, let value):
            try KeyValueRequest.check(store, key)
            guard value.approximateBytes(upTo: Limits.keyValueItemBytesMax) <= Limits.keyValueItemBytesMax
            else { throw .itemTooLarge }
        }
    }

    private static func check(_ store: String, _ key: String) throws(KeyValueError) {
        guard isStoreName(store) else { throw .storeNotFound }
        guard key.utf8.count <= Limits.keyValueKeyBytesMax, !key.utf8.contains(0) else { throw .invalidKey }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }
}
