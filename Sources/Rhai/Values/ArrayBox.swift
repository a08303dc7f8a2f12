// Arrays of a script.

/// The elements of an array with what they weigh.
final class ArrayBox {
    private(set) var elements: [Dynamic]
    private(set) var weight: Weight

    init(_ elements: [Dynamic]) {
        self.elements = elements
        weight = ArrayBox.weight(of: elements)
    }

    private init(_ elements: [Dynamic], weight: Weight) {
        self.elements = elements
        self.weight = weight
    }

    var copy: ArrayBox { ArrayBox(elements, weight: weight) }

    var count: Int { elements.count }

    private static func weight(of elements: [Dynamic]) -> Weight {
        var weight = Weight(elements: elements.count, depth: 1)
        for element in elements { weight.add(element) }
        return weight
    }

    /// Counts again before it is an error that the bounds are left.
    private func check() throws(Fault) {
        guard !weight.isWithinBounds else { return }
        weight = ArrayBox.weight(of: elements)
        try weight.check()
    }

    func append(_ value: Dynamic) throws(Fault) {
        elements.append(value)
        weight.elements += 1
        weight.add(value)
        try check()
    }

    func set(_ value: Dynamic, at index: Int) throws(Fault) {
        weight.remove(elements[index])
        weight.add(value)
        elements[index] = value
        try check()
    }

    /// Puts other elements in the place of some; gives back those.
    func replace(_ range: Range<Int>, with new: [Dynamic]) throws(Fault) -> [Dynamic] {
        let old = Array(elements[range])
        for value in old { weight.remove(value) }
        for value in new { weight.add(value) }
        weight.elements += new.count - old.count
        elements.replaceSubrange(range, with: new)
        try check()
        return old
    }

    func removeLast() -> Dynamic? {
        guard let value = elements.popLast() else { return nil }
        weight.elements -= 1
        weight.remove(value)
        return value
    }

    /// Puts the same elements into another order.
    func reorder(_ change: (inout [Dynamic]) -> Void) { change(&elements) }

    /// Takes an element out for a change in place; `putBack` must follow.
    func take(_ index: Int) -> Dynamic {
        let value = elements[index]
        weight.remove(value)
        elements[index] = .unit
        return value
    }

    func putBack(_ value: Dynamic, at index: Int) throws(Fault) {
        weight.add(value)
        elements[index] = value
        try check()
    }
}

extension Dynamic {
    /// The array for a change: nobody else holds it. The caller puts it back.
    mutating func takeArray() -> ArrayBox? {
        guard case .array(var box) = self else { return nil }
        self = .unit
        if !isKnownUniquelyReferenced(&box) { box = box.copy }
        return box
    }

    mutating func takeMap() -> MapBox? {
        guard case .map(var box) = self else { return nil }
        self = .unit
        if !isKnownUniquelyReferenced(&box) { box = box.copy }
        return box
    }

    mutating func takeBlob() -> BlobBox? {
        guard case .blob(var box) = self else { return nil }
        self = .unit
        if !isKnownUniquelyReferenced(&box) { box = BlobBox(box.bytes) }
        return box
    }
}
