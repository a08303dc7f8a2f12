// Maps of a script: names to values in the order of their first setting.

internal import Values

/// The entries of a map with what they weigh.
final class MapBox {
    typealias Entry = (key: String, value: Dynamic)

    private static let indexThreshold = 12

    private(set) var entries: [Entry]
    private(set) var weight: Weight
    private var index: [ExactText: Int]?

    init() {
        entries = []
        weight = Weight(depth: 1)
    }

    /// The keys must differ.
    init(_ entries: [Entry]) {
        self.entries = entries
        weight = MapBox.weight(of: entries)
        rebuildIndex()
    }

    private init(_ entries: [Entry], weight: Weight, index: [ExactText: Int]?) {
        self.entries = entries
        self.weight = weight
        self.index = index
    }

    var copy: MapBox { MapBox(entries, weight: weight, index: index) }

    var count: Int { entries.count }

    private static func weight(of entries: [Entry]) -> Weight {
        var weight = Weight(entries: entries.count, depth: 1)
        for entry in entries {
            weight.bytes += entry.key.utf8.count
            weight.add(entry.value)
        }
        return weight
    }

    private func check() throws(Fault) {
        guard !weight.isWithinBounds else { return }
        weight = MapBox.weight(of: entries)
        try weight.check()
    }

    private func rebuildIndex() {
        guard entries.count >= MapBox.indexThreshold else {
            index = nil
            return
        }
        var index: [ExactText: Int] = [:]
        index.reserveCapacity(entries.count * 2)
        for (position, entry) in entries.enumerated() { index[ExactText(text: entry.key)] = position }
        self.index = index
    }

    func position(of key: String) -> Int? {
        if let index { return index[ExactText(text: key)] }
        return entries.firstIndex { $0.key.isSameText(as: key) }
    }

    func value(of key: String) -> Dynamic? {
        position(of: key).map { entries[$0].value }
    }

    func set(_ value: Dynamic, for key: String) throws(Fault) {
        weight.add(value)
        if let position = position(of: key) {
            weight.remove(entries[position].value)
            entries[position].value = value
        } else {
            weight.entries += 1
            weight.bytes += key.utf8.count
            entries.append((key, value))
            if index != nil {
                index?[ExactText(text: key)] = entries.count - 1
            } else if entries.count == MapBox.indexThreshold {
                rebuildIndex()
            }
        }
        try check()
    }

    func remove(_ key: String) -> Dynamic? {
        guard let position = position(of: key) else { return nil }
        let value = entries.remove(at: position).value
        weight.entries -= 1
        weight.bytes -= key.utf8.count
        weight.remove(value)
        if index != nil { rebuildIndex() }
        return value
    }

    /// Takes a value out for a change in place; `putBack` must follow.
    func take(_ position: Int) -> Dynamic {
        let value = entries[position].value
        weight.remove(value)
        entries[position].value = .unit
        return value
    }

    func putBack(_ value: Dynamic, at position: Int) throws(Fault) {
        weight.add(value)
        entries[position].value = value
        try check()
    }
}
