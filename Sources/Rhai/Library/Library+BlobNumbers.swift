// Numbers and texts as bytes of blobs.

extension Library {
    static func addBlobNumbers(to library: inout LibraryBuilder) {
        for (order, isLittle) in [("le", true), ("be", false)] {
            library.add("parse_\(order)_int", [.blob]) { (value, arguments, _) throws(Fault) in
                guard case .blob(let box) = value, let range = part(arguments, count: box.bytes.count) else {
                    return nil
                }
                return .int(Int64(bitPattern: bits(of: box.bytes[range], isLittle: isLittle)))
            }
            library.add("parse_\(order)_float", [.blob]) { (value, arguments, _) throws(Fault) in
                guard case .blob(let box) = value, let range = part(arguments, count: box.bytes.count) else {
                    return nil
                }
                return .float(Double(bitPattern: bits(of: box.bytes[range], isLittle: isLittle)))
            }
            change("write_\(order)", &library) { (blob, arguments) in
                write(into: blob, arguments) { value in
                    switch value {
                    case .int(let number): bytes(of: UInt64(bitPattern: number), isLittle: isLittle)
                    case .float(let number): bytes(of: number.bitPattern, isLittle: isLittle)
                    default: nil
                    }
                }
            }
        }
        change("write_utf8", &library) { (blob, arguments) in
            write(into: blob, arguments) { value in
                if case .string(let text) = value { Array(text.utf8) } else { nil }
            }
        }
        change("write_ascii", &library) { (blob, arguments) in
            write(into: blob, arguments) { value in
                if case .string(let text) = value { text.utf8.filter { $0 < 0x80 } } else { nil }
            }
        }
    }

    /// At most eight bytes; those that are not there are zero at the end.
    private static func bits(of bytes: ArraySlice<UInt8>, isLittle: Bool) -> UInt64 {
        var eight = Array(bytes.prefix(8))
        eight += [UInt8](repeating: 0, count: 8 - eight.count)
        return (isLittle ? eight.reversed() : eight).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func bytes(of bits: UInt64, isLittle: Bool) -> [UInt8] {
        let big = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> UInt64($0)) }
        return isLittle ? big.reversed() : big
    }

    /// Writes over bytes that are there, as many as there are.
    private static func write(
        into blob: BlobBox, _ arguments: Arguments, _ encode: (Dynamic) -> [UInt8]?
    ) -> Dynamic? {
        let range: Range<Int>
        let value: Dynamic
        if arguments.count == 2, case .range(let bounds) = arguments.a {
            range = bounds.indices(count: blob.bytes.count)
            value = arguments.b
        } else if arguments.count == 3, case .int(let start) = arguments.a,
            case .int(let length) = arguments.b
        {
            range = part(start, length, count: blob.bytes.count)
            value = arguments.c
        } else {
            return nil
        }
        guard let bytes = encode(value) else { return nil }
        let count = min(bytes.count, range.count)
        blob.bytes.replaceSubrange(range.lowerBound..<range.lowerBound + count, with: bytes.prefix(count))
        return .unit
    }
}
