import Testing
import Wire

@Suite struct `JSON value` {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "-1", "1.0", "1.50", "1e3", "1E+3", "-2.5e-10",
        "18446744073709551616", "3.141592653589793238462643383279", #""""#, #""é😀""#,
        #""\u0000\u001f\b\t\n\f\r\"\\""#,
        "[]", "[[],[{}]]", "{}", #"{"":1,"b":{"N":0},"a":[null]}"#, #"{"a":1,"a":2}"#,
    ])
    func `writes back what it read, digit for digit`(text: String) throws {
        #expect(try JSONValue.parse(text).text == text)
    }

    @Test func `white space is left out and escapes are as few as possible`() throws {
        #expect(
            try JSONValue.parse(" [ 1 ,\n\t{ \"\\u0061\" : \"\\/\\u007f\" }\r] ").text
                == "[1,{\"a\":\"/\u{7f}\"}]")
    }

    @Test func `of members with the same name the last one answers`() throws {
        let value = try JSONValue.parse(#"{"a":1,"b":2,"a":3}"#)
        #expect(value["a"] == 3)
        #expect(value["c"] == nil)
        #expect(value.object?.entries.map(\.key) == ["a", "b", "a"])
    }

    @Test func `names are compared byte by byte`() throws {
        let value = try JSONValue.parse("{\"\u{212A}\":1}")
        #expect(value["K"] == nil)
    }

    @Test func `each accessor answers for its own kind only`() {
        let kinds: [JSONValue] = [.null, true, 1, "s", [1], ["a": 1]]
        #expect(kinds.map { $0.bool != nil } == [false, true, false, false, false, false])
        #expect(kinds.map { $0.number != nil } == [false, false, true, false, false, false])
        #expect(kinds.map { $0.string != nil } == [false, false, false, true, false, false])
        #expect(kinds.map { $0.array != nil } == [false, false, false, false, true, false])
        #expect(kinds.map { $0.object != nil } == [false, false, false, false, false, true])
    }
}

@Suite struct `JSON number` {
    @Test func `gives integers only when it is one and fits`() throws {
        #expect(try JSONValue.parse("9223372036854775807").number?.integer(Int64.self) == .max)
        #expect(try JSONValue.parse("9223372036854775808").number?.integer(Int64.self) == nil)
        #expect(try JSONValue.parse("-1").number?.integer(UInt64.self) == nil)
        #expect(JSONNumber(literal: "\u{FEFF}1") == nil)
        #expect(try JSONValue.parse("1.0").number?.integer(Int64.self) == nil)
        #expect(try JSONValue.parse("1e3").number?.isInteger == false)
        #expect(try JSONValue.parse("1e400").number?.double == .infinity)
        #expect(try JSONValue.parse("-0.1").number?.double == -0.1)
    }

    @Test(arguments: [
        (1.0, "1.0"), (-0.0, "-0.0"), (180, "180.0"), (1e15, "1000000000000000.0"), (1e16, "1e16"),
        (1.5e300, "1.5e300"), (0.0001, "0.0001"), (0.00001, "0.00001"), (-0.0000125, "-0.0000125"),
        (1e-6, "1e-6"), (.leastNormalMagnitude, "2.2250738585072014e-308"),
    ])
    func `writes doubles as short as they can be read back`(value: Double, text: String) {
        #expect(JSONNumber(value)?.literal == text)
        #expect(Double(text) == value)
    }

    @Test func `has no word for infinities`() {
        #expect(JSONNumber(Double.infinity) == nil)
        #expect(JSONNumber(Double.nan) == nil)
    }

    @Test(arguments: ["1", "-1.5e3"])
    func `takes a literal that is a number`(literal: String) {
        #expect(JSONNumber(literal: literal)?.literal == literal)
    }

    @Test(arguments: ["", " 1", "1 ", "01", "+1", "1_0", "NaN", "\"1\"", "1,2", "\n1"])
    func `refuses a literal that is not exactly one number`(literal: String) {
        #expect(JSONNumber(literal: literal) == nil)
    }
}

@Suite struct `JSON writer` {
    @Test func `puts the commas itself`() {
        var writer = JSONWriter(Array("x".utf8))
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.integer(1)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.bool(false)
        writer.endArray()
        writer.key("b\n")
        writer.string("é\u{1}")
        writer.key("c")
        writer.raw("{\"r\":1}".utf8)
        writer.key("d")
        writer.double(.nan)
        writer.key("e")
        writer.value(["f": 1.description.isEmpty ? 0 : 1])
        writer.endObject()
        #expect(
            String(decoding: writer.output, as: UTF8.self)
                == #"x{"a":[1,null,{},false],"b\n":"é\u0001","c":{"r":1},"d":null,"e":{"f":1}}"#)
    }
}

@Suite struct `Numbers that all programs read` {
    @Test(arguments: [
        ("0", true), ("-0.0", true), ("1e1099", true), ("1e1100", false), ("9.9E+1099", true),
        ("9.9E+1100", false),
        ("1e-1100", true), ("1e-1101", false), ("0.1e-1099", true), ("0.1e-1100", false), ("5e-324", true),
        ("1.7976931348623157e308", true), ("12e1098", true), ("12e1099", false), ("-1e999999", false),
        ("0e999999", false), ("1e99999999999999999999", false), ("1e-9223372036854775808", false),
        (String(repeating: "9", count: 1_100), true), (String(repeating: "9", count: 1_101), false),
        ("0." + String(repeating: "1", count: 1_100), true),
        ("0." + String(repeating: "1", count: 1_101), false),
    ])
    func `have some digits on each side of the point`(literal: String, isReadable: Bool) throws {
        #expect(try #require(JSONNumber(literal: literal)).isReadable == isReadable)
        #expect(try JSONValue.parse(#"[{"a":[\#(literal)]}]"#).hasReadableNumbers == isReadable)
    }
}
