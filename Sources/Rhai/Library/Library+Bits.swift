// Functions for whole numbers as rows of bits.

extension Library {
    static func addBits(to library: inout LibraryBuilder) {
        library.add("get_bit", [.int]) { (value, arguments, _) throws(Fault) in
            guard case .int(let number) = value, let bit = arguments.int else { return nil }
            return .bool(number >> Int64(try Access.place(bit, of: "bit", count: 64)) & 1 == 1)
        }
        library.add("set_bit", [.int], .changes) { (value, arguments, _) throws(Fault) in
            guard case .int(let number) = value, arguments.count == 2, case .int(let bit) = arguments.a,
                case .bool(let isSet) = arguments.b
            else { return nil }
            let mask: Int64 = 1 << Int64(try Access.place(bit, of: "bit", count: 64))
            value = .int(isSet ? number | mask : number & ~mask)
            return .unit
        }
        library.add("get_bits", [.int]) { (value, arguments, _) throws(Fault) in
            guard case .int(let number) = value, let field = try field(arguments) else { return nil }
            return .int(field.read(number))
        }
        library.add("set_bits", [.int], .changes) { (value, arguments, _) throws(Fault) in
            guard case .int(let number) = value else { return nil }
            var place = Arguments()
            var bits = Dynamic.unit
            switch arguments.count {
            case 2:
                place.append(arguments.a)
                bits = arguments.b
            case 3:
                place.append(arguments.a)
                place.append(arguments.b)
                bits = arguments.c
            default: return nil
            }
            guard case .int(let new) = bits, let field = try field(place) else { return nil }
            value = .int(field.write(new, into: number))
            return .unit
        }
        library.add("bits", [.int], .property) { (value, arguments, session) throws(Fault) in
            guard case .int(let number) = value else { return nil }
            guard let range = arguments.count == 0 ? 0..<64 : part(arguments, count: 64) else { return nil }
            return try session.array(range.map { .bool(number >> Int64($0) & 1 == 1) })
        }
    }

    private static func field(_ arguments: Arguments) throws(Fault) -> BitField? {
        if let range = arguments.range { return BitField(range) }
        guard let (start, count) = arguments.ints else { return nil }
        let first = try Access.place(start, of: "bit", count: 64)
        return BitField(first: first, count: Int(max(0, min(count, Int64(64 - first)))))
    }
}
