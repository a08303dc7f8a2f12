import Engine
import Testing
import Values

@Suite struct `The nodes for texts` {
    @Test(arguments: [
        (
            "chunk_string", #"{"string":{"S":"aäb漢c"},"chunk_size":{"U":"2"}}"#,
            #"{"chunks":{"A":[{"S":"aä"},{"S":"b漢"},{"S":"c"}]}}"#
        ),
        ("chunk_string", #"{"string":{"S":""},"chunk_size":{"U":"2"}}"#, #"{"chunks":{"A":[]}}"#),
        (
            "chunk_string", #"{"string":{"S":"aäb"},"chunk_size":{"D":"2"},"unit":{"S":"bytes"}}"#,
            #"{"chunks":{"A":[{"S":"a"},{"S":"ä"},{"S":"b"}]}}"#
        ),
        (
            "chunk_string", #"{"string":{"S":"abc"},"chunk_size":{"U":"3"},"unit":{"S":"bytes"}}"#,
            #"{"chunks":{"A":[{"S":"abc"}]}}"#
        ),
        (
            "chunk_string", #"{"string":{"S":"漢"},"chunk_size":{"U":"2"},"unit":{"S":"bytes"}}"#,
            "failed: chunk_size is too small to contain a single UTF-8 character"
        ),
        (
            "chunk_string", #"{"string":{"S":"a"},"chunk_size":{"U":"0"}}"#,
            "failed: chunk_size must be greater than 0"
        ),
        (
            "chunk_string", #"{"string":{"S":"a"},"chunk_size":{"U":"1"},"unit":{"S":"words"}}"#,
            "failed: unknown variant `words`, expected `characters` or `bytes`"
        ),
        (
            "chunk_string", #"{"string":{"S":"a"},"chunk_size":{"U":"4294967296"}}"#,
            "failed: invalid value: integer `4294967296`, expected u32"
        ),
        (
            "string_split", #"{"string":{"S":"a,b,,c"}}"#,
            #"{"result":{"A":[{"S":"a"},{"S":"b"},{"S":""},{"S":"c"}]}}"#
        ),
        ("string_split", #"{"string":{"S":""}}"#, #"{"result":{"A":[{"S":""}]}}"#),
        (
            "string_split", #"{"string":{"S":"a--b-c"},"separator":{"S":"--"}}"#,
            #"{"result":{"A":[{"S":"a"},{"S":"b-c"}]}}"#
        ),
        (
            "string_split", #"{"string":{"S":"äb"},"separator":{"S":""}}"#,
            #"{"result":{"A":[{"S":"ä"},{"S":"b"}]}}"#
        ),
        (
            "string_split", #"{"string":{"S":"a,b"},"separator":{"N":0}}"#,
            #"{"result":{"A":[{"S":"a"},{"S":"b"}]}}"#
        ),
        (
            "string_join",
            #"{"array":{"A":[{"S":"a"},{"U":"1"},{"N":0},{"B":true},{"D":"1.50"}]},"separator":{"S":"-"}}"#,
            #"{"result":{"S":"a-1--true-1.50"}}"#
        ),
        ("string_join", #"{"array":{"A":[]}}"#, #"{"result":{"S":""}}"#),
        ("string_join", #"{"array":{"A":[{"A":[]}]}}"#, "failed: cannot join Array([])"),
        (
            "string_replace", #"{"string":{"S":"a.b.c"},"search":{"S":"."},"replacement":{"S":"--"}}"#,
            #"{"result":{"S":"a--b--c"},"count":{"U":"2"}}"#
        ),
        (
            "string_replace", #"{"string":{"S":"aaa"},"search":{"S":"aa"}}"#,
            #"{"result":{"S":"a"},"count":{"U":"1"}}"#
        ),
        (
            "string_replace",
            #"{"string":{"S":"aa"},"search":{"S":"a"},"replacement":{"S":"b"},"all":{"B":false}}"#,
            #"{"result":{"S":"ba"},"count":{"U":"1"}}"#
        ),
        ("string_replace", #"{"string":{"S":"a"},"search":{"S":""}}"#, "failed: search must not be empty"),
        (
            "string_template",
            #"{"template":{"S":"Hi {{ name }}, {{order.items.1}} of {{order.items}}"},"values":{"M":{"name":{"S":"Ann"},"order":{"M":{"items":{"A":[{"U":"1"},{"D":"2.50"}]}}}}}}"#,
            #"{"result":{"S":"Hi Ann, 2.50 of [1,2.5]"}}"#
        ),
        (
            "string_template",
            #"{"template":{"S":"\\{{a}} {b} }}{{a}}"},"values":{"M":{"a":{"S":"{{a}}"}}}}"#,
            #"{"result":{"S":"{{a}} {b} }}{{a}}"}}"#
        ),
        (
            "string_template", #"{"template":{"S":"-{{a}}-"}}"#,
            "failed: template: there is no value for {{a}}"
        ),
        ("string_template", #"{"template":{"S":"-{{a}}-"},"strict":{"B":false}}"#, #"{"result":{"S":"--"}}"#),
        ("string_template", #"{"template":{"S":"{{a"}}"#, "failed: template: a {{ without its }}"),
        ("string_template", #"{"template":{"S":"{{a} }"}}"#, "failed: template: a {{ without its }}"),
        ("string_template", #"{"template":{"S":"{{ }}"}}"#, "failed: template: {{ }} without a name"),
        ("string_template", #"{"template":{"S":"{{"}}"#, "failed: template: a {{ without its }}"),
        (
            "string_case", #"{"string":{"S":"Straße Äb"},"case":{"S":"upper"}}"#,
            #"{"result":{"S":"STRASSE ÄB"}}"#
        ),
        ("string_case", #"{"string":{"S":"ÄB"}}"#, #"{"result":{"S":"äb"}}"#),
        (
            "string_case", #"{"string":{"S":"ΟΔΟΣ ΣΑΣ ΣΑ. Α'Σ' ΑΣ\u00adΑ Σ"}}"#,
            #"{"result":{"S":"οδος σας σα. α'ς' ασ\#u{AD}α σ"}}"#
        ),
        ("string_case", #"{"string":{"S":"İSTANBUL"}}"#, #"{"result":{"S":"i\#u{307}stanbul"}}"#),
        ("string_case", #"{"string":{"S":"ﬁ ŉ"},"case":{"S":"upper"}}"#, #"{"result":{"S":"FI ʼN"}}"#),
        (
            "string_case",
            #"{"string":{"S":"don't PANIC, jean-luc! ǆ ﬁx 3rd ΟΔΟΣ ßa"},"case":{"S":"title"}}"#,
            #"{"result":{"S":"Don't Panic, Jean-Luc! ǅ Fix 3rd Οδος Ssa"}}"#
        ),
        (
            "string_case", #"{"string":{"S":"a"},"case":{"S":"snake"}}"#,
            "failed: unknown variant `snake`, expected one of `upper`, `lower`, `title`"
        ),
        ("string_trim", #"{"string":{"S":" \t a b\u00a0\n"}}"#, #"{"result":{"S":"a b"}}"#),
        ("string_trim", #"{"string":{"S":" a "},"side":{"S":"start"}}"#, #"{"result":{"S":"a "}}"#),
        ("string_trim", #"{"string":{"S":" a "},"side":{"S":"end"}}"#, #"{"result":{"S":" a"}}"#),
        ("string_trim", #"{"string":{"S":"  "}}"#, #"{"result":{"S":""}}"#),
        (
            "regex_match", #"{"string":{"S":"on 2026-11-21"},"pattern":{"S":"(?<y>\\d{4})-(\\d\\d)|(x)"}}"#,
            #"{"matched":{"B":true},"match":{"S":"2026-11"},"groups":{"A":[{"S":"2026"},{"S":"11"},{"N":0}]},"named":{"M":{"y":{"S":"2026"}}},"matches":{"A":[{"S":"2026-11"}]}}"#
        ),
        (
            "regex_match", #"{"string":{"S":"aXa"},"pattern":{"S":"x(?<n>.)"}}"#,
            #"{"matched":{"B":false},"match":{"N":0},"groups":{"A":[]},"named":{"M":{"n":{"N":0}}},"matches":{"A":[]}}"#
        ),
        (
            "regex_match", #"{"string":{"S":"a1b22"},"pattern":{"S":"\\d+"},"all":{"B":true}}"#,
            #"{"matched":{"B":true},"match":{"S":"1"},"groups":{"A":[]},"named":{"M":{}},"matches":{"A":[{"S":"1"},{"S":"22"}]}}"#
        ),
        ("regex_match", #"{"string":{"S":"a"},"pattern":{"S":"("}}"#, "failed: pattern: a ( without its )"),
        (
            "regex_replace",
            #"{"string":{"S":"a1b22"},"pattern":{"S":"(?<n>\\d)(\\d)?"},"replacement":{"S":"<$2$1${n}$$>"}}"#,
            #"{"result":{"S":"a<11$>b<222$>"},"count":{"U":"2"}}"#
        ),
        (
            "regex_replace",
            #"{"string":{"S":"aab"},"pattern":{"S":"A"},"replacement":{"S":"$0$0"},"ignore_case":{"B":true},"all":{"B":false}}"#,
            #"{"result":{"S":"aaab"},"count":{"U":"1"}}"#
        ),
        (
            "regex_replace", #"{"string":{"S":"ab"},"pattern":{"S":""},"replacement":{"S":"-"}}"#,
            #"{"result":{"S":"-a-b-"},"count":{"U":"3"}}"#
        ),
        (
            "regex_replace", #"{"string":{"S":"a"},"pattern":{"S":"a"},"replacement":{"S":"$1"}}"#,
            "failed: replacement: a $ that names no group; $$ stands for $ itself"
        ),
        (
            "regex_replace", #"{"string":{"S":"a"},"pattern":{"S":"a"},"replacement":{"S":"${a"}}"#,
            "failed: replacement: a ${ without its }"
        ),
    ])
    func `give`(kind: String, inputs: String, result: String) throws {
        #expect(try NodeBench(kind).result(inputs) == result)
    }

    @Test func `do not blow texts up`() throws {
        let many = String(repeating: "a", count: 10_000)
        for inputs in [
            #"{"string":{"S":"\#(many)"},"search":{"S":"a"},"replacement":{"S":"\#(many)"}}"#,
            #"{"string":{"S":"\#(many)"},"pattern":{"S":"a"},"replacement":{"S":"\#(many)"}}"#,
            #"{"template":{"S":"\#(String(repeating: "{{a}}", count: 1_000))"},"values":{"M":{"a":{"S":"\#(many)"}}}}"#,
            #"{"array":{"A":[\#(String(repeating: #"{"S":""},"#, count: 1_000)){"S":""}]},"separator":{"S":"\#(many)"}}"#,
        ] {
            let kind =
                inputs.contains("search")
                ? "string_replace"
                : inputs.contains("pattern")
                    ? "regex_replace"
                    : inputs.contains("template") ? "string_template" : "string_join"
            #expect(
                try NodeBench(kind).result(inputs) == "failed: the result would be larger than 8388608 bytes",
                "\(kind)")
        }
    }

    @Test(arguments: ["string_split", "string_replace", "chunk_string"])
    func `stop when nobody wants the result any more`(kind: String) throws {
        let node = try NodeBench(kind).node
        let cancellation = NodeCancellation()
        cancellation.cancel()
        let inputs = node.defaults.setting("string", to: .string(String(repeating: ",", count: 100_000)))
            .setting("search", to: .string(",")).setting("chunk_size", to: .u64(1))
        #expect(KindTrial(node, inputs, cancellation: cancellation).text == "canceled")
    }

    @Test func `replace only a text that is one byte for byte`() throws {
        let inputs =
            "{\"string\":{\"S\":\"e\\u0301é\"},\"search\":{\"S\":\"é\"},\"replacement\":{\"S\":\"x\"}}"
        #expect(
            try NodeBench("string_replace").result(inputs)
                == "{\"result\":{\"S\":\"e\u{301}x\"},\"count\":{\"U\":\"1\"}}")
    }
}
