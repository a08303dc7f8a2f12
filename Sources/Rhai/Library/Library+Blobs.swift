// Functions for blobs.

internal import Primitives

extension Library {
    static func addBlobs(to library: inout LibraryBuilder) {
        library.add("blob", .nothing) { (_, _, _) throws(Fault) in .blob([]) }
        library.add("blob", [.int], .costly) { (value, arguments, session) throws(Fault) in
            guard case .int(let count) = value, arguments.count < 2 else { return nil }
            let byte = arguments.count == 0 ? 0 : arguments.int
            guard let byte else { return nil }
            guard count <= Int64(Limits.scriptArrayElementsMax) else {
                throw .tooLarge("the number of bytes of a blob", Limits.scriptArrayElementsMax)
            }
            return try session.blob(
                [UInt8](repeating: UInt8(truncatingIfNeeded: byte), count: Int(max(0, count))))
        }
        library.add("len", [.blob], .property) { (value, arguments, _) throws(Fault) in
            guard case .blob(let box) = value, arguments.count == 0 else { return nil }
            return .int(Int64(box.bytes.count))
        }
        library.add("is_empty", [.blob], .property) { (value, arguments, _) throws(Fault) in
            guard case .blob(let box) = value, arguments.count == 0 else { return nil }
            return .bool(box.bytes.isEmpty)
        }
        library.add("get", [.blob]) { (value, arguments, _) throws(Fault) in
            guard case .blob(let box) = value, let index = arguments.int else { return nil }
            guard let place = try? Access.place(index, of: "", count: box.bytes.count) else { return .int(0) }
            return .int(Int64(box.bytes[place]))
        }
        library.add("extract", [.blob]) { (value, arguments, session) throws(Fault) in
            guard case .blob(let box) = value, let range = part(arguments, count: box.bytes.count) else {
                return nil
            }
            return try session.blob(Array(box.bytes[range]))
        }
        library.add("to_array", [.blob]) { (value, arguments, session) throws(Fault) in
            guard case .blob(let box) = value, arguments.count == 0 else { return nil }
            return try session.array(box.bytes.map { .int(Int64($0)) })
        }
        library.add("as_string", [.blob]) { (value, arguments, session) throws(Fault) in
            guard case .blob(let box) = value, arguments.count == 0 else { return nil }
            guard let text = String(validating: box.bytes, as: UTF8.self) else {
                throw Fault(.runtime, "these bytes are not UTF-8")
            }
            return try session.string(text)
        }
        addBlobChanges(to: &library)
    }

    private static func addBlobChanges(to library: inout LibraryBuilder) {
        change("clear", &library) { $1.count == 0 ? $0.replace(0..<$0.bytes.count, with: []).unit : nil }
        change("set", &library) { (blob, arguments) in
            guard let (index, byte) = arguments.ints else { return nil }
            if let place = try? Access.place(index, of: "", count: blob.bytes.count) {
                blob.bytes[place] = UInt8(truncatingIfNeeded: byte)
            }
            return .unit
        }
        change("push", &library) { (blob, arguments) in
            arguments.int.map { blob.append([UInt8(truncatingIfNeeded: $0)]) }
        }
        change("append", &library) { (blob, arguments) in
            arguments.count == 1 ? arguments.a.bytesToAppend.map { blob.append($0) } : nil
        }
        change("insert", &library) { (blob, arguments) in
            guard let (index, byte) = arguments.ints else { return nil }
            let place = place(index, count: blob.bytes.count)
            return blob.replace(place..<place, with: [UInt8(truncatingIfNeeded: byte)]).unit
        }
        change("pop", &library) { $1.count == 0 ? .int(Int64($0.bytes.popLast() ?? 0)) : nil }
        change("shift", &library) {
            $1.count == 0 ? .int(Int64($0.replace($0.first(1), with: []).first ?? 0)) : nil
        }
        change("remove", &library) { (blob, arguments) in
            guard let index = arguments.int else { return nil }
            guard let place = try? Access.place(index, of: "", count: blob.bytes.count) else {
                return .int(0)
            }
            return .int(Int64(blob.replace(place..<place + 1, with: [])[0]))
        }
        change("reverse", &library) { (blob, arguments) in
            guard arguments.count == 0 else { return nil }
            blob.bytes.reverse()
            return .unit
        }
        change("truncate", &library) { (blob, arguments) in
            arguments.int.map {
                blob.replace(blob.first(max(0, $0)).upperBound..<blob.bytes.count, with: []).unit
            }
        }
        change("chop", &library) { (blob, arguments) in
            arguments.int.map {
                blob.replace(0..<blob.bytes.count - blob.first(max(0, $0)).count, with: []).unit
            }
        }
        change("split", &library) { (blob, arguments) in
            arguments.int.map { index in
                let range = place(index, count: blob.bytes.count)..<blob.bytes.count
                return .blob(blob.replace(range, with: []))
            }
        }
        change("drain", &library) { (blob, arguments) in
            part(arguments, count: blob.bytes.count, needsLength: true).map {
                .blob(blob.replace($0, with: []))
            }
        }
        change("retain", &library) { (blob, arguments) in
            part(arguments, count: blob.bytes.count, needsLength: true).map { range in
                let kept = Array(blob.bytes[range])
                _ = blob.replace(range, with: [])
                defer { blob.bytes = kept }
                return .blob(blob.bytes)
            }
        }
        change("splice", &library) { (blob, arguments) in
            if arguments.count == 2, case .range(let range) = arguments.a, case .blob(let other) = arguments.b
            {
                return blob.replace(range.indices(count: blob.bytes.count), with: other.bytes).unit
            }
            guard arguments.count == 3, case .int(let start) = arguments.a,
                case .int(let length) = arguments.b,
                case .blob(let other) = arguments.c
            else { return nil }
            return blob.replace(part(start, length, count: blob.bytes.count), with: other.bytes).unit
        }
        library.add("pad", [.blob], [.changes, .costly]) { (value, arguments, session) throws(Fault) in
            guard case .blob(let box) = value, let (length, byte) = arguments.ints else { return nil }
            let missing = max(
                0, min(length, Int64(Limits.scriptArrayElementsMax) + 1) - Int64(box.bytes.count))
            let filling = [UInt8](repeating: UInt8(truncatingIfNeeded: byte), count: Int(missing))
            value = try session.blob(box.bytes + filling)
            return .unit
        }
    }

    /// Adds a function that changes a blob where it is.
    static func change(
        _ name: String, _ library: inout LibraryBuilder,
        _ function: @escaping @Sendable (BlobBox, Arguments) -> Dynamic?
    ) {
        library.add(name, [.blob], .changes) { (value, arguments, session) throws(Fault) in
            guard let box = value.takeBlob() else { return nil }
            defer { value = .blob(box) }
            session.read(box.bytes.count)
            let result = function(box, arguments)
            guard box.bytes.count <= Limits.scriptArrayElementsMax else {
                throw .tooLarge("the number of bytes of a blob", Limits.scriptArrayElementsMax)
            }
            return result
        }
    }
}

extension BlobBox {
    /// Puts other bytes in the place of some; gives back those.
    func replace(_ range: Range<Int>, with new: [UInt8]) -> [UInt8] {
        let old = Array(bytes[range])
        bytes.replaceSubrange(range, with: new)
        return old
    }

    fileprivate func append(_ new: [UInt8]) -> Dynamic {
        bytes += new
        return .unit
    }

    /// The places of at most so many bytes at the begin.
    fileprivate func first(_ count: Int64) -> Range<Int> { 0..<Int(min(count, Int64(bytes.count))) }
}

extension [UInt8] {
    /// What a function without a result gives.
    fileprivate var unit: Dynamic { .unit }
}
