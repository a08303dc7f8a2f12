// Ordered maps: the `M` kind, and every set of named inputs or outputs.

/// Names to values in the order of first insertion. Setting a name again keeps its place.
///
/// Small maps are searched in a line; from `indexThreshold` entries on a dictionary is kept beside them.
/// Names are the same if their bytes are: two spellings of one letter are two names, as on the wire.
public struct ValueMap: Sendable {
    /// One name with its value.
    public typealias Entry = (key: String, value: Value)

    private static let indexThreshold = 16

    /// The entries in order.
    public private(set) var entries: [Entry]
    private var index: [ExactText: Int]?

    /// An empty map.
    public init() {
        entries = []
    }

    /// A map of these entries; of equal names the last value wins, in the place of the first.
    public init(_ entries: some Sequence<(String, Value)>) {
        self.init()
        for (key, value) in entries { self[key] = value }
    }

    public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }
    /// The names in order.
    public var keys: [String] { entries.map(\.key) }

    /// The value of a name, or nil if it is not in the map. Setting nil removes the entry and keeps the order
    /// of the others.
    public subscript(key: String) -> Value? {
        get { position(of: key).map { entries[$0].value } }
        set {
            guard let newValue else {
                remove(key)
                return
            }
            if let position = position(of: key) {
                entries[position].value = newValue
            } else {
                append(key, newValue)
            }
        }
    }

    private func position(of key: String) -> Int? {
        if let index { return index[ExactText(text: key)] }
        return entries.firstIndex { $0.key.isSameText(as: key) }
    }

    private mutating func append(_ key: String, _ value: Value) {
        entries.append((key, value))
        if index != nil {
            index?[ExactText(text: key)] = entries.count - 1
        } else if entries.count == ValueMap.indexThreshold {
            rebuildIndex()
        }
    }

    private mutating func remove(_ key: String) {
        guard let position = position(of: key) else { return }
        entries.remove(at: position)
        if index != nil { rebuildIndex() }
    }

    private mutating func rebuildIndex() {
        index = Dictionary(uniqueKeysWithValues: entries.enumerated().map { (ExactText(text: $1.key), $0) })
    }
}

extension ValueMap: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Value)...) {
        self.init(elements)
    }
}
