import Testing

@Suite struct `Operators` {
    @Test(arguments: [
        ScriptCase("40 + 2", "42"), ScriptCase("7 - 10", "-3"), ScriptCase("6 * 7", "42"),
        ScriptCase("17 / 5", "3"), ScriptCase("-17 / 5", "-3"), ScriptCase("17 % 5", "2"),
        ScriptCase("-17 % 5", "-2"), ScriptCase("3 ** 4", "81"), ScriptCase("2 ** 3 ** 2", "512"),
        ScriptCase("-3 ** 2", "9"), ScriptCase("2 + 3 * 4", "14"), ScriptCase("(2 + 3) * 4", "20"),
        ScriptCase("1 << 4", "16"), ScriptCase("-16 >> 2", "-4"), ScriptCase("1 << 70", "0"),
        ScriptCase("16 >> -2", "64"), ScriptCase("6 & 3", "2"), ScriptCase("6 | 3", "7"),
        ScriptCase("6 ^ 3", "5"), ScriptCase("10 - 4 - 3", "3"), ScriptCase("2 * 3 % 4", "2"),
        ScriptCase("1 + 2 << 3", "17"), ScriptCase("-(-5)", "5"), ScriptCase("+5", "5"),
        ScriptCase("- -5", "5"),
        ScriptCase("0xff", "255"), ScriptCase("0o17", "15"), ScriptCase("0b1010_1010", "170"),
        ScriptCase("1_000_000", "1000000"), ScriptCase("0xffff_ffff_ffff_ffff", "-1"),
        ScriptCase("9223372036854775807", "9223372036854775807"),
        ScriptCase("9223372036854775808", "9.223372036854776e+18"),
    ])
    func `work on whole numbers`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("1.5 + 2.25", "3.75"), ScriptCase("1 + 0.5", "1.5"), ScriptCase("0.5 + 1", "1.5"),
        ScriptCase("7.0 / 2", "3.5"), ScriptCase("1.0 / 0.0", "inf"), ScriptCase("5.5 % 2.0", "1.5"),
        ScriptCase("2.0 ** 0.5 > 1.41", "true"), ScriptCase("2.0 ** 3", "8.0"), ScriptCase("1e3", "1000.0"),
        ScriptCase("2.5e-3", "0.0025"), ScriptCase("-1.5", "-1.5"), ScriptCase("1.", "1.0"),
        ScriptCase("3 * 1.5", "4.5"), ScriptCase("1_0.2_5", "10.25"), ScriptCase("1.5 == 1.5", "true"),
        ScriptCase("2 == 2.0", "true"), ScriptCase("2 < 2.5", "true"),
    ])
    func `work on floating-point numbers`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("Decimal(\"1.10\") + Decimal(\"2.20\")", "3.30d"),
        ScriptCase("Decimal(\"0.1\") + 1", "1.1d"),
        ScriptCase("3 * Decimal(\"1.5\")", "4.5d"), ScriptCase("Decimal(10) / 4", "2.5d"),
        ScriptCase("Decimal(7) % 4", "3d"), ScriptCase("Decimal(2) ** 10", "1024d"),
        ScriptCase("-Decimal(\"1.5\")", "-1.5d"), ScriptCase("Decimal(1) == 1", "true"),
        ScriptCase("Decimal(\"1.0\") == Decimal(1)", "true"), ScriptCase("Decimal(1) < 2", "true"),
        ScriptCase("Decimal(1) == 1.0", "false"), ScriptCase("Decimal(1) != 1.0", "true"),
        ScriptCase("Decimal(1) < 1.5", "false"), ScriptCase("Decimal(0.25)", "0.25d"),
        ScriptCase("Decimal(1) + 1.0", "[FunctionNotFound] line 1:12: function not found: + (decimal, f64)"),
        ScriptCase("1.0 * Decimal(1)", "[FunctionNotFound] line 1:5: function not found: * (f64, decimal)"),
        ScriptCase("Decimal(1) / 0", "[ArithmeticError] line 1:12: division by zero: 1 / 0"),
        ScriptCase("Decimal(\"x\")", "[ArithmeticError] line 1:1: this text is no decimal: 'x'"),
        ScriptCase(
            "Decimal(\"79228162514264337593543950335\") + 1",
            "[ArithmeticError] line 1:42: addition leaves the range of decimals: 79228162514264337593543950335 + 1"
        ),
    ])
    func `work on decimals, but not together with floating-point numbers`(_ example: ScriptCase) {
        example.check()
    }

    @Test(arguments: [
        ScriptCase(
            "9223372036854775807 + 1",
            "[ArithmeticError] line 1:21: addition leaves 64 bits: 9223372036854775807 + 1"),
        ScriptCase(
            "let a = 0 - 9223372036854775807; a - 2",
            "[ArithmeticError] line 1:36: subtraction leaves 64 bits: -9223372036854775807 - 2"),
        ScriptCase(
            "4611686018427387904 * 2",
            "[ArithmeticError] line 1:21: multiplication leaves 64 bits: 4611686018427387904 * 2"),
        ScriptCase("1 / 0", "[ArithmeticError] line 1:3: division by zero: 1 / 0"),
        ScriptCase("1 % 0", "[ArithmeticError] line 1:3: division by zero: 1 % 0"),
        ScriptCase("2 ** 64", "[ArithmeticError] line 1:3: power leaves 64 bits: 2 ** 64"),
        ScriptCase("2 ** -1", "[ArithmeticError] line 1:3: a whole number to a negative power: 2 ** -1"),
        ScriptCase(
            "let x = -9223372036854775807 - 1; -x",
            "[ArithmeticError] line 1:35: negation leaves 64 bits: --9223372036854775808"),
        ScriptCase(
            "let x = 9223372036854775807; x += 1; x",
            "[ArithmeticError] line 1:32: addition leaves 64 bits: 9223372036854775807 + 1"),
        ScriptCase("1 + true", "[FunctionNotFound] line 1:3: function not found: + (i64, bool)"),
        ScriptCase("\n  1 - \"a\"", "[FunctionNotFound] line 2:5: function not found: - (i64, string)"),
        ScriptCase("!5", "[FunctionNotFound] line 1:1: function not found: ! (i64)"),
        ScriptCase("-\"a\"", "[FunctionNotFound] line 1:1: function not found: - (string)"),
    ])
    func `refuse what leaves their range`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("1 == 1", "true"), ScriptCase("1 == \"1\"", "false"), ScriptCase("1 != \"1\"", "true"),
        ScriptCase("1 < \"2\"", "false"), ScriptCase("1 > \"2\"", "false"), ScriptCase("() == ()", "true"),
        ScriptCase("() == false", "false"), ScriptCase("true == 1", "false"),
        ScriptCase("\"a\" < \"b\"", "true"),
        ScriptCase("'a' == \"a\"", "true"), ScriptCase("'b' > 'a'", "true"),
        ScriptCase("[1, 2] == [1, 2]", "true"),
        ScriptCase("[1, 2] == [2, 1]", "false"), ScriptCase("[1] == [1.0]", "true"),
        ScriptCase("#{a: 1, b: 2} == #{b: 2, a: 1}", "true"), ScriptCase("#{a: 1} == #{a: 2}", "false"),
        ScriptCase("[] == #{}", "false"), ScriptCase("[1] < [2]", "false"),
        ScriptCase("0..5 == 0..5", "true"),
        ScriptCase("(0..5) == (0..5)", "true"), ScriptCase("(0..5) == (0..=5)", "false"),
        ScriptCase("\"\\u00e9\" == \"e\\u0301\"", "false"),
        ScriptCase("1 < 2 == true", "true"), ScriptCase("1 + 1 == 2", "true"),
    ])
    func `compare`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("true && false", "false"), ScriptCase("true || false", "true"),
        ScriptCase("!true", "false"),
        ScriptCase("false && (1 / 0 == 0)", "false"), ScriptCase("true || (1 / 0 == 0)", "true"),
        ScriptCase("true & false", "false"), ScriptCase("true ^ true", "false"),
        ScriptCase("true | false", "true"),
        ScriptCase("false || true && false", "false"), ScriptCase("() ?? 5", "5"), ScriptCase("3 ?? 5", "3"),
        ScriptCase("() ?? () ?? 7", "7"), ScriptCase("3 ?? (1 / 0)", "3"),
        ScriptCase(
            "1 + () ?? 2",
            "[FunctionNotFound] line 1:3: function not found: + (i64, ())"),
        ScriptCase(
            "1 && true",
            "[TypeMismatch] line 1:3: both sides of '&&' must be true or false, found a value of type 'i64'"),
        ScriptCase(
            "false || 5",
            "[TypeMismatch] line 1:7: both sides of '||' must be true or false, found a value of type 'i64'"),
    ])
    func `decide`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("2 in [1, 2]", "true"), ScriptCase("3 in [1, 2]", "false"),
        ScriptCase("3 !in [1, 2]", "true"),
        ScriptCase("\"b\" in \"abc\"", "true"), ScriptCase("'z' in \"abc\"", "false"),
        ScriptCase("\"a\" in #{a: 1}", "true"), ScriptCase("\"x\" in #{a: 1}", "false"),
        ScriptCase("5 in 0..5", "false"), ScriptCase("5 in 0..=5", "true"),
        ScriptCase("!(1 in [1])", "false"),
        ScriptCase("1 in 5", "[FunctionNotFound] line 1:3: function not found: contains (i64, i64)"),
        ScriptCase("1 + 1 in [2]", "true"),
    ])
    func `look for values in others`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("let x = 5; x += 2; x", "7"), ScriptCase("let x = 5; x -= 2; x", "3"),
        ScriptCase("let x = 5; x *= 2; x", "10"), ScriptCase("let x = 5; x /= 2; x", "2"),
        ScriptCase("let x = 5; x %= 3; x", "2"), ScriptCase("let x = 5; x **= 2; x", "25"),
        ScriptCase("let x = 5; x <<= 1; x", "10"), ScriptCase("let x = 5; x >>= 1; x", "2"),
        ScriptCase("let x = 5; x |= 2; x", "7"), ScriptCase("let x = 5; x &= 4; x", "4"),
        ScriptCase("let x = 5; x ^= 1; x", "4"),
        ScriptCase("let s = \"a\"; s += \"b\"; s += 'c'; s += 1; s", "\"abc1\""),
        ScriptCase("let a = [1]; a += 2; a += [3, 4]; a", "[1, 2, 3, 4]"),
        ScriptCase("let m = #{a: 1}; m += #{b: 2, a: 3}; m", "{a: 3, b: 2}"),
        ScriptCase("let x = 1; x += 0.5; x", "1.5"), ScriptCase("let a = [1, 2]; a[1] *= 10; a", "[1, 20]"),
        ScriptCase("let m = #{a: #{b: 1}}; m.a.b += 5; m", "{a: {b: 6}}"),
        ScriptCase("let m = #{}; m.a = 1; m[\"b\"] = 2; m", "{a: 1, b: 2}"),
        ScriptCase("let x = 1; x = 2", "()"),
        ScriptCase("y += 1", "[VariableNotFound] line 1:3: variable not found: y"),
        ScriptCase("y = 1", "[VariableNotFound] line 1:1: variable not found: y"),
    ])
    func `assign`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("\"a\" + \"b\"", "\"ab\""), ScriptCase("\"a\" + 1", "\"a1\""),
        ScriptCase("1 + \"a\"", "\"1a\""),
        ScriptCase("\"a\" + 1.5", "\"a1.5\""), ScriptCase("\"a\" + ()", "\"a\""),
        ScriptCase("\"a\" + true", "\"atrue\""),
        ScriptCase("'a' + 'b'", "\"ab\""), ScriptCase("'a' + \"b\"", "\"ab\""),
        ScriptCase("\"x\" + [1, \"y\"]", "\"x[1, \"y\"]\""),
        ScriptCase("\"banana\" - \"an\"", "\"ba\""), ScriptCase("\"banana\" - 'a'", "\"bnn\""),
        ScriptCase("[1] + [2]", "[1, 2]"), ScriptCase("#{a: 1} + #{b: 2}", "{a: 1, b: 2}"),
        ScriptCase("\"d=\" + Decimal(\"1.50\")", "\"d=1.50\""),
    ])
    func `join`(_ example: ScriptCase) { example.check() }
}
