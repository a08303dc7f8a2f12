import Primitives
import TestKit
import Testing

@testable import Wire

@Suite struct `JSON reader` {
    private func failure(_ text: String) -> String? {
        do {
            _ = try JSONValue.parse(text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("  ", "EOF while parsing a value at line 1 column 2"),
        ("hello", "expected value at line 1 column 1"),
        ("\n\n x", "expected value at line 3 column 2"),
        (#"{"S":"a"}x"#, "trailing characters at line 1 column 10"),
        ("nul", "EOF while parsing a value at line 1 column 3"),
        ("\u{FEFF}", "EOF while parsing a value at line 1 column 0"),
        ("\u{FEFF}nul", "EOF while parsing a value at line 1 column 3"),
        ("\u{FEFF}\u{FEFF}1", "expected value at line 1 column 1"),
        (" \u{FEFF}1", "expected value at line 1 column 2"),
        ("\u{FEFF}\n x", "expected value at line 2 column 2"),
        ("nulx", "expected ident at line 1 column 4"),
        ("[1,]", "trailing comma at line 1 column 4"),
        (#"{"a":1,}"#, "trailing comma at line 1 column 8"),
        ("[1 2]", "expected `,` or `]` at line 1 column 4"),
        ("[", "EOF while parsing a list at line 1 column 1"),
        ("[1,", "EOF while parsing a value at line 1 column 3"),
        ("[}", "expected value at line 1 column 2"),
        ("{", "EOF while parsing an object at line 1 column 1"),
        ("{1:2}", "key must be a string at line 1 column 2"),
        (#"{"a" 1}"#, "expected `:` at line 1 column 6"),
        (#"{"a":1 "b":2}"#, "expected `,` or `}` at line 1 column 8"),
        (#"{"a":"#, "EOF while parsing a value at line 1 column 5"),
        (#""abc"#, "EOF while parsing a string at line 1 column 4"),
        ("\"a\tb\"", "control character found while parsing a string at line 1 column 3"),
        (#""\x""#, "invalid escape at line 1 column 3"),
        (#""\u12g4""#, "invalid escape at line 1 column 6"),
        (#""\ud800""#, "lone surrogate in hex escape at line 1 column 8"),
        (#""\ud800\n""#, "lone surrogate in hex escape at line 1 column 9"),
        (#""\ud800\u0041""#, "lone surrogate in hex escape at line 1 column 13"),
        (#""\udc00""#, "lone surrogate in hex escape at line 1 column 7"),
        ("01", "invalid number at line 1 column 2"),
        ("-", "EOF while parsing a value at line 1 column 1"),
        ("-x", "invalid number at line 1 column 2"),
        ("1.", "EOF while parsing a value at line 1 column 2"),
        ("1.e", "invalid number at line 1 column 3"),
        ("1e+", "EOF while parsing a value at line 1 column 3"),
        ("+1", "expected value at line 1 column 1"),
        (".5", "expected value at line 1 column 1"),
    ])
    func `says what is wrong and where`(text: String, message: String) {
        #expect(failure(text) == message)
    }

    /// RFC 8259 section 8.1 lets a reader ignore the mark.
    @Test func `passes over one byte order mark in front`() throws {
        #expect(try JSONValue.parse("\u{FEFF}[1]") == [1])
        var reader = JSONReader(Array("\u{FEFF} 1 ".utf8)[...])
        #expect(try reader.readNumber().literal == "1")
        try reader.finish()
    }

    @Test func `counts columns from the last line feed`() {
        #expect(failure("{\n  \"a\": 1,\n  b\n}") == "key must be a string at line 3 column 3")
    }

    @Test(arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
        [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC3, 0x5C, 0x6E, 0x22],
    ])
    func `refuses strings that are not UTF-8`(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue.parse(bytes) }
        var reader = JSONReader(bytes)
        #expect(throws: JSONError.self) { try reader.skipValue() }
    }

    @Test func `reads every kind of escape`() throws {
        let value = try JSONValue.parse(#""a\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\uDE00z""#)
        #expect(value.string == "a\"\\/\u{8}\u{C}\n\r\té€😀z")
    }

    @Test func `takes nesting up to the limit and not beyond`() throws {
        let deepest =
            String(repeating: "[", count: Limits.jsonDepthMax)
            + String(repeating: "]", count: Limits.jsonDepthMax)
        _ = try JSONValue.parse(deepest)
        #expect(
            failure("[" + deepest + "]")
                == "recursion limit exceeded at line 1 column \(Limits.jsonDepthMax + 1)")
        var reader = JSONReader(Array(deepest.utf8))
        try reader.skipValue()
        try reader.finish()
    }

    @Test func `a million opening brackets are refused without harm`() {
        let brackets = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONError.self) { try JSONValue.parse(brackets) }
    }

    @Test func `one bit for each level of nesting is enough`() {
        #expect(Limits.jsonDepthMax <= UInt128.bitWidth)
    }

    @Test func `pulls the members of an object one by one`() throws {
        var reader = JSONReader(
            Array(#" {"id": 7, "skip": [1, {"x": [true]}, "y"], "": "z", "id": -8} "#.utf8))
        var seen: [String] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "id": seen.append(try reader.readNumber().literal)
            case "": seen.append(try reader.readString())
            default: try reader.skipValue()
            }
        }
        try reader.finish()
        #expect(seen == ["7", "z", "-8"])
    }

    @Test func `a copy of the reader is a bookmark`() throws {
        var reader = JSONReader(Array(#"[{"a": [1, 2]}, 3]"#.utf8))
        try reader.beginArray()
        #expect(try reader.nextElement())
        var bookmark = reader
        try reader.skipValue()
        #expect(try reader.nextElement())
        #expect(try reader.readNumber().literal == "3")
        #expect(try bookmark.readValue() == ["a": [1, 2]])
    }

    @Test func `reads a text inside other bytes`() throws {
        let frame = Array(#"xx{"a":1}yy"#.utf8)
        var reader = JSONReader(frame[2..<9])
        #expect(try reader.readValue() == ["a": 1])
        try reader.finish()
    }

    @Test(arguments: [
        (#"{"a":"7"}"#, #"invalid type: string "7", expected a number at line 1 column 8"#),
        (#"{"a":"q\"\n"}"#, #"invalid type: string "q\"\n", expected a number at line 1 column 12"#),
        (#"{"a":null}"#, "invalid type: null, expected a number at line 1 column 9"),
        (#"{"a":true}"#, "invalid type: boolean `true`, expected a number at line 1 column 9"),
        (#"{"a":{}}"#, "invalid type: map, expected a number at line 1 column 5"),
        (#"{"a":[]}"#, "invalid type: sequence, expected a number at line 1 column 5"),
        (#"{"a":nul}"#, "expected ident at line 1 column 9"),
    ])
    func `a value of another type is named`(text: String, message: String) throws {
        var reader = JSONReader(Array(text.utf8))
        try reader.beginObject()
        _ = try reader.nextKey()
        #expect { try reader.readNumber() } throws: { ($0 as? JSONError)?.description == message }
    }

    @Test(arguments: [
        ("1", "invalid type: integer `1`, expected a string at line 1 column 1"),
        ("3.14", "invalid type: floating point `3.14`, expected a string at line 1 column 4"),
    ])
    func `a number in place of a string is named by its kind`(text: String, message: String) {
        var reader = JSONReader(Array(text.utf8))
        #expect { try reader.readString() } throws: { ($0 as? JSONError)?.description == message }
    }

    @Test func `an error quotes only the beginning of a long text`() {
        let error = JSONError.unexpected(
            .string(String(repeating: "é", count: 100_000)), expected: "a number")
        #expect(error.description.utf8.count < Limits.quotedInputBytesMax + 64)
    }

    @Test func `errors about shape are worded like the ones clients know`() throws {
        var reader = JSONReader(Array("{}".utf8))
        try reader.skipValue()
        #expect(
            JSONError(.missingField("id"), at: reader.position).description
                == "missing field `id` at line 1 column 2")
        #expect(
            JSONError(.unknownVariant("Nope", expected: ["A", "B"])).description
                == "unknown variant `Nope`, expected one of `A`, `B`")
    }

    private let samples = [
        #"{"id":7,"method":"Start","params":{"a":[1,-2.5e-3,true,false,null],"":"\u00e9\ud83d\ude00\n"}}"#,
        #"[[[]],{"a":{"a":{}}},"text é😀 \\ \"",0.1E+9,18446744073709551616]"#,
    ].map { Array($0.utf8) }

    @Test func `every beginning of a text is refused`() throws {
        for sample in samples {
            _ = try JSONValue.parse(sample)
            for count in 0..<sample.count {
                #expect(throws: JSONError.self) { try JSONValue.parse(Array(sample.prefix(count))) }
            }
        }
    }

    @Test func `damaged texts are refused, or read like any other`() throws {
        var generator = SeededGenerator(seed: 13)
        var refusals = 0
        for round in 0..<10_000 {
            let text = Damage.done(to: samples[round % 2], from: samples, using: &generator)
            let value = Result { () throws(JSONError) in try JSONValue.parse(text) }
            let skipped = Result { () throws(JSONError) in
                var reader = JSONReader(text)
                try reader.skipValue()
                try reader.finish()
            }
            switch (value, skipped) {
            case (.success(let value), .success):
                #expect(try JSONValue.parse(value.encoded) == value, "round \(round)")
            case (.failure(let fault), .failure(let same)):
                refusals += 1
                #expect(fault == same, "round \(round)")
            default: Issue.record("Skipping must be as strict as reading, round \(round).")
            }
        }
        #expect(refusals > 1_000 && refusals < 10_000)
    }
}
