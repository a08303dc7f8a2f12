import Primitives
import Testing
import Values

/// What reading gives: the value's description, or the error's.
private func outcome<Result>(_ read: () throws(ValueReadingError) -> Result) -> String {
    do { return "\(try read())" } catch { return error.description }
}

@Suite struct `Reading inputs` {
    /// Spec values.md 10, with whole numbers of every kind accepted (15.3).
    @Test(arguments: [
        (#"{"U":"5"}"#, "5"), (#"{"I":"5"}"#, "5"), (#"{"D":"5.00"}"#, "5"), (#"{"F":"5"}"#, "5"),
        (#"{"U1":"5"}"#, "5"), (#"{"I1":"5"}"#, "5"),
        (#"{"I":"-5"}"#, "invalid value: integer `-5`, expected u64"),
        (#"{"D":"-5"}"#, "invalid value: integer `-5`, expected u64"),
        (#"{"F":"5.5"}"#, "invalid type: floating point `5.5`, expected u64"),
        (#"{"F":"-5"}"#, "invalid type: floating point `-5`, expected u64"),
        (#"{"F":"NaN"}"#, "invalid type: floating point `NaN`, expected u64"),
        (#"{"F":"1e300"}"#, "invalid type: floating point `1"),
        (#"{"D":"5.5"}"#, "invalid type: floating point `5.5`, expected u64"),
        (
            #"{"D":"79228162514264337593543950335"}"#,
            "invalid type: floating point `79228162514264337593543950335`, expected u64"
        ),
        (#"{"S":"5"}"#, #"invalid type: string "5", expected u64"#),
        (
            #"{"U1":"18446744073709551616"}"#,
            "invalid type: integer `18446744073709551616` as u128, expected u64"
        ),
        (#"{"I1":"-1"}"#, "invalid type: integer `-1` as i128, expected u64"),
        (#"{"N":0}"#, "invalid type: unit value, expected u64"),
        (#"{"B":true}"#, "invalid type: boolean `true`, expected u64"),
        (#"{"A":[]}"#, "invalid type: sequence, expected u64"),
        (#"{"M":{}}"#, "invalid type: map, expected u64"),
        (#"{"B3":"11111111111111111111111111111111"}"#, "invalid type: sequence, expected u64"),
        (#"{"BY":""}"#, "invalid type: byte array, expected u64"),
    ])
    func `as an unsigned number of 64 bits`(tagged: String, result: String) throws {
        let value = try value(tagged)
        #expect(outcome { () throws(ValueReadingError) in try UInt64(reading: value) }.hasPrefix(result))
    }

    @Test func `as other whole numbers`() throws {
        #expect(try UInt8(reading: .u64(255)) == 255)
        #expect(
            outcome { () throws(ValueReadingError) in try UInt8(reading: .u64(256)) }
                == "invalid value: integer `256`, expected u8")
        #expect(
            outcome { () throws(ValueReadingError) in try Int64(reading: .u64(.max)) }
                == "invalid value: integer `18446744073709551615`, expected i64")
        #expect(try Int8(reading: .i64(-128)) == -128)
        #expect(try UInt16(reading: .i64(65_535)) == 65_535)
        #expect(try Int16(reading: .u64(5)) == 5)
        #expect(try UInt32(reading: .u64(5)) == 5)
        #expect(try Int32(reading: .i64(-5)) == -5)
        #expect(try UInt128(reading: .u128(.max)) == .max)
        #expect(try Int128(reading: .i128(.min)) == .min)
        #expect(try Int128(reading: .u64(.max)) == Int128(UInt64.max))
        #expect(
            outcome { () throws(ValueReadingError) in try UInt128(reading: .i64(-1)) }
                == "invalid value: integer `-1`, expected u128")
    }

    @Test(arguments: [
        (#"{"U":"5"}"#, "5.0"), (#"{"I":"-5"}"#, "-5.0"), (#"{"F":"5.5"}"#, "5.5"), (#"{"D":"5.5"}"#, "5.5"),
        (#"{"U1":"5"}"#, "5.0"), (#"{"I1":"-5"}"#, "-5.0"),
        (#"{"S":"5"}"#, #"invalid type: string "5", expected f64"#),
        (#"{"N":0}"#, "invalid type: unit value, expected f64"),
    ])
    func `as a double`(tagged: String, result: String) throws {
        let value = try value(tagged)
        #expect(outcome { () throws(ValueReadingError) in try Double(reading: value) } == result)
    }

    @Test(arguments: [
        (#"{"B":true}"#, "true"), (#"{"U":"1"}"#, "invalid type: integer `1`, expected a boolean"),
        (#"{"S":"true"}"#, #"invalid type: string "true", expected a boolean"#),
    ])
    func `as a boolean`(tagged: String, result: String) throws {
        let value = try value(tagged)
        #expect(outcome { () throws(ValueReadingError) in try Bool(reading: value) } == result)
    }

    @Test(arguments: [
        (#"{"S":"x"}"#, "x"), (#"{"N":0}"#, "invalid type: unit value, expected a string"),
        (#"{"U":"1"}"#, "invalid type: integer `1`, expected a string"),
        (#"{"B3":"11111111111111111111111111111111"}"#, "invalid type: sequence, expected a string"),
    ])
    func `as a text`(tagged: String, result: String) throws {
        let value = try value(tagged)
        #expect(outcome { () throws(ValueReadingError) in try String(reading: value) } == result)
    }

    /// Spec values.md 11.
    @Test(arguments: [
        (#"{"U":"5"}"#, "5"), (#"{"I":"-5"}"#, "-5"), (#"{"D":"1.50"}"#, "1.50"), (#"{"F":"0.1"}"#, "0.1"),
        (#"{"F":"1231.2221"}"#, "1231.2221"),
        (#"{"F":"123456789.12345679"}"#, "123456789.1234568"),
        (#"{"F":"NaN"}"#, "Error while converting to Decimal"),
        (#"{"F":"inf"}"#, "Error while converting to Decimal"),
        (#"{"F":"1e300"}"#, "Error while converting to Decimal"), (#"{"S":" 1.50 "}"#, "1.50"),
        (#"{"S":"1e5"}"#, "100000"), (#"{"S":"abc"}"#, "Invalid decimal: unknown character"),
        (#"{"S":""}"#, "Invalid decimal: empty"), (#"{"S":"  "}"#, "Invalid decimal: empty"),
        (#"{"U1":"5"}"#, "5"), (#"{"I1":"-5"}"#, "-5"),
        (#"{"U1":"79228162514264337593543950336"}"#, "invalid type: u128, expected decimal"),
        (#"{"I1":"-79228162514264337593543950336"}"#, "invalid type: i128, expected decimal"),
        (#"{"B":true}"#, "invalid type: boolean `true`, expected decimal"),
        (#"{"N":0}"#, "invalid type: unit value, expected decimal"),
        (#"{"A":[]}"#, "invalid type: sequence, expected decimal"),
    ])
    func `as a decimal`(tagged: String, result: String) throws {
        let value = try value(tagged)
        #expect(outcome { () throws(ValueReadingError) in try Decimal96(reading: value) } == result)
    }

    @Test func `as a list or a map`() throws {
        #expect(try [Value](reading: .array([.null])) == [.null])
        #expect(try [Value](reading: .bytes([1, 2])) == [.u64(1), .u64(2)])
        #expect(
            outcome { () throws(ValueReadingError) in try [Value](reading: .u64(1)) }
                == "invalid type: integer `1`, expected a sequence")
        #expect(try ValueMap(reading: .map(["a": .null])) == ["a": .null])
        #expect(
            outcome { () throws(ValueReadingError) in try ValueMap(reading: .array([])) }
                == "invalid type: sequence, expected a map")
        #expect(try Value(reading: .null) == .null)
    }

    @Test func `a field is required, optional, or optional and Null`() throws {
        let inputs: ValueMap = ["a": .u64(5), "n": .null]
        #expect(try inputs.required("a", as: UInt64.self) == 5)
        #expect(
            outcome { () throws(ValueReadingError) in try inputs.required("b", as: UInt64.self) }
                == "missing field `b`")
        #expect(
            outcome { () throws(ValueReadingError) in try inputs.required("n", as: UInt64.self) }
                == "invalid type: unit value, expected u64")
        #expect(try inputs.required("n", as: Value.self) == .null)
        #expect(try inputs.optional("a", as: UInt64.self) == 5)
        #expect(try inputs.optional("b", as: UInt64.self) == nil)
        #expect(try inputs.optional("n", as: UInt64.self) == nil)
        #expect(throws: ValueReadingError.self) { try inputs.optional("a", as: String.self) }
    }

    @Test(arguments: [
        (#"{"S":"gt"}"#, "gt"), (#"{"M":{"gt":{"N":0}}}"#, "gt"),
        (#"{"S":"GT"}"#, "unknown variant `GT`, expected `is_null` or `gt`"),
        (#"{"U":"1"}"#, "invalid type: integer `1`, expected string or map"),
        (#"{"M":{}}"#, "invalid value: map, expected map with a single key"),
        (#"{"M":{"gt":{"N":0},"is_null":{"N":0}}}"#, "invalid value: map, expected map with a single key"),
        (#"{"M":{"gt":{"U":"1"}}}"#, "invalid type: integer `1`, expected unit"),
    ])
    func `as one of a set of names`(tagged: String, result: String) throws {
        let value = try value(tagged)
        #expect(
            outcome { () throws(ValueReadingError) in try value.readName(of: ["is_null", "gt"]) } == result)
    }

    @Test func `names are listed with the word one when there are more than two`() {
        let error = #expect(throws: ValueReadingError.self) {
            try Value.string("x").readName(of: ["a", "b", "c"])
        }
        #expect(error?.description == "unknown variant `x`, expected one of `a`, `b`, `c`")
        let single = #expect(throws: ValueReadingError.self) { try Value.string("x").readName(of: ["a"]) }
        #expect(single?.description == "unknown variant `x`, expected `a`")
    }

    @Test(
        arguments: [
            (#"{"S":"hé"}"#, [0x68, 0xC3, 0xA9]), (#"{"BY":"aGk="}"#, [104, 105]),
            (#"{"A":[{"U":"1"},{"I":"2"},{"D":"3"}]}"#, [1, 2, 3]), (#"{"A":[{"U":"256"}]}"#, nil),
            (#"{"U":"1"}"#, nil),
            (#"{"B3":"11111111111111111111111111111111"}"#, [UInt8](repeating: 0, count: 32)),
        ] as [(String, [UInt8]?)])
    func `as bytes`(tagged: String, bytes: [UInt8]?) throws {
        #expect((try? value(tagged).readBytes()) == bytes)
    }
}

@Suite struct `Reading keys` {
    private static let key = Array(0...31).map { UInt8($0) }
    private static let pair = [UInt8](repeating: 7, count: 32) + key
    private static let keyText = "1thX6LZfHDZZKUs92febYZhYRcXddmzfzF2NvTkPNE"

    private static func list(_ bytes: [UInt8]) -> Value { .array(bytes.map { .u64(UInt64($0)) }) }

    /// Spec values.md 12.1; a map may hold more than the key (15.1).
    @Test func `a public key is read from every form`() throws {
        let b32 = try #require(Bytes32(Self.key))
        let b64 = try #require(Bytes64(Self.pair))
        let forms: [Value] = [
            .b32(b32), .b64(b64), .string(Self.keyText), .string(Base58.encode(Self.pair)),
            Self.list(Self.key), Self.list(Self.pair), .bytes(Self.key),
            .bytes(Self.pair), .map(["public_key": .b32(b32)]),
            .map(["token": .null, "public_key": .string(Self.keyText)]),
            .map(["public_key": .b64(b64), "x": .u64(1)]),
        ]
        for form in forms { #expect(try form.readPublicKey() == b32, "\(form.debugDescription)") }
    }

    @Test(arguments: [
        (#"{"S":"abc"}"#, #"invalid value: string "abc", expected pubkey or keypair encoded in bs58"#),
        (#"{"A":[{"U":"1"}]}"#, "invalid length 1, expected 32 or 64"),
        (#"{"BY":"aGk="}"#, "invalid length 2, expected 32 or 64"),
        (#"{"M":{"token":{"N":0}}}"#, #"invalid value: string "token", expected public_key"#),
        (#"{"M":{}}"#, "missing field `public_key`"),
        (#"{"U":"1"}"#, "invalid type: integer `1`, expected public key"),
        (#"{"N":0}"#, "invalid type: unit value, expected public key"),
        (
            #"{"M":{"public_key":{"M":{"public_key":{"S":"1thX6LZfHDZZKUs92febYZhYRcXddmzfzF2NvTkPNE"}}}}}"#,
            "invalid type: map, expected public key"
        ),
        (#"{"A":[{"S":"x"}]}"#, #"invalid type: string "x", expected u8"#),
    ])
    func `everything else is no public key`(tagged: String, message: String) throws {
        let value = try value(tagged)
        #expect(outcome { () throws(ValueReadingError) in try value.readPublicKey() } == message)
    }

    @Test func `a signature is 64 bytes in any form`() throws {
        let signature = try #require(Bytes64(Self.pair))
        for form in [
            Value.b64(signature), .string(Base58.encode(Self.pair)), Self.list(Self.pair), .bytes(Self.pair),
        ] {
            #expect(try form.readSignature() == signature)
        }
        #expect(
            outcome { () throws(ValueReadingError) in try Value.string("abc").readSignature() }
                == "invalid base58")
        #expect(
            outcome { () throws(ValueReadingError) in try Value.bytes([1]).readSignature() }
                == "invalid length 1, expected 64")
        #expect(
            outcome { () throws(ValueReadingError) in try Value.null.readSignature() }
                == "invalid type: unit value, expected signature")
    }
}
