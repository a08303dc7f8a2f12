// Functions for whole numbers, and between kinds of numbers.

internal import Values

extension Library {
    static func addNumbers(to library: inout LibraryBuilder) {
        library.add("abs", [.int, .float, .decimal]) { (value, arguments, _) throws(Fault) in
            guard arguments.count == 0 else { return nil }
            switch value {
            case .int(let number):
                guard number != .min else { throw .arithmetic("absolute value leaves 64 bits: \(number)") }
                return .int(abs(number))
            case .float(let number): return .float(number.magnitude)
            case .decimal(let number): return .decimal(number.magnitude)
            default: return nil
            }
        }
        library.add("sign", [.int, .float, .decimal]) { (value, arguments, _) throws(Fault) in
            guard arguments.count == 0 else { return nil }
            if case .float(let number) = value, number.isNaN {
                throw .arithmetic("what is no number has no sign")
            }
            return Dynamic.order(value, .int(0)).map { .int(Int64($0)) }
        }
        library.add("is_zero", [.int, .float, .decimal], .property) { (value, arguments, _) throws(Fault) in
            arguments.count == 0 ? .bool(Dynamic.areEqual(value, .int(0))) : nil
        }
        library.add("is_odd", [.int], .property) { (value, arguments, _) throws(Fault) in
            guard arguments.count == 0, case .int(let number) = value else { return nil }
            return .bool(number & 1 == 1)
        }
        library.add("is_even", [.int], .property) { (value, arguments, _) throws(Fault) in
            guard arguments.count == 0, case .int(let number) = value else { return nil }
            return .bool(number & 1 == 0)
        }
        for (name, radix) in [("to_hex", 16), ("to_octal", 8), ("to_binary", 2)] {
            library.add(name, [.int]) { (value, arguments, _) throws(Fault) in
                guard arguments.count == 0, case .int(let number) = value else { return nil }
                return .string(String(UInt64(bitPattern: number), radix: radix))
            }
        }
        addConversions(to: &library)
        addParsing(to: &library)
    }

    // MARK: Between kinds

    private static func addConversions(to library: inout LibraryBuilder) {
        library.add("to_int", [.int, .float, .decimal, .char]) { (value, arguments, _) throws(Fault) in
            arguments.count == 0 ? .int(try whole(value)) : nil
        }
        library.add("to_float", [.int, .float, .decimal]) { (value, arguments, _) throws(Fault) in
            guard arguments.count == 0 else { return nil }
            switch value {
            case .int(let number): return .float(Double(number))
            case .decimal(let number): return .float(number.double)
            default: return value
            }
        }
        library.add("to_decimal", [.int, .float, .decimal]) { (value, arguments, _) throws(Fault) in
            arguments.count == 0 ? .decimal(try decimal(value)) : nil
        }
        library.add("Decimal", [.int, .float, .decimal, .string]) { (value, arguments, _) throws(Fault) in
            arguments.count == 0 ? .decimal(try decimal(value)) : nil
        }
    }

    private static func whole(_ value: Dynamic) throws(Fault) -> Int64 {
        switch value {
        case .int(let number): return number
        case .char(let scalar): return Int64(scalar.value)
        case .float(let number):
            guard let whole = Int64(exactly: number.rounded(.towardZero)) else {
                throw .arithmetic("\(value.text) is no whole number of 64 bits")
            }
            return whole
        case .decimal(let number):
            guard let whole = number.rounded(to: 0, .down).exactly(Int64.self) else {
                throw .arithmetic("\(number) is no whole number of 64 bits")
            }
            return whole
        default: return 0
        }
    }

    private static func decimal(_ value: Dynamic) throws(Fault) -> Decimal96 {
        switch value {
        case .int(let number): return Decimal96(number)
        case .decimal(let number): return number
        case .float(let number):
            guard let decimal = Decimal96(rounding: number) else {
                throw .arithmetic("\(value.text) is no decimal")
            }
            return decimal
        case .string(let text):
            guard text.utf8.count <= 1_000, let decimal = Decimal96(trimmed(text)) else {
                throw .arithmetic("this text is no decimal: \(quoted(text))")
            }
            return decimal
        default: return .zero
        }
    }

    // MARK: From texts

    private static func addParsing(to library: inout LibraryBuilder) {
        library.add("parse_int", [.string]) { (value, arguments, _) throws(Fault) in
            guard case .string(let text) = value, arguments.count < 2 else { return nil }
            let radix = arguments.count == 0 ? 10 : arguments.int
            guard let radix else { return nil }
            guard (2...36).contains(radix) else {
                throw .arithmetic("numbers are written in bases 2 to 36, not \(radix)")
            }
            guard text.utf8.count <= 1_000, let number = Int64(trimmed(text), radix: Int(radix)) else {
                throw .arithmetic("this text is no whole number of 64 bits: \(quoted(text))")
            }
            return .int(number)
        }
        library.add("parse_float", [.string]) { (value, arguments, _) throws(Fault) in
            guard case .string(let text) = value, arguments.count == 0 else { return nil }
            let trimmed = trimmed(text)
            guard trimmed.utf8.count <= 1_000, trimmed.utf8.allSatisfy(isDecimalNotation),
                let number = Double(trimmed)
            else { throw .arithmetic("this text is no number: \(quoted(text))") }
            return .float(number)
        }
        library.add("parse_decimal", [.string]) { (value, arguments, _) throws(Fault) in
            arguments.count == 0 ? .decimal(try decimal(value)) : nil
        }
    }

    /// The standard library also reads hexadecimal forms and words.
    private static func isDecimalNotation(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}
