// How large a value is, about.

extension Value {
    /// About how many bytes the value takes as JSON, counted no further than just above `limit`. Never recurses deeper
    /// than the value is nested, and stops early, so that a huge value costs no more than the limit.
    public func approximateBytes(upTo limit: Int) -> Int {
        var count = 0
        add(to: &count, limit)
        return count
    }

    private func add(to count: inout Int, _ limit: Int) {
        switch self {
        case .null, .bool: count += 8
        case .u64, .i64, .f64, .decimal, .i128, .u128: count += 16
        case .string(let text): count += 8 + text.utf8.count
        case .b32: count += 52
        case .b64: count += 96
        case .bytes(let bytes): count += 8 + bytes.count / 3 * 4
        case .secret(let secret): secret.shown.add(to: &count, limit)
        case .array(let elements):
            count += 8
            for element in elements {
                guard count <= limit else { return }
                element.add(to: &count, limit)
            }
        case .map(let map):
            count += 8
            for entry in map.entries {
                guard count <= limit else { return }
                count += 4 + entry.key.utf8.count
                entry.value.add(to: &count, limit)
            }
        }
    }
}
