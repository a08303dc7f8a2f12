// Reading whole numbers: in range and without a fraction, whatever kind they come in.

extension UInt8: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) { self = try value.integer(named: "u8") }
}

extension UInt16: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) { self = try value.integer(named: "u16") }
}

extension UInt32: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) { self = try value.integer(named: "u32") }
}

extension UInt64: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) { self = try value.integer(named: "u64") }
}

extension UInt128: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) { self = try value.integer(named: "u128") }
}

extension Int8: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) { self = try value.integer(named: "i8") }
}

extension Int16: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) { self = try value.integer(named: "i16") }
}

extension Int32: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) { self = try value.integer(named: "i32") }
}

extension Int64: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) { self = try value.integer(named: "i64") }
}

extension Int128: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) { self = try value.integer(named: "i128") }
}

extension Value {
    /// Every number that is whole and in range. Unlike the reference this accepts doubles and 128-bit numbers, which
    /// never changes a run that worked (spec values.md 15.3).
    fileprivate func integer<Integer: FixedWidthInteger>(named name: String) throws(ValueReadingError)
        -> Integer
    {
        let exact: Integer?
        let isPlain: Bool
        switch self {
        case .u64(let number): (exact, isPlain) = (Integer(exactly: number), true)
        case .i64(let number): (exact, isPlain) = (Integer(exactly: number), true)
        case .u128(let number): (exact, isPlain) = (Integer(exactly: number), false)
        case .i128(let number): (exact, isPlain) = (Integer(exactly: number), false)
        case .f64(let number): (exact, isPlain) = (Integer(exactly: number), false)
        case .decimal(let number):
            exact = number.exactly(Integer.self)
            isPlain = number.exactly(UInt64.self) != nil || number.exactly(Int64.self) != nil
        default: (exact, isPlain) = (nil, false)
        }
        guard let exact else {
            throw isPlain
                ? .wrongValue(kindPhrase, expected: name)
                : .wrongKind(kindPhrase, expected: name)
        }
        return exact
    }
}
