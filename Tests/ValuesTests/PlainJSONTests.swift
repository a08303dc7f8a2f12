import Testing
import Values
import Wire

@Suite struct `Plain JSON` {
    private func plain(_ text: String) throws -> Value { try ValueJSON.plain(JSONValue.parse(text)) }

    /// Spec values.md 6.1; integers beyond 64 bits are exact (nodes.md 0.1), and so are fractions that a decimal holds.
    @Test(arguments: [
        ("null", #"{"N":0}"#), ("true", #"{"B":true}"#), (#""x""#, #"{"S":"x"}"#), ("1", #"{"U":"1"}"#),
        ("-1", #"{"I":"-1"}"#), ("0", #"{"U":"0"}"#),
        ("18446744073709551615", #"{"U":"18446744073709551615"}"#),
        ("-9223372036854775808", #"{"I":"-9223372036854775808"}"#),
        ("18446744073709551616", #"{"U1":"18446744073709551616"}"#),
        ("-9223372036854775809", #"{"I1":"-9223372036854775809"}"#),
        ("100000000000000000000", #"{"U1":"100000000000000000000"}"#),
        ("340282366920938463463374607431768211456", #"{"F":"340282366920938500000000000000000000000.0"}"#),
        ("1.0", #"{"D":"1.0"}"#), ("1.5", #"{"D":"1.5"}"#), ("-0.0", #"{"D":"0.0"}"#),
        ("1e3", #"{"D":"1000.0"}"#),
        ("1e16", #"{"D":"10000000000000000"}"#), ("1e15", #"{"D":"1000000000000000.0"}"#),
        ("1e28", #"{"D":"10000000000000000000000000000"}"#),
        ("1e29", #"{"F":"100000000000000000000000000000.0"}"#),
        ("123456789.123456789", #"{"D":"123456789.123456789"}"#),
        ("-12345678901234567.50", #"{"D":"-12345678901234567.5"}"#),
        ("12345678901234567890.123e-3", #"{"D":"12345678901234567.890123"}"#),
        ("1.2345678901234567890123456789", #"{"D":"1.2345678901234567890123456789"}"#),
        ("9.2345678901234567890123456789", #"{"D":"9.234567890123456"}"#),
        ("0.30000000000000004", #"{"D":"0.30000000000000004"}"#),
        ("0.1000000000000000000000", #"{"D":"0.1"}"#),
        ("0.1000000000000000055511151231257827", #"{"D":"0.1"}"#),
        ("1234567890123456789e20", #"{"F":"123456789012345680000000000000000000000.0"}"#),
        ("3.141592653589793238462643383279", #"{"D":"3.141592653589793"}"#),
        ("1e-10", #"{"D":"0.0000000001"}"#),
        ("1e-28", #"{"D":"0.0000000000000000000000000001"}"#),
        ("1e-30", #"{"F":"0.000000000000000000000000000001"}"#),
        ("0.00001", #"{"D":"0.00001"}"#), ("1.2345e17", #"{"D":"123450000000000000"}"#),
        (#"[1,"a",null]"#, #"{"A":[{"U":"1"},{"S":"a"},{"N":0}]}"#),
        (#"{"b":1,"a":{"N":0}}"#, #"{"M":{"b":{"U":"1"},"a":{"M":{"N":{"U":"0"}}}}}"#),
        (#"{"a":1,"a":2}"#, #"{"M":{"a":{"U":"2"}}}"#),
    ])
    func `becomes a value`(text: String, tagged: String) throws {
        #expect(try plain(text).taggedText == tagged)
    }

    @Test func `a number beyond every double is refused`() {
        #expect(throws: ValueJSONError.numberOutOfRange) { try plain("1e400") }
    }

    @Test func `fractions can be asked for as doubles`() throws {
        let tree = try JSONValue.parse(#"{"a":1,"b":-1,"c":1.5,"g":1e300}"#)
        guard case .map(let map) = try ValueJSON.plain(tree, fractions: .double) else {
            Issue.record("not a map")
            return
        }
        #expect(map["a"] == .u64(1))
        #expect(map["b"] == .i64(-1))
        #expect(map["c"] == .f64(1.5))
        #expect(map["g"] == .f64(1e300))
    }

    /// Spec values.md 6.2, but that no digit is lost.
    @Test(arguments: [
        (#"{"N":0}"#, "null"), (#"{"B":true}"#, "true"), (#"{"S":"a\"b"}"#, #""a\"b""#), (#"{"U":"5"}"#, "5"),
        (#"{"I":"-5"}"#, "-5"), (#"{"D":"1.0"}"#, "1"), (#"{"D":"-3"}"#, "-3"),
        (#"{"D":"15966.2"}"#, "15966.2"),
        (#"{"D":"79228162514264337593543950335"}"#, "79228162514264337593543950335"),
        (#"{"D":"3.1415926535897932384626433833"}"#, "3.1415926535897932384626433833"),
        (#"{"D":"-123456789.123456789"}"#, "-123456789.123456789"), (#"{"D":"0.10"}"#, "0.1"),
        (#"{"U1":"5"}"#, "5"),
        (#"{"I1":"-5"}"#, "-5"),
        (#"{"U1":"340282366920938463463374607431768211455"}"#, "340282366920938463463374607431768211455"),
        (#"{"I1":"18446744073709551615"}"#, "18446744073709551615"), (#"{"F":"1.0"}"#, "1.0"),
        (#"{"F":"NaN"}"#, "null"),
        (#"{"F":"inf"}"#, "null"), (#"{"BY":"aGk="}"#, "[104,105]"),
        (
            #"{"B3":"11111111111111111111111111111111"}"#,
            "[" + Array(repeating: "0", count: 32).joined(separator: ",") + "]"
        ),
        (#"{"A":[{"U":"1"},{"M":{"b":{"N":0},"a":{"S":"x"}}}]}"#, #"[1,{"b":null,"a":"x"}]"#),
    ])
    func `comes from a value`(tagged: String, text: String) throws {
        #expect(try ValueJSON.plain(from: value(tagged)).text == text)
    }

    /// Spec values.md 7.
    @Test(arguments: [
        (#"{"U":"1000"}"#, #"{"U":"1000"}"#, true), ("1000", #"{"U":"1000"}"#, false),
        (#""hello""#, #"{"S":"hello"}"#, false), (#"{"S":"hello"}"#, #"{"S":"hello"}"#, true),
        (#"{"S":1}"#, #"{"M":{"S":{"U":"1"}}}"#, false), (#"{"U":5}"#, #"{"M":{"U":{"U":"5"}}}"#, false),
        (#"{"N":0}"#, #"{"N":0}"#, true), (#"{"N":1}"#, #"{"M":{"N":{"U":"1"}}}"#, false),
        (#"{"key":"value"}"#, #"{"M":{"key":{"S":"value"}}}"#, false),
        (#"{"A":[1,2]}"#, #"{"M":{"A":{"A":[{"U":"1"},{"U":"2"}]}}}"#, false),
        (#"{"M":{"x":{"S":"y"}}}"#, #"{"M":{"x":{"S":"y"}}}"#, true), (#""S""#, #"{"S":"S"}"#, false),
        (#"{"U":"x"}"#, #"{"M":{"U":{"S":"x"}}}"#, false), ("{}", #"{"M":{}}"#, false),
    ])
    func `configuration is tagged as a whole or plain`(text: String, tagged: String, isTagged: Bool) throws {
        let entry = try ValueJSON.taggedOrPlain(JSONValue.parse(text))
        #expect(entry.value.taggedText == tagged)
        #expect(entry.isTagged == isTagged)
    }

    /// Spec http-and-websocket 2.3.
    @Test(arguments: [
        ("1000", #"{"U":"1000"}"#), ("-1", #"{"I":"-1"}"#), ("1.5", #"{"D":"1.5"}"#), ("null", #"{"N":0}"#),
        ("18446744073709551616", #"{"U1":"18446744073709551616"}"#),
        ("-9223372036854775809", #"{"I1":"-9223372036854775809"}"#),
        (#"{"U":"1000"}"#, #"{"U":"1000"}"#), (#"{"S":1}"#, #"{"M":{"S":{"U":"1"}}}"#),
        (#"{"U":5}"#, #"{"M":{"U":{"U":"5"}}}"#),
        (#"{"N":1}"#, #"{"M":{"N":{"U":"1"}}}"#), (#"{"N":0}"#, #"{"N":0}"#),
        (#"{"A":[1,{"U":"2"},{"S":"x"}]}"#, #"{"A":[{"U":"1"},{"U":"2"},{"S":"x"}]}"#),
        (#"[1,{"U":"2"}]"#, #"{"A":[{"U":"1"},{"U":"2"}]}"#),
        (#"{"M":{"x":1,"y":{"B":true}}}"#, #"{"M":{"x":{"U":"1"},"y":{"B":true}}}"#),
        (#"{"x":1,"y":{"B":true}}"#, #"{"M":{"x":{"U":"1"},"y":{"B":true}}}"#),
        (#"{"S":"a","U":"1"}"#, #"{"M":{"S":{"S":"a"},"U":{"S":"1"}}}"#), ("{}", #"{"M":{}}"#),
    ])
    func `inputs of requests are tagged or plain object by object`(text: String, tagged: String) throws {
        #expect(try ValueJSON.input(JSONValue.parse(text)).taggedText == tagged)
    }

    @Test(arguments: [
        (#"{"U":"x"}"#, "invalid number: x"), (#"{"B3":"0"}"#, "invalid base58"),
        (#"[{"D":"abc"}]"#, "invalid number: abc"),
        (#"{"BY":"!"}"#, "invalid base64"),
    ])
    func `an input that is tagged must be right`(text: String, message: String) {
        let error = #expect(throws: ValueJSONError.self) { try ValueJSON.input(JSONValue.parse(text)) }
        #expect(error?.description == message)
    }

    @Test func `bytes become texts where numbers are of no use`() throws {
        let value = Value.array([
            .b32(try #require(Bytes32(Array(repeating: 0, count: 32)))),
            .map(["a": .b64(try #require(Bytes64(Array(repeating: 0, count: 64))))]), .bytes([1, 2]), .u64(1),
        ])
        let ones = String(repeating: "1", count: 32)
        #expect(
            ValueJSON.plain(from: value, bytes: .text).text
                == #"["\#(ones)",{"a":"\#(ones)\#(ones)"},"AQI=",1]"#)
    }
}
