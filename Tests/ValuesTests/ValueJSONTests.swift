import Primitives
import TestKit
import Testing
import Values
import Wire

/// The value of a tagged text, and nothing else.
func value(_ text: String) throws -> Value { try ValueJSON.decode(Array(text.utf8)) }

@Suite struct `Tagged JSON` {
    /// Spec values.md 4, with floats in positional notation (http-and-websocket Appendix B).
    @Test(arguments: [
        #"{"N":0}"#, #"{"S":"hello"}"#, #"{"S":""}"#, #"{"B":true}"#, #"{"B":false}"#, #"{"U":"0"}"#,
        #"{"U":"18446744073709551615"}"#, #"{"I":"-1"}"#, #"{"I":"-9223372036854775808"}"#,
        #"{"I":"9223372036854775807"}"#, #"{"U1":"340282366920938463463374607431768211455"}"#,
        #"{"I1":"-170141183460469231731687303715884105728"}"#, #"{"F":"0.0"}"#, #"{"F":"-0.0"}"#,
        #"{"F":"0.5"}"#, #"{"F":"NaN"}"#, #"{"F":"inf"}"#, #"{"F":"-inf"}"#, #"{"F":"0.00001"}"#,
        #"{"F":"0.000012345"}"#, #"{"F":"1000000000000000.0"}"#, #"{"F":"123456789.125"}"#, #"{"D":"0"}"#,
        #"{"D":"1.50"}"#, #"{"D":"3.1415926535897932384626433833"}"#,
        #"{"D":"79228162514264337593543950335"}"#, #"{"D":"-79228162514264337593543950335"}"#,
        #"{"B3":"11111111111111111111111111111111"}"#,
        #"{"B3":"1thX6LZfHDZZKUs92febYZhYRcXddmzfzF2NvTkPNE"}"#,
        #"{"B3":"JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG"}"#,
        #"{"B6":"1GMkH3brNXiNNs1tiFZHu4yZSRrzJwxi5wB9bHFtMinfCXNnR1adh8Vo8NTheK4evneedH4qmvjeqcBBNAefgS"}"#,
        #"{"B6":"67rpwLCuS5DGA8KGZXKsVQ7dnPb9goRLoKfgGbLfQg9WoLUgNY77E2jT11fem3coV9nAkguBACzrU1iyZM4B8roQ"}"#,
        #"{"BY":""}"#, #"{"BY":"aGVsbG8gd29ybGQ="}"#,
        #"{"BY":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#,
        #"{"A":[]}"#, #"{"A":[{"I":"1"},{"S":"hello"}]}"#, #"{"M":{}}"#,
        #"{"M":{"b":{"U":"1"},"a":{"N":0}}}"#,
        #"{"M":{"first name":{"S":"John"},"list":{"A":[{"N":0},{"A":[]},{"M":{}}]}}}"#,
    ])
    func `canonical texts come back as they are`(text: String) throws {
        #expect(try value(text).taggedText == text)
    }

    @Test(arguments: [
        (#"{"S":"\u00e9\ud83d\ude00"}"#, #"{"S":"é😀"}"#),
        (#" { "S" : "a" } "#, #"{"S":"a"}"#),
        (#"{"U":"+5"}"#, #"{"U":"5"}"#),
        (#"{"U":"007"}"#, #"{"U":"7"}"#),
        (#"{"I":"-0"}"#, #"{"I":"0"}"#),
        (#"{"F":"0"}"#, #"{"F":"0.0"}"#),
        (#"{"F":"-0"}"#, #"{"F":"-0.0"}"#),
        (#"{"F":"1e9"}"#, #"{"F":"1000000000.0"}"#),
        (#"{"F":"1E16"}"#, #"{"F":"10000000000000000.0"}"#),
        (#"{"F":"123456789012345680"}"#, #"{"F":"123456789012345680.0"}"#),
        (#"{"F":"0.000001"}"#, #"{"F":"0.000001"}"#),
        (#"{"F":"1e-7"}"#, #"{"F":"0.0000001"}"#),
        (#"{"F":".5"}"#, #"{"F":"0.5"}"#),
        (#"{"F":"5."}"#, #"{"F":"5.0"}"#),
        (#"{"F":"+1"}"#, #"{"F":"1.0"}"#),
        (#"{"F":"nan"}"#, #"{"F":"NaN"}"#),
        (#"{"F":"-Infinity"}"#, #"{"F":"-inf"}"#),
        (#"{"F":"INF"}"#, #"{"F":"inf"}"#),
        (#"{"F":"1e400"}"#, #"{"F":"inf"}"#),
        (#"{"F":"1e-400"}"#, #"{"F":"0.0"}"#),
        (#"{"D":"3.14159265358979323846264338327950288"}"#, #"{"D":"3.1415926535897932384626433833"}"#),
        (#"{"D":"0.123456789012345678901234567890"}"#, #"{"D":"0.1234567890123456789012345679"}"#),
        (#"{"D":"1234567890123456789012345678.95"}"#, #"{"D":"1234567890123456789012345679.0"}"#),
        (#"{"D":"0.00000000000000000000000000005"}"#, #"{"D":"0.0000000000000000000000000001"}"#),
        (#"{"D":"+1"}"#, #"{"D":"1"}"#),
        (#"{"D":"5."}"#, #"{"D":"5"}"#),
        (#"{"D":".5"}"#, #"{"D":"0.5"}"#),
        (#"{"D":"1_000"}"#, #"{"D":"1000"}"#),
        (#"{"D":"-0"}"#, #"{"D":"0"}"#),
        (#"{"D":"-0.0"}"#, #"{"D":"0.0"}"#),
        (#"{"D":"1e5"}"#, #"{"D":"100000"}"#),
        (#"{"D":"1e-7"}"#, #"{"D":"0.0000001"}"#),
        (#"{"D":"1e+21"}"#, #"{"D":"1000000000000000000000"}"#),
        (#"{"M":{"a":{"U":"1"},"a":{"U":"2"}}}"#, #"{"M":{"a":{"U":"2"}}}"#),
        (#"{"M":{"a":{"U":"1"},"b":{"N":0},"a":{"U":"2"}}}"#, #"{"M":{"a":{"U":"2"},"b":{"N":0}}}"#),
    ])
    func `lenient texts are written canonically`(text: String, canonical: String) throws {
        let decoded = try value(text)
        #expect(decoded.taggedText == canonical)
        #expect(try value(canonical).taggedText == canonical)
        #expect(try ValueJSON.decode(JSONValue.parse(text)).taggedText == canonical)
    }

    @Test func `the greatest and the smallest double are written without an exponent and come back`() throws {
        for number in [
            Double.greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude, 1e16, 1.5e17,
        ] {
            let text = Value.f64(number).taggedText
            #expect(!text.contains("e"))
            guard case .f64(let decoded) = try value(text) else {
                Issue.record("not a double")
                continue
            }
            #expect(decoded == number)
        }
    }

    /// Spec values.md 4, errors from text.
    @Test(arguments: [
        (#"{"N":1}"#, "invalid value: integer `1`, expected 0"),
        (#"{"N":null}"#, "invalid type: null, expected u64 at line 1 column 9"),
        (#"{"N":"0"}"#, #"invalid type: string "0", expected u64 at line 1 column 8"#),
        (#"{"N":0.0}"#, "invalid type: floating point `0.0`, expected u64 at line 1 column 8"),
        ("null", "expected value at line 1 column 1"),
        ("123", "expected value at line 1 column 1"),
        ("true", "expected value at line 1 column 1"),
        ("[]", "expected value at line 1 column 1"),
        ("{}", "expected value at line 1 column 2"),
        (#""hello""#, #"invalid value: string "hello", expected one of valid keys at line 1 column 7"#),
        (#""S""#, "invalid type: unit variant, expected newtype variant"),
        (#"{"s":"x"}"#, #"invalid value: string "s", expected one of valid keys at line 1 column 4"#),
        (#"{"S":"a","U":"1"}"#, "expected value at line 1 column 8"),
        (#"{"S":1}"#, "invalid type: integer `1`, expected a string at line 1 column 6"),
        (#"{"B":"true"}"#, #"invalid type: string "true", expected a boolean at line 1 column 11"#),
        (#"{"U":5}"#, "invalid type: integer `5`, expected a string at line 1 column 6"),
        (#"{"U":"-1"}"#, "invalid number: -1"),
        (#"{"U":"-0"}"#, "invalid number: -0"),
        (#"{"U":" 5"}"#, "invalid number:  5"),
        (#"{"U":"1.0"}"#, "invalid number: 1.0"),
        (#"{"U":"1e3"}"#, "invalid number: 1e3"),
        (#"{"U":"0x10"}"#, "invalid number: 0x10"),
        (#"{"U":"1_000"}"#, "invalid number: 1_000"),
        (#"{"U":""}"#, "invalid number: "),
        (#"{"U":"+"}"#, "invalid number: +"),
        (#"{"U":"18446744073709551616"}"#, "invalid number: 18446744073709551616"),
        (#"{"I":"9223372036854775808"}"#, "invalid number: 9223372036854775808"),
        (#"{"U1":"-1"}"#, "invalid number: -1"),
        (#"{"F":""}"#, "invalid number: "),
        (#"{"F":" 1"}"#, "invalid number:  1"),
        (#"{"F":"1_0"}"#, "invalid number: 1_0"),
        (#"{"F":"0x1p4"}"#, "invalid number: 0x1p4"),
        (#"{"F":"nan(1)"}"#, "invalid number: nan(1)"),
        (#"{"F":"."}"#, "invalid number: ."),
        (#"{"F":"1e"}"#, "invalid number: 1e"),
        (#"{"D":"79228162514264337593543950336"}"#, "invalid number: 79228162514264337593543950336"),
        (#"{"D":""}"#, "invalid number: "),
        (#"{"D":" 1"}"#, "invalid number:  1"),
        (#"{"D":"_1"}"#, "invalid number: _1"),
        (#"{"D":"NaN"}"#, "invalid number: NaN"),
        (#"{"D":3.14}"#, "invalid type: floating point `3.14`, expected a string at line 1 column 9"),
        (#"{"B3":""}"#, "invalid base58"),
        (#"{"B3":"1111111111111111111111111111111"}"#, "invalid base58"),
        (#"{"B3":"0OIl"}"#, "invalid base58"),
        (#"{"B6":"11111111111111111111111111111111"}"#, "invalid base58"),
        (#"{"BY":"!!"}"#, "invalid base64"),
        (#"{"BY":"_-8="}"#, "invalid base64"),
        (#"{"A":[1]}"#, "expected value at line 1 column 7"),
        (#"{"A":{}}"#, "invalid type: map, expected array at line 1 column 5"),
        (#"{"M":[]}"#, "invalid type: sequence, expected map at line 1 column 5"),
        (#"{"S":"a"}x"#, "trailing characters at line 1 column 10"),
        (#"{"S":"\ud800"}"#, "lone surrogate"),
        (#"{"S":"a""#, "EOF while parsing"),
        ("", "EOF while parsing"),
    ])
    func `broken texts are refused in the words that clients know`(text: String, message: String) {
        let error = #expect(throws: ValueJSONError.self) { try value(text) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "nothing")")
        #expect(
            error?.description.contains(" at line ") == message.contains(" at line ")
                || message.hasPrefix("EOF") || message.hasPrefix("lone"))
    }

    @Test(arguments: [
        ("123", "invalid type: integer `123`, expected string or map"),
        ("null", "invalid type: null, expected string or map"),
        ("[]", "invalid type: sequence, expected string or map"),
        ("{}", "invalid value: map, expected map with a single key"),
        (#"{"S":"a","U":"1"}"#, "invalid value: map, expected map with a single key"),
        (#""hello""#, #"invalid value: string "hello", expected one of valid keys"#),
        (#""S""#, "invalid type: unit variant, expected newtype variant"),
        (#"{"s":"x"}"#, #"invalid value: string "s", expected one of valid keys"#),
        (#"{"S":1}"#, "invalid type: integer `1`, expected a string"),
        (#"{"N":1}"#, "invalid value: integer `1`, expected 0"),
        (#"{"N":null}"#, "invalid type: null, expected u64"),
        (#"{"A":{}}"#, "invalid type: map, expected array"),
        (#"{"A":[1]}"#, "invalid type: integer `1`, expected string or map"),
        (#"{"M":[]}"#, "invalid type: sequence, expected map"),
        (#"{"U":"x"}"#, "invalid number: x"),
    ])
    func `broken trees are refused without a place`(text: String, message: String) throws {
        let tree = try JSONValue.parse(text)
        let error = #expect(throws: ValueJSONError.self) { try ValueJSON.decode(tree) }
        #expect(error?.description == message)
    }

    @Test func `an error quotes only the beginning of a long text`() {
        let long = String(repeating: "x", count: 100_000)
        let error = #expect(throws: ValueJSONError.self) { try value(#"{"U":"\#(long)"}"#) }
        #expect((error?.description.utf8.count ?? .max) < 2_000)
    }

    @Test func `nesting is bounded in both directions of the border`() throws {
        let depth = Limits.valueDepthMax
        let deepest =
            String(repeating: #"{"A":["#, count: depth) + #"{"N":0}"# + String(repeating: "]}", count: depth)
        #expect(try value(deepest).taggedText == deepest)
        #expect(try ValueJSON.decode(JSONValue.parse(deepest)).taggedText == deepest)
        let deeper = #"{"A":["# + deepest + "]}"
        #expect(throws: ValueJSONError.tooDeep) { try value(deeper) }
        #expect(throws: ValueJSONError.tooDeep) { try ValueJSON.decode(JSONValue.parse(deeper)) }
        let plain = String(repeating: "[", count: depth + 1) + String(repeating: "]", count: depth + 1)
        #expect(throws: ValueJSONError.tooDeep) { try ValueJSON.plain(JSONValue.parse(plain)) }
        #expect(throws: ValueJSONError.tooDeep) { try ValueJSON.input(JSONValue.parse(plain)) }
        #expect(throws: ValueJSONError.tooDeep) { try ValueJSON.taggedOrPlain(JSONValue.parse(plain)) }
    }

    @Test func `depth is counted in arrays and maps`() {
        #expect(!Value.u64(1).isDeeper(than: 0))
        #expect(Value.array([]).isDeeper(than: 0))
        #expect(!Value.array([]).isDeeper(than: 1))
        #expect(Value.array([.null, .map(["a": .array([])])]).isDeeper(than: 2))
        #expect(!Value.array([.null, .map(["a": .array([])])]).isDeeper(than: 3))
    }

    @Test func `a number of very many digits takes no longer than it must`() throws {
        let digits = String(repeating: "1", count: 500_000)
        #expect(try value(#"{"F":"\#(digits)"}"#) == .f64(.infinity))
        #expect(try value(#"{"F":"0.\#(digits)"}"#) == .f64(1.0 / 9))
        #expect(throws: ValueJSONError.self) { try value(#"{"U":"\#(digits)"}"#) }
    }

    /// Doubling the elements doubles the time: a hundred thousand would take an hour if it were squared.
    @Test(.timeLimit(.minutes(5))) func `an array of very many elements takes no longer than it must`() throws
    {
        let elements = (0..<100_000).map { $0.isMultiple(of: 2) ? Value.u64(UInt64($0)) : .null }
        #expect(try ValueJSON.decode(ValueJSON.encode(.array(elements))) == .array(elements))
    }

    @Test func `names that differ only in their spelling stay two names`() throws {
        let text = "{\"M\":{\"\u{E9}\":{\"U\":\"1\"},\"e\u{301}\":{\"U\":\"2\"}}}"
        #expect(try value(text).taggedText == text)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `every value comes back from its text and from its tree`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<150 {
            let original = Value.random(depth: 4, using: &generator)
            let bytes = ValueJSON.encode(original)
            let decoded = try ValueJSON.decode(bytes)
            #expect(ValueJSON.encode(decoded) == bytes, "seed \(seed), round \(round)")
            #expect(decoded == original || original.holdsNaN, "seed \(seed), round \(round)")
            #expect(try ValueJSON.encode(ValueJSON.decode(JSONValue.parse(bytes))) == bytes)
            let entry = try ValueJSON.taggedOrPlain(JSONValue.parse(bytes))
            #expect(entry.isTagged && ValueJSON.encode(entry.value) == bytes)
            #expect(try ValueJSON.encode(ValueJSON.input(JSONValue.parse(bytes))) == bytes)
        }
    }

    @Test func `no change of a good text makes the decoder trap`() throws {
        var generator = SeededGenerator(seed: 77)
        var readCount = 0
        for _ in 0..<1_200 {
            var bytes = ValueJSON.encode(Value.random(depth: 3, using: &generator))
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.insert(bytes.randomElement(using: &generator) ?? 0, at: index)
                default: if bytes.count > 1 { bytes.remove(at: index) }
                }
            }
            guard let decoded = try? ValueJSON.decode(bytes) else { continue }
            readCount += 1
            #expect(
                try ValueJSON.encode(ValueJSON.decode(ValueJSON.encode(decoded))) == ValueJSON.encode(decoded)
            )
        }
        #expect(readCount > 0, "some changes do no harm")
    }
}
