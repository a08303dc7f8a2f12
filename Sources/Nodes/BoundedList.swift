// An array that grows up to a bound: for every node that makes many values of a few bytes.

internal import Primitives
internal import Values

/// Elements of an array that is being made. An array that would not fit into an output ends the node before it takes
/// memory.
struct BoundedList {
    private(set) var elements: [Value] = []
    private var bytes = 0

    var value: Value { .array(elements) }
    var isEmpty: Bool { elements.isEmpty }
    var count: Int { elements.count }

    mutating func append(_ element: Value) throws(NodeFailure) {
        bytes += element.approximateBytes(upTo: Limits.nodeOutputBytesMax)
        guard bytes <= Limits.nodeOutputBytesMax else { throw .tooLarge }
        elements.append(element)
    }

    /// Refuses an array of so many elements before it is made, as each takes eight bytes at least.
    static func require(count: Int) throws(NodeFailure) {
        guard count <= Limits.nodeOutputBytesMax / 8 else { throw .tooLarge }
    }
}
