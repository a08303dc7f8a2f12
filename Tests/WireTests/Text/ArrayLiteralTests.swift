import Testing
import Wire

@Suite struct `An array as a database writes it` {
    @Test(
        arguments: [
            ("{}", []), ("{ }", []), ("{a,b c,5}", ["a", "b c", "5"]), ("{ a , b }", ["a", "b"]),
            (#"{"a","b,c","d\"e\\f","{g}",""}"#, ["a", "b,c", #"d"e\f"#, "{g}", ""]),
            (#"{ "a " , "b"}"#, ["a ", "b"]),
            ("{NULL,null,Null}", [nil, nil, nil]), (#"{"NULL",\NULL}"#, ["NULL", "NULL"]),
            (#"{a\,b,c\ ,\{d\}}"#, ["a,b", "c ", "{d}"]), ("{é,x→y}", ["é", "x→y"]),
        ] as [(String, [String?])])
    func `is read`(text: String, elements: [String?]) throws {
        #expect(try ArrayLiteral.elements(of: text, max: 100) == elements)
    }

    @Test(arguments: [
        "", "{", "}", "a", "{a", "a}", "{a,}", "{,a}", "{a,,b}", "{{a}}", "{a{}", #"{"a"b}"#, #"{a"b"}"#,
        #"{"a}"#, #"{a\}"#,
        #"{"a\}"#, "[1]",
    ])
    func `is refused otherwise`(text: String) {
        #expect(throws: ArrayLiteral.Failure.malformed) { try ArrayLiteral.elements(of: text, max: 100) }
    }

    @Test func `is bounded`() throws {
        #expect(try ArrayLiteral.elements(of: "{a,b}", max: 2).count == 2)
        #expect(throws: ArrayLiteral.Failure.tooLong) { try ArrayLiteral.elements(of: "{a,b,c}", max: 2) }
    }
}
