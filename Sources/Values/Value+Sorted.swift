// Values with their names in an order that does not depend on how the maps were built. Pure functions.

extension Value {
    /// The value with the names of all its maps in the order of their bytes. The shown value of a secret stays as it
    /// is.
    public var sortedByName: Value {
        switch self {
        case .array(let elements): .array(elements.map(\.sortedByName))
        case .map(let map): .map(map.sortedByName)
        default: self
        }
    }
}

extension ValueMap {
    /// The map with the names of all maps in it in the order of their bytes.
    public var sortedByName: ValueMap {
        ValueMap(
            entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { ($0.key, $0.value.sortedByName) })
    }
}
