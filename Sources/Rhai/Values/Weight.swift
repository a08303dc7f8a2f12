// How much a value holds, so that nothing grows without bound.

internal import Primitives

/// What is inside of an array, a map or a function, with everything inside of that.
///
/// A weight is never too small. It may be too great after something was taken out deep inside; whoever meets a bound
/// counts again before giving up.
struct Weight {
    /// Elements of arrays and bytes of blobs.
    var elements = 0
    /// Entries of maps.
    var entries = 0
    /// Bytes of strings.
    var bytes = 0
    /// Levels of arrays, maps and functions.
    var depth = 0

    /// Adds a value that comes inside.
    mutating func add(_ value: Dynamic) {
        switch value {
        case .string(let text): bytes += text.utf8.count
        case .array(let box): add(box.weight)
        case .map(let box): add(box.weight)
        case .blob(let box): elements += box.bytes.count
        case .function(let pointer): add(pointer.weight)
        default: break
        }
    }

    mutating func add(_ other: Weight) {
        elements += other.elements
        entries += other.entries
        bytes += other.bytes
        depth = max(depth, other.depth + 1)
    }

    /// Takes away a value that goes. The depth stays: another one may be as deep.
    mutating func remove(_ value: Dynamic) {
        switch value {
        case .string(let text): bytes -= text.utf8.count
        case .array(let box): remove(box.weight)
        case .map(let box): remove(box.weight)
        case .blob(let box): elements -= box.bytes.count
        case .function(let pointer): remove(pointer.weight)
        default: break
        }
    }

    private mutating func remove(_ other: Weight) {
        elements -= other.elements
        entries -= other.entries
        bytes -= other.bytes
    }

    /// What the value is about in memory.
    var byteCount: Int { elements * 24 + entries * 64 + bytes }

    var isWithinBounds: Bool {
        elements <= Limits.scriptArrayElementsMax && entries <= Limits.scriptMapEntriesMax
            && bytes <= Limits.scriptStringBytesMax && depth <= Limits.scriptValueDepthMax
    }

    func check() throws(Fault) {
        guard !isWithinBounds else { return }
        if elements > Limits.scriptArrayElementsMax {
            throw .tooLarge("the number of elements of an array", Limits.scriptArrayElementsMax)
        }
        if entries > Limits.scriptMapEntriesMax {
            throw .tooLarge("the number of entries of a map", Limits.scriptMapEntriesMax)
        }
        if bytes > Limits.scriptStringBytesMax {
            throw .tooLarge(
                "the number of bytes of a string, or of the strings in a value,", Limits.scriptStringBytesMax)
        }
        throw .tooLarge("the depth of a value", Limits.scriptValueDepthMax)
    }
}

extension Dynamic {
    /// What the value holds.
    var weight: Weight {
        switch self {
        case .array(let box): box.weight
        case .map(let box): box.weight
        case .function(let pointer): pointer.weight
        default:
            {
                var weight = Weight()
                weight.add(self)
                return weight
            }()
        }
    }
}
