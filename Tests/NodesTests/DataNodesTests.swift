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
        (#"{"a":{"U":"1"},"b":{"U":"1"}}"#, #"{"result":{"D":"2"}}"#),
        (
            #"{"a":{"U":"1"},"b":{"U":"1"},"operator":{"N":0}}"#,
            "failed: invalid type: unit value, expected a string"
        ),
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
}
