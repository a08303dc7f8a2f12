// A first-in first-out line without a bound of its own; its owner bounds it.

/// Elements in order of arrival. Adding and taking cost constant time on average. A taken element is released at once,
/// its place in memory later.
public struct FIFO<Element> {
    private var elements: [Element?] = []
    private var first = 0

    /// An empty line.
    public init() {}

    public var isEmpty: Bool { first == elements.count }
    public var count: Int { elements.count - first }
    /// The element that has waited longest.
    public var head: Element? { isEmpty ? nil : elements[first] }
    /// What waits, in order.
    public var waiting: some Sequence<Element> { elements[first...].lazy.compactMap { $0 } }

    /// Adds an element at the end of the line.
    public mutating func append(_ element: Element) {
        elements.append(element)
    }

    /// Takes the element that has waited longest.
    @discardableResult
    public mutating func popFirst() -> Element? {
        guard first < elements.count else { return nil }
        let element = elements[first]
        elements[first] = nil
        first += 1
        if first == elements.count {
            elements.removeAll(keepingCapacity: elements.capacity < 1024)
            first = 0
        } else if first >= 1024, first * 2 >= elements.count {
            elements.removeSubrange(..<first)
            first = 0
        }
        return element
    }

    /// Takes everything, in order.
    public mutating func removeAll() -> [Element] {
        let taken = Array(waiting)
        elements = []
        first = 0
        return taken
    }
}

extension FIFO: Sendable where Element: Sendable {}

extension FIFO: Equatable where Element: Equatable {
    /// The same elements wait in the same order.
    public static func == (left: FIFO, right: FIFO) -> Bool { left.waiting.elementsEqual(right.waiting) }
}
