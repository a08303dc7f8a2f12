// Sorting values, or the values at a path in them: numbers by value, texts by code point.

internal import Values

/// An order of values. Elements whose value to compare is missing or Null come last, in both directions. Equal elements
/// keep their order.
struct ValueOrder {
    private static let comparisonsPerLook = 4_096

    let path: ValuePath
    let isDescending: Bool

    /// The part of an element that is compared.
    fileprivate enum Key {
        case number(Value)
        case text(String)
        case bool(Bool)
    }

    /// The elements in this order; `look` is called from time to time and may end the work.
    func sorted(
        _ elements: [Value], _ look: () throws(NodeFailure) -> Void
    ) throws -> [Value] {
        var keyed: [(position: Int, key: Key)] = []
        var last: [Value] = []
        for (position, element) in elements.enumerated() {
            if let key = try key(of: element) {
                keyed.append((position, key))
            } else {
                last.append(element)
            }
        }
        var count = 0
        try keyed.sort { left, right in
            count += 1
            if count % ValueOrder.comparisonsPerLook == 0 { try look() }
            let order = try left.key.compared(to: right.key)
            // Equal elements are ordered by position.
            return order == 0 ? left.position < right.position : (order < 0) != isDescending
        }
        return keyed.map { elements[$0.position] } + last
    }

    private func key(of element: Value) throws(NodeFailure) -> Key? {
        let value = element.value(at: path) ?? .null
        switch value {
        case .null: return nil
        case .string(let text): return .text(text)
        case .bool(let bool): return .bool(bool)
        case .secret: throw .secret
        case .u64, .i64, .u128, .i128, .decimal: return .number(value)
        case .f64(let number):
            guard number.isFinite else { throw NodeFailure("cannot sort a number that is not finite") }
            return .number(value)
        default: throw NodeFailure("cannot sort \(value.debugDescription)")
        }
    }
}

extension ValueOrder.Key {
    fileprivate func compared(to other: ValueOrder.Key) throws -> Int {
        switch (self, other) {
        case (.number(let left), .number(let right)): try left.compared(to: right)
        case (.text(let left), .text(let right)):
            left.utf8.lexicographicallyPrecedes(right.utf8)
                ? -1 : right.utf8.lexicographicallyPrecedes(left.utf8) ? 1 : 0
        case (.bool(let left), .bool(let right)): (left ? 1 : 0) - (right ? 1 : 0)
        default: throw NodeFailure("cannot sort values of different types together")
        }
    }
}
