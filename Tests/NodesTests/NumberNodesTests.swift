import Testing

@Suite struct `The nodes for numbers` {
    /// From -2.5 to 2.5, and a little above a half.
    @Test(arguments: [
        ("half_even", ["-2", "-2", "-1", "0", "0", "1", "2", "2"]),
        ("half_up", ["-3", "-2", "-1", "-1", "1", "1", "2", "3"]),
        ("up", ["-3", "-2", "-2", "-1", "1", "1", "2", "3"]),
        ("down", ["-2", "-1", "-1", "0", "0", "0", "1", "2"]),
        ("floor", ["-3", "-2", "-2", "-1", "0", "0", "1", "2"]),
        ("ceil", ["-2", "-1", "-1", "0", "1", "1", "2", "3"]),
    ])
    func `round every way`(mode: String, results: [String]) throws {
        let numbers = ["-2.5", "-1.6", "-1.1", "-0.5", "0.5", "0.51", "1.5", "2.5"]
        for (number, result) in zip(numbers, results) {
            let inputs = #"{"number":{"D":"\#(number)"},"mode":{"S":"\#(mode)"}}"#
            #expect(
                try NodeBench("number_round").result(inputs) == #"{"result":{"D":"\#(result)"}}"#, "\(number)"
            )
        }
    }

    @Test(arguments: [
        (#"{"D":"1.005"}"#, "2", #"{"D":"1.01"}"#), (#"{"D":"1.5"}"#, "3", #"{"D":"1.5"}"#),
        (#"{"F":"2.675"}"#, "2", #"{"D":"2.68"}"#), (#"{"S":" 1e-3 "}"#, "2", #"{"D":"0.00"}"#),
        (#"{"D":"1250.5"}"#, "-2", #"{"D":"1300"}"#), (#"{"U":"1250"}"#, "-2", #"{"U":"1300"}"#),
        (#"{"I":"-1249"}"#, "-2", #"{"I":"-1200"}"#),
        (#"{"U":"18446744073709551615"}"#, "0", #"{"U":"18446744073709551615"}"#),
        (#"{"U":"18446744073709551615"}"#, "-1", #"{"U1":"18446744073709551620"}"#),
        (#"{"I":"-9223372036854775808"}"#, "-1", #"{"I1":"-9223372036854775810"}"#),
        (
            #"{"I1":"-170141183460469231731687303715884105728"}"#, "5",
            #"{"I1":"-170141183460469231731687303715884105728"}"#
        ),
        (#"{"U":"4"}"#, "-1", #"{"U":"0"}"#), (#"{"U":"4"}"#, "-40", #"{"U":"0"}"#),
        (#"{"U":"4"}"#, "-2147483648", #"{"U":"0"}"#),
        (#"{"D":"79228162514264337593543950335"}"#, "2147483647", #"{"D":"79228162514264337593543950335"}"#),
    ])
    func `round exactly, at any place`(number: String, digits: String, result: String) throws {
        let inputs = #"{"number":\#(number),"digits":{"I":"\#(digits)"}}"#
        #expect(try NodeBench("number_round").result(inputs) == #"{"result":\#(result)}"#)
    }

    @Test(arguments: [
        (
            "number_round", #"{"number":{"U":"1"},"digits":{"I":"-40"},"mode":{"S":"up"}}"#,
            "the result is too large"
        ),
        (
            "number_round",
            #"{"number":{"U1":"340282366920938463463374607431768211455"},"digits":{"I":"-1"}}"#,
            "the result is too large"
        ),
        (
            "number_round", #"{"number":{"D":"79228162514264337593543950335"},"digits":{"I":"-1"}}"#,
            "the result is too large"
        ),
        (
            "number_round", #"{"number":{"U":"1"},"mode":{"S":"half"}}"#,
            "unknown variant `half`, expected one of `half_even`, `half_up`, `up`, `down`, `floor`, `ceil`"
        ),
        ("number_abs", #"{"number":{"B":true}}"#, "invalid type: boolean `true`, expected decimal"),
        ("number_floor", "{}", "missing field `number`"),
        ("number_ceil", #"{"number":{"F":"NaN"}}"#, "Error while converting to Decimal"),
        ("number_min", "{}", "there is no number: a, b and array are empty"),
        ("number_max", #"{"array":{"A":[{"N":0}]}}"#, "there is no number: a, b and array are empty"),
        ("number_max", #"{"a":{"F":"inf"}}"#, "a number is not finite"),
        ("number_max", #"{"array":{"A":[{"A":[]}]}}"#, "invalid type: sequence, expected decimal"),
        ("number_format", #"{"number":{"U":"1"},"digits":{"U":"29"}}"#, "digits must be 0 to 28"),
        (
            "number_format", #"{"number":{"U":"1"},"grouping":{"S":"0"}}"#,
            "grouping must be a short text without digits"
        ),
        ("number_format", #"{"number":{"U":"1"},"decimal_mark":{"S":""}}"#, "decimal_mark must not be empty"),
        (
            "number_format",
            #"{"number":{"U1":"340282366920938463463374607431768211455"},"percent":{"B":true}}"#,
            "the result is too large"
        ),
    ])
    func `fail where there is no result`(kind: String, inputs: String, message: String) throws {
        #expect(try NodeBench(kind).result(inputs) == "failed: \(message)")
    }

    @Test(arguments: [
        ("number_floor", #"{"D":"-1.5"}"#, #"{"D":"-2"}"#), ("number_floor", #"{"U":"7"}"#, #"{"U":"7"}"#),
        ("number_ceil", #"{"D":"1.0000000000000000000000000001"}"#, #"{"D":"2"}"#),
        ("number_ceil", #"{"D":"-0.5"}"#, #"{"D":"0"}"#), ("number_abs", #"{"D":"-1.50"}"#, #"{"D":"1.50"}"#),
        ("number_abs", #"{"I":"-9223372036854775808"}"#, #"{"U":"9223372036854775808"}"#),
        (
            "number_abs", #"{"I1":"-170141183460469231731687303715884105728"}"#,
            #"{"U1":"170141183460469231731687303715884105728"}"#
        ),
    ])
    func `give one number for another`(kind: String, number: String, result: String) throws {
        #expect(try NodeBench(kind).result(#"{"number":\#(number)}"#) == #"{"result":\#(result)}"#)
    }

    @Test(arguments: [
        (#"{"a":{"U":"2"},"b":{"D":"1.5"}}"#, #"{"D":"1.5"}"#, #"{"U":"2"}"#),
        (#"{"a":{"S":"10"},"array":{"A":[{"U":"9"},{"N":0},{"I":"-1"}]}}"#, #"{"I":"-1"}"#, #"{"D":"10"}"#),
        (
            #"{"array":{"A":[{"U":"9007199254740993"},{"F":"9007199254740992"}]}}"#,
            #"{"F":"9007199254740992.0"}"#,
            #"{"U":"9007199254740993"}"#
        ),
        (#"{"a":{"U":"1"},"b":{"D":"1.0"}}"#, #"{"U":"1"}"#, #"{"U":"1"}"#),
    ])
    func `find the least and the greatest`(inputs: String, least: String, greatest: String) throws {
        #expect(try NodeBench("number_min").result(inputs) == #"{"result":\#(least)}"#)
        #expect(try NodeBench("number_max").result(inputs) == #"{"result":\#(greatest)}"#)
    }

    @Test(arguments: [
        (#"{"D":"1234567.5"}"#, "", "1234567.5"),
        (#"{"D":"1234567.5"}"#, #","digits":{"U":"2"}"#, "1234567.50"),
        (#"{"D":"1234567.5"}"#, #","digits":{"U":"2"},"grouping":{"S":","}"#, "1,234,567.50"),
        (
            #"{"D":"-1234.565"}"#, #","digits":{"U":"2"},"grouping":{"S":"."},"decimal_mark":{"S":","}"#,
            "-1.234,57"
        ),
        (#"{"D":"-1234.565"}"#, #","digits":{"U":"2"},"mode":{"S":"half_even"}"#, "-1234.56"),
        (#"{"U":"100"}"#, #","grouping":{"S":"’"}"#, "100"),
        (#"{"U":"1000"}"#, #","grouping":{"S":"\u202f"}"#, "1\u{202F}000"),
        (#"{"D":"0.256"}"#, #","percent":{"B":true}"#, "25.6%"),
        (#"{"U":"2"}"#, #","percent":{"B":true}"#, "200%"),
        (#"{"D":"0.5"}"#, #","percent":{"B":true},"digits":{"U":"1"}"#, "50.0%"),
        (#"{"D":"-0.001"}"#, #","digits":{"U":"2"}"#, "0.00"),
        (#"{"U":"5"}"#, #","sign":{"S":"always"}"#, "+5"),
        (#"{"U":"0"}"#, #","sign":{"S":"always"}"#, "0"), (#"{"I":"-5"}"#, #","sign":{"S":"always"}"#, "-5"),
        (#"{"I":"-1500"}"#, #","sign":{"S":"parentheses"},"grouping":{"S":","}"#, "(1,500)"),
        (#"{"D":"0.0000000000000000000000000001"}"#, "", "0.0000000000000000000000000001"),
        (
            #"{"U1":"340282366920938463463374607431768211455"}"#, #","digits":{"U":"1"}"#,
            "340282366920938463463374607431768211455.0"
        ),
        (#"{"F":"0.1"}"#, #","digits":{"U":"0"}"#, "0"), (#"{"D":"2.50"}"#, "", "2.50"),
    ])
    func `write numbers as people read them`(number: String, settings: String, text: String) throws {
        #expect(
            try NodeBench("number_format").result(#"{"number":\#(number)\#(settings)}"#)
                == #"{"result":{"S":"\#(text)"}}"#)
    }
}
