// How deep arrays and maps stand inside each other.

extension Value {
    /// True if more than `limit` arrays and maps stand inside each other. Looks at no more than it must.
    ///
    /// Whoever puts values into a new array or map asks before the result goes anywhere, with
    /// `Limits.valueDepthMax`: everything that goes through a value goes down level by level on the stack.
    public func isDeeper(than limit: Int) -> Bool {
        switch self {
        case .array(let elements): limit == 0 || elements.contains { $0.isDeeper(than: limit - 1) }
        case .map(let map): limit == 0 || map.entries.contains { $0.value.isDeeper(than: limit - 1) }
        default: false
        }
    }
}
