// How deep arrays and maps stand inside each other.

extension Value {
    /// True if more than `limit` arrays and maps stand inside each other. Stops as soon as the answer is known.
    ///
    /// Code that puts values into a new array or map must call this with `Limits.valueDepthMax` before it passes the
    /// result on, because all code that walks through a value recurses level by level on the stack.
    public func isDeeper(than limit: Int) -> Bool {
        switch self {
        case .array(let elements): limit == 0 || elements.contains { $0.isDeeper(than: limit - 1) }
        case .map(let map): limit == 0 || map.entries.contains { $0.value.isDeeper(than: limit - 1) }
        default: false
        }
    }
}
