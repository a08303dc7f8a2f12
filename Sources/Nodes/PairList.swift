// Names with texts, as headers, queries and forms have them: a map, or a list of pairs (spec nodes 6.11).

internal import Values

/// Names with texts in order; a name may come more than once.
enum PairList {
    typealias Pair = (name: String, value: String)

    /// Reads the entry of this name. A missing entry and Null are an empty list. A Null in the list is skipped.
    static func read(_ name: String, of inputs: ValueMap) throws(NodeFailure) -> [Pair] {
        var pairs: [Pair] = []
        for (key, value) in try entries(inputs[name] ?? .null, name) {
            if case .null = value { continue }
            guard let text = value.scalarText else {
                throw NodeFailure("\(name): each value must be a text, a number, a boolean or a key")
            }
            pairs.append((key, text))
        }
        return pairs
    }

    /// Names with values of any kind; `name` is that of the input, for errors.
    static func entries(_ list: Value, _ name: String) throws(NodeFailure) -> [(String, Value)] {
        switch list {
        case .null: return []
        case .map(let map): return map.entries.map { ($0.key, $0.value) }
        case .array(let elements):
            var entries: [(String, Value)] = []
            for element in elements {
                guard case .array(let pair) = element, pair.count == 2, case .string(let key) = pair[0] else {
                    throw NodeFailure("\(name): each element must be a pair of a name and a value")
                }
                entries.append((key, pair[1]))
            }
            return entries
        default: throw NodeFailure("\(name) must be an object or an array of pairs")
        }
    }
}
