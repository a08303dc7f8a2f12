// Functions for arrays: several elements at once.

internal import Primitives

extension Library {
    static func addArrayParts(to library: inout LibraryBuilder) {
        library.add("append", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 1, case .array(let other) = arguments.a else { return nil }
            session.made(other.count * 24)
            return try change(&value, &session) { (box) throws(Fault) in
                _ = try box.replace(box.count..<box.count, with: other.elements)
                return .unit
            }
        }
        library.add("clear", [.array], .changes) { (value, arguments, _) throws(Fault) in
            guard arguments.count == 0 else { return nil }
            value = .array([])
            return .unit
        }
        library.add("extract", [.array]) { (value, arguments, session) throws(Fault) in
            guard case .array(let box) = value, let range = part(arguments, count: box.count) else {
                return nil
            }
            return try session.array(Array(box.elements[range]))
        }
        library.add("split", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard let index = arguments.int else { return nil }
            return try cut(&value, &session) { place(index, count: $0)..<$0 }
        }
        library.add("drain", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard case .array(let box) = value,
                let range = part(arguments, count: box.count, needsLength: true)
            else {
                return nil
            }
            return try cut(&value, &session) { _ in range }
        }
        library.add("retain", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard case .array(let box) = value,
                let range = part(arguments, count: box.count, needsLength: true)
            else {
                return nil
            }
            let others = Array(box.elements[..<range.lowerBound] + box.elements[range.upperBound...])
            value = try session.array(Array(box.elements[range]))
            return try session.array(others)
        }
        library.add("truncate", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard let length = arguments.int else { return nil }
            return try cut(&value, &session) { Int(min(Int64($0), max(0, length)))..<$0 }.map { _ in .unit }
        }
        library.add("chop", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard let length = arguments.int else { return nil }
            return try cut(&value, &session) { 0..<$0 - Int(min(Int64($0), max(0, length))) }.map { _ in .unit
            }
        }
        library.add("splice", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard case .array(let box) = value else { return nil }
            let range: Range<Int>
            let new: Dynamic
            if arguments.count == 2, case .range(let bounds) = arguments.a {
                range = bounds.indices(count: box.count)
                new = arguments.b
            } else if arguments.count == 3, case .int(let start) = arguments.a,
                case .int(let length) = arguments.b
            {
                range = part(start, length, count: box.count)
                new = arguments.c
            } else {
                return nil
            }
            guard case .array(let other) = new else { return nil }
            session.made(other.count * 24)
            return try change(&value, &session) { (box) throws(Fault) in
                _ = try box.replace(range, with: other.elements)
                return .unit
            }
        }
        library.add("pad", [.array], [.changes, .costly]) { (value, arguments, session) throws(Fault) in
            guard arguments.count == 2, case .int(let length) = arguments.a else { return nil }
            guard length <= Int64(Limits.scriptArrayElementsMax) else {
                throw .tooLarge("the number of elements of an array", Limits.scriptArrayElementsMax)
            }
            return try change(&value, &session) { (box) throws(Fault) in
                // One by one, because the elements may be heavy.
                while Int64(box.count) < length { try box.append(arguments.b) }
                return .unit
            }
        }
        library.add("dedup", [.array], .changes) { (value, arguments, session) throws(Fault) in
            guard case .array(let box) = value, arguments.count == 0 else { return nil }
            session.read(box.weight.byteCount)
            var kept: [Dynamic] = []
            for element in box.elements {
                if let last = kept.last, Dynamic.areEqual(last, element) { continue }
                kept.append(element)
            }
            value = try session.array(kept)
            return .unit
        }
        library.add("to_blob", [.array]) { (value, arguments, session) throws(Fault) in
            guard case .array(let box) = value, arguments.count == 0 else { return nil }
            var bytes: [UInt8] = []
            for element in box.elements {
                guard case .int(let number) = element else { return nil }
                bytes.append(UInt8(truncatingIfNeeded: number))
            }
            return try session.blob(bytes)
        }
    }

    /// Takes some elements out; gives them back as an array.
    private static func cut(
        _ value: inout Dynamic, _ session: inout Session, _ range: (Int) -> Range<Int>
    ) throws(Fault) -> Dynamic? {
        var gone: [Dynamic] = []
        let isArray = try change(&value, &session) { (box) throws(Fault) in
            gone = try box.replace(range(box.count), with: [])
            return .unit
        }
        return isArray == nil ? nil : try session.array(gone)
    }
}
