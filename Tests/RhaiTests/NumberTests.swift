import Testing

@Suite struct `Functions for numbers` {
    @Test(arguments: [
        ScriptCase("(-5).abs()", "5"), ScriptCase("abs(-2.5)", "2.5"), ScriptCase("sign(-3)", "-1"),
        ScriptCase("sign(0.0)", "0"), ScriptCase("5.is_odd", "true"), ScriptCase("4.is_even()", "true"),
        ScriptCase("0.is_zero()", "true"), ScriptCase("min(3, 2)", "2"), ScriptCase("max(3, 2.5)", "3.0"),
        ScriptCase("255.to_hex()", "\"ff\""), ScriptCase("8.to_octal()", "\"10\""),
        ScriptCase("5.to_binary()", "\"101\""), ScriptCase("(-1).to_hex()", "\"ffffffffffffffff\""),
        ScriptCase("parse_int(\" 42 \")", "42"), ScriptCase("parse_int(\"ff\", 16)", "255"),
        ScriptCase(
            "parse_int(\"4.5\")", "[ArithmeticError] line 1:1: this text is no whole number of 64 bits: '4.5'"
        ),
        ScriptCase(
            "parse_int(\"1\", 40)", "[ArithmeticError] line 1:1: numbers are written in bases 2 to 36, not 40"
        ), ScriptCase("parse_float(\"1e3\")", "1000.0"),
        ScriptCase("parse_float(\"nan\")", "[ArithmeticError] line 1:1: this text is no number: 'nan'"),
        ScriptCase("parse_decimal(\"1.50\")", "1.50d"),
        ScriptCase("5.to_float()", "5.0"), ScriptCase("5.9.to_int()", "5"),
        ScriptCase("(-5.9).to_int()", "-5"),
        ScriptCase("1e30.to_int()", "[ArithmeticError] line 1:5: 1e30 is no whole number of 64 bits"),
        ScriptCase("5.to_decimal()", "5d"), ScriptCase("type_of(5.to_decimal())", "\"decimal\""),
    ])
    func `are there for whole numbers and conversions`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("sqrt(16.0)", "4.0"), ScriptCase("2.7.floor()", "2.0"), ScriptCase("2.2.ceiling", "3.0"),
        ScriptCase("2.5.round()", "3.0"), ScriptCase("(-2.5).round()", "-3.0"), ScriptCase("2.7.int", "2.0"),
        ScriptCase("2.75.fraction", "0.75"), ScriptCase("(0.0 / 0.0).is_nan", "true"),
        ScriptCase("(1.0 / 0.0).is_infinite()", "true"),
        ScriptCase("sin(0.0)", "0.0"), ScriptCase("cos(0.0)", "1.0"),
        ScriptCase("PI() > 3.14 && PI() < 3.15", "true"),
        ScriptCase("(E().ln() - 1.0).abs() < 1e-12", "true"), ScriptCase("log(100.0)", "2.0"),
        ScriptCase("log(8.0, 2.0)", "3.0"), ScriptCase("exp(0.0)", "1.0"),
        ScriptCase("hypot(3.0, 4.0)", "5.0"), ScriptCase("180.0.to_radians() == PI()", "true"),
        ScriptCase("atan(0.0, 1.0)", "0.0"), ScriptCase("tanh(0.0)", "0.0"),
        ScriptCase("sqrt(4)", "[FunctionNotFound] line 1:1: function not found: sqrt (i64)"),
    ])
    func `are there for floating-point numbers`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("Decimal(\"2.5\").round()", "2d"), ScriptCase("Decimal(\"3.5\").round()", "4d"),
        ScriptCase("Decimal(\"2.345\").round(2)", "2.34d"),
        ScriptCase("Decimal(\"2.345\").round_half_up(2)", "2.35d"),
        ScriptCase("Decimal(\"2.345\").round_half_down(2)", "2.34d"),
        ScriptCase("Decimal(\"2.341\").round_up(2)", "2.35d"),
        ScriptCase("Decimal(\"2.349\").round_down(2)", "2.34d"),
        ScriptCase("Decimal(\"-2.5\").floor()", "-3d"), ScriptCase("Decimal(\"-2.5\").ceiling()", "-2d"),
        ScriptCase("Decimal(\"-2.5\").int", "-2d"), ScriptCase("Decimal(\"2.75\").fraction", "0.75d"),
        ScriptCase("Decimal(\"2.750\").scale()", "3"),
        ScriptCase("Decimal(2).sqrt()", "1.4142135623730950488016887242d"),
        ScriptCase("Decimal(16).sqrt()", "4d"),
        ScriptCase(
            "Decimal(-1).sqrt()", "[ArithmeticError] line 1:12: a decimal below zero has no square root: -1"),
        ScriptCase(
            "Decimal(1).round(-1)", "[ArithmeticError] line 1:11: a number of digits cannot be below zero: -1"
        ), ScriptCase("Decimal(\"7.9\").to_int()", "7"), ScriptCase("Decimal(\"7.5\").to_float()", "7.5"),
        ScriptCase("Decimal(0).exp()", "1d"), ScriptCase("Decimal(\"-1.5\").abs()", "1.5d"),
        ScriptCase("max(Decimal(1), 2)", "2d"),
    ])
    func `are there for decimals`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("(1..5).start", "1"), ScriptCase("(1..5).end()", "5"),
        ScriptCase("(1..=5).is_inclusive", "true"), ScriptCase("(1..5).is_exclusive()", "true"),
        ScriptCase("(5..1).is_empty", "true"), ScriptCase("(1..5).contains(5)", "false"),
        ScriptCase("type_of(1..2)", "\"range\""), ScriptCase("type_of(1..=2)", "\"range=\""),
        ScriptCase("(2..).start", "2"), ScriptCase("(..5).start", "0"),
        ScriptCase(
            "range(1, 4)",
            "[OutputTypeMismatch] the result: unknown type: a value of type 'range' cannot be an output"),
        ScriptCase("range(0, 5, 0)", "[ArithmeticError] line 1:1: the steps of a range cannot be zero"),
        ScriptCase("let r = []; for i in range(0..10, 4) { r.push(i); } r", "[0, 4, 8]"),
        ScriptCase(
            "let r = []; for d in range(Decimal(0), Decimal(1), Decimal(\"0.5\")) { r.push(d); } r",
            "[0d, 0.5d]"),
    ])
    func `are there for ranges`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("type_of(1)", "\"i64\""), ScriptCase("type_of(1.0)", "\"f64\""),
        ScriptCase("type_of('a')", "\"char\""), ScriptCase("type_of(\"a\")", "\"string\""),
        ScriptCase("type_of(())", "\"()\""), ScriptCase("type_of(true)", "\"bool\""),
        ScriptCase("type_of([])", "\"array\""), ScriptCase("type_of(#{})", "\"map\""),
        ScriptCase("type_of(blob())", "\"blob\""), ScriptCase("5.type_of()", "\"i64\""),
        ScriptCase("type_of(Fn(\"x\"))", "\"Fn\""),
    ])
    func `tell the type`(_ example: ScriptCase) { example.check() }
}

@Suite struct `Functions of the engine` {
    @Test(arguments: [
        ScriptCase("timestamp()", "1700000000"), ScriptCase("utc_now()", "\"2023-11-14T22:13:20.250Z\""),
        ScriptCase("base58_encode(\"Hello\".to_blob())", "\"9Ajdvzr\""),
        ScriptCase("base58_decode(\"9Ajdvzr\").as_string()", "\"Hello\""),
        ScriptCase("base58_decode(\"0\")", "[RuntimeError] line 1:1: this text is not Base58: '0'"),
        ScriptCase("hex_encode(blob(2, 171))", "\"abab\""),
        ScriptCase("hex_decode(\"0aFF\")", "bytes[10, 255]"),
        ScriptCase(
            "hex_decode(\"abc\")",
            "[RuntimeError] line 1:1: this text is not an even number of hexadecimal digits: 'abc'"),
        ScriptCase("sha256(\"\")", "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""),
        ScriptCase("sha256(\"abc\")", "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""),
        ScriptCase("sha256(\"abc\".to_blob()) == sha256(\"abc\")", "true"),
        ScriptCase(
            "sha256(\"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq\")",
            "\"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1\""),
        ScriptCase("json_encode(#{a: [1, 2.5, \"x\", (), true]})", "\"{\"a\":[1,2.5,\"x\",null,true]}\""),
        ScriptCase("json_encode(Decimal(\"2.50\"))", "\"2.5\""),
        ScriptCase("json_encode(Decimal(\"3.00\"))", "\"3\""),
        ScriptCase(
            "json_decode(\"{\\\"b\\\": [1, -2, 3.0, 1e2], \\\"a\\\": null}\")",
            "{b: [1, -2, 3.0, 100.0], a: null}"),
        ScriptCase("parse_json(\"18446744073709551616\")", "1.8446744073709552e+19"),
        ScriptCase(
            "parse_json(\"[1e999]\")", "[RuntimeError] line 1:1: this text has a number that is too large"),
        ScriptCase(
            "parse_json(\"[1,\")",
            "[RuntimeError] line 1:1: this text is not JSON: EOF while parsing a value at line 1 column 3"),
        ScriptCase("json_encode(|x| x)", "[TypeMismatch] line 1:1: a value of type 'Fn' has no form in JSON"),
        ScriptCase("let r = rand(1..4); r >= 1 && r < 4", "true"), ScriptCase("rand(3, 3)", "3"),
        ScriptCase("type_of(rand())", "\"i64\""),
        ScriptCase("let f = rand_float(); f >= 0.0 && f < 1.0", "true"),
        ScriptCase("type_of(rand_bool())", "\"bool\""), ScriptCase("rand_bool(1.0)", "true"),
        ScriptCase(
            "rand_bool(2.0)", "[ArithmeticError] line 1:1: a probability lies between 0 and 1, not at 2.0"),
        ScriptCase("let d = rand_decimal(); d >= 0 && d < 1", "true"),
        ScriptCase("let a = [1, 2, 3]; a.shuffle(); a.sort(); a", "[1, 2, 3]"),
        ScriptCase("[7].sample()", "7"), ScriptCase("[1, 2, 3].sample(2).len()", "2"),
        ScriptCase("rand(5, 1)", "[ArithmeticError] line 1:1: there are no numbers from 5 to 1"),
    ])
    func `are there`(_ example: ScriptCase) { example.check() }
}
