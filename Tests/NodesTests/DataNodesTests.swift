import Testing

@Suite struct `The nodes that compute` {
    /// Spec nodes 2.4; the numbers themselves are tested with the decimals.
    @Test(arguments: [
        ("2", "+", "0.5", "2.5"), ("2", "-", "0.5", "1.5"), ("2", "*", "10", "20"), ("1", "/", "4", "0.25"),
        ("-7", "%", "3", "-1"), ("2", "^", "10", "1024"), ("4", "^", "0.5", "2"),
        ("2", " + ", "0.5", "2.5"),
    ])
    func `math calculates with decimals`(left: String, sign: String, right: String, result: String) throws {
        let inputs = #"{"a":{"D":"\#(left)"},"b":{"D":"\#(right)"},"operator":{"S":"\#(sign)"}}"#
        #expect(try NodeBench("math").result(inputs) == #"{"result":{"D":"\#(result)"}}"#)
    }

    private static let greatest = "79228162514264337593543950335"

    @Test(arguments: [
        (greatest, "+", "1", "addition overflow"), ("-" + greatest, "-", "1", "subtraction overflow"),
        (greatest, "*", "2", "multiplication overflow"),
        (greatest, "/", "0.1", "division overflow"), ("1", "/", "0", "division by zero"),
        ("1", "%", "0.0", "modulo by zero"), ("10", "^", "29", "power overflow"),
        ("0", "^", "-1", "division by zero"), ("-2", "^", "0.5", "a negative number has only whole powers"),
        ("1", "**", "1", "unknown operator '**', expected +, -, *, /, %, ^"),
        ("1", "", "1", "unknown operator '', expected +, -, *, /, %, ^"),
        ("1", "+ +", "1", "unknown operator '+ +', expected +, -, *, /, %, ^"),
    ])
    func `math fails without stopping anything`(left: String, sign: String, right: String, message: String)
        throws
    {
        let inputs = #"{"a":{"D":"\#(left)"},"b":{"D":"\#(right)"},"operator":{"S":"\#(sign)"}}"#
        #expect(try NodeBench("math").result(inputs) == "failed: " + message)
    }

    @Test(arguments: [
        (#"{"a":{"U":"1"},"b":{"F":"0.1"},"operator":{"S":"+"}}"#, #"{"result":{"D":"1.1"}}"#),
        (#"{"a":{"I":"-1"},"b":{"S":" 1e2 "},"operator":{"S":"*"}}"#, #"{"result":{"D":"-100"}}"#),
        (
            #"{"a":{"S":"x"},"b":{"U":"1"},"operator":{"S":"+"}}"#,
            "failed: Invalid decimal: unknown character"
        ),
        (
            #"{"a":{"N":0},"b":{"U":"1"},"operator":{"S":"+"}}"#,
            "failed: invalid type: unit value, expected decimal"
        ),
        (#"{"b":{"U":"1"},"operator":{"S":"+"}}"#, "failed: missing field `a`"),
        (#"{"a":{"U":"1"},"operator":{"S":"+"}}"#, "failed: missing field `b`"),
        (#"{"a":{"U":"1"},"b":{"U":"1"}}"#, "failed: missing field `operator`"),
        (
            #"{"a":{"U":"1"},"b":{"U":"1"},"operator":{"U":"1"}}"#,
            "failed: invalid type: integer `1`, expected a string"
        ),
    ])
    func `math reads numbers of every kind`(inputs: String, result: String) throws {
        #expect(try NodeBench("math").result(inputs) == result)
    }

    @Test(arguments: [
        (#"{"N":0}"#, ""), (#"{"B":true}"#, "true"), (#"{"B":false}"#, "false"), (#"{"S":"a\"b"}"#, #"a\"b"#),
        (#"{"U":"5"}"#, "5"), (#"{"I":"-5"}"#, "-5"),
        (#"{"U1":"340282366920938463463374607431768211455"}"#, "340282366920938463463374607431768211455"),
        (#"{"I1":"-5"}"#, "-5"), (#"{"D":"2.50"}"#, "2.50"), (#"{"F":"1.0"}"#, "1"),
        (#"{"F":"0.1"}"#, "0.1"), (#"{"F":"1e21"}"#, "1000000000000000000000"),
        (#"{"F":"1e-7"}"#, "0.0000001"), (#"{"F":"NaN"}"#, "NaN"), (#"{"F":"inf"}"#, "inf"),
        (#"{"F":"-inf"}"#, "-inf"), (#"{"F":"-0"}"#, "-0"),
        (
            #"{"B3":"1thX6LZfHDZZKUs92febYZhYRcXddmzfzF2NvTkPNE"}"#,
            "1thX6LZfHDZZKUs92febYZhYRcXddmzfzF2NvTkPNE"
        ),
        (#"{"BY":"aGk="}"#, #"{\n  \"BY\": \"aGk=\"\n}"#), (#"{"A":[]}"#, #"{\n  \"A\": []\n}"#),
        (
            #"{"A":[{"U":"1"},{"M":{}}]}"#,
            #"{\n  \"A\": [\n    {\n      \"U\": \"1\"\n    },\n    {\n      \"M\": {}\n    }\n  ]\n}"#
        ),
        (
            #"{"M":{"a{,:":{"S":"b\\\"}"}}}"#,
            #"{\n  \"M\": {\n    \"a{,:\": {\n      \"S\": \"b\\\\\\\"}\"\n    }\n  }\n}"#
        ),
    ])
    func `to_string writes scalars bare and the rest as indented tagged JSON`(value: String, text: String)
        throws
    {
        #expect(
            try NodeBench("to_string").result(#"{"stringify":\#(value)}"#) == #"{"result":{"S":"\#(text)"}}"#)
    }

    @Test func `to_string takes nothing for Null`() throws {
        #expect(try NodeBench("to_string").result() == #"{"result":{"S":""}}"#)
    }

    /// Spec nodes 2.4; the order of what is left is kept (values.md 15.8).
    @Test(arguments: [
        (
            #"{"M":{"a":{"U":"1"},"b":{"U":"2"},"c":{"U":"3"}}}"#, "/a",
            #"{"value":{"U":"1"},"trimmed_json":{"M":{"b":{"U":"2"},"c":{"U":"3"}}}}"#
        ),
        (#"{"M":{"a":{"U":"1"}}}"#, "a", #"{"value":{"U":"1"},"trimmed_json":{"M":{}}}"#),
        (#"{"M":{"a":{"U":"1"}}}"#, "x", #"{"value":{"N":0},"trimmed_json":{"M":{"a":{"U":"1"}}}}"#),
        (#"{"A":[{"S":"x"},{"S":"y"}]}"#, "/1", #"{"value":{"S":"y"},"trimmed_json":{"A":[{"S":"x"}]}}"#),
        (#"{"A":[{"S":"x"}]}"#, "01", #"{"value":{"N":0},"trimmed_json":{"A":[{"S":"x"}]}}"#),
        (#"{"M":{"a":{"U":"1"}}}"#, "", #"{"value":{"M":{"a":{"U":"1"}}},"trimmed_json":{"N":0}}"#),
        (#"{"U":"5"}"#, "/~", #"{"value":{"U":"5"},"trimmed_json":{"N":0}}"#),
        (#"{"M":{}}"#, "~", "failed: invalid path"),
        (#"{"S":"not json"}"#, "/a", "failed: json_input is a string but not valid JSON"),
        (#"{"S":""}"#, "/a", "failed: json_input is a string but not valid JSON"),
        (
            #"{"S":"{\"a\":1.5,\"b\":-1,\"c\":1}"}"#, "/a",
            #"{"value":{"F":"1.5"},"trimmed_json":{"M":{"b":{"I":"-1"},"c":{"U":"1"}}}}"#
        ), (#"{"S":"7"}"#, "/a", #"{"value":{"U":"7"},"trimmed_json":{"N":0}}"#),
        (
            #"{"M":{"a":{"M":{"b":{"B3":"11111111111111111111111111111111"}}}}}"#, "a/b",
            #"{"value":{"B3":"11111111111111111111111111111111"},"trimmed_json":{"M":{"a":{"M":{}}}}}"#
        ),
        (#"{"N":0}"#, "a", #"{"value":{"N":0},"trimmed_json":{"N":0}}"#),
    ])
    func `json_extract takes out what stands at a path`(input: String, path: String, result: String) throws {
        let inputs = #"{"json_input":\#(input),"field_path":{"S":"\#(path)"}}"#
        #expect(try NodeBench("json_extract").result(inputs) == result)
    }

    @Test func `json_extract needs both inputs`() throws {
        #expect(
            try NodeBench("json_extract").result(#"{"field_path":{"S":"a"}}"#)
                == "failed: missing field `json_input`")
        #expect(
            try NodeBench("json_extract").result(#"{"json_input":{"M":{}}}"#)
                == "failed: missing field `field_path`")
        #expect(
            try NodeBench("json_extract").result(#"{"json_input":{"M":{}},"field_path":{"U":"1"}}"#)
                == "failed: invalid type: integer `1`, expected a string")
    }
}
