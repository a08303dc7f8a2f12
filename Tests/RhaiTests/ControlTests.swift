import Testing

@Suite struct `Control of the flow` {
    @Test(arguments: [
        ScriptCase("if 1 < 2 { 10 } else { 20 }", "10"), ScriptCase("if false { 1 }", "()"),
        ScriptCase("let x = if true { 5 } else { 6 }; x", "5"),
        ScriptCase("if false { 1 } else if true { 2 } else { 3 }", "2"),
        ScriptCase("if false { 1 } else if false { 2 } else { 3 }", "3"),
        ScriptCase("let n = 7; if n % 2 == 0 { n / 2 } else { 3 * n + 1 }", "22"),
        ScriptCase(
            "if 1 { 2 }",
            "[TypeMismatch] line 1:4: a condition must be true or false, found a value of type 'i64'"),
        ScriptCase("1 + if true { 2 } else { 3 }", "3"), ScriptCase("{ 1; 2 }", "2"),
        ScriptCase("{ 1; 2; }", "2"),
        ScriptCase("let x = { let y = 3; y * 2 }; x", "6"), ScriptCase("1 + 1;", "2"), ScriptCase("", "()"),
        ScriptCase(";;", "()"), ScriptCase("let x = 1; let x = x + 1; x", "2"),
        ScriptCase("let x = 1; { let x = 2; } x", "1"), ScriptCase("let x = 1; { x = 2; } x", "2"),
        ScriptCase("let x; x", "()"), ScriptCase("const X = 3; X * 2", "6"),
        ScriptCase("let x = 5; let y = x; y += 1; x", "5"),
    ])
    func `chooses and nests`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("let s = 0; for i in 0..5 { s += i; } s", "10"),
        ScriptCase("let s = 0; for i in 0..=5 { s += i; } s", "15"),
        ScriptCase("let s = 0; for i in 5..0 { s += i; } s", "0"),
        ScriptCase("let s = 0; for x in [3, 4] { s += x; } s", "7"),
        ScriptCase("let s = 0; for (x, i) in [3, 4] { s += x * i; } s", "4"),
        ScriptCase("let s = \"\"; for c in \"héy\" { s = c + s; } s", "\"yéh\""),
        ScriptCase("let s = 0; for (c, i) in \"éé\" { s += i; } s", "1"),
        ScriptCase("let s = 0; for v in #{a: 1, b: 2}.values() { s += v; } s", "3"),
        ScriptCase("let r = []; for k in #{b: 1, a: 2}.keys() { r.push(k); } r", "[\"b\", \"a\"]"),
        ScriptCase("let s = 0; for i in range(0, 10, 3) { s += i; } s", "18"),
        ScriptCase("let r = []; for i in range(5, 0, -2) { r.push(i); } r", "[5, 3, 1]"),
        ScriptCase("let r = []; for i in range(0.0, 1.0, 0.5) { r.push(i); } r", "[0.0, 0.5]"),
        ScriptCase("let r = []; for b in blob(2, 7) { r.push(b); } r", "[7, 7]"),
        ScriptCase("let a = [1, 2]; for x in a { a.push(x); } a", "[1, 2, 1, 2]"),
        ScriptCase(
            "for x in 5 { }", "[TypeMismatch] line 1:10: a 'for' loop cannot walk over a value of type 'i64'"),
        ScriptCase(
            "for x in #{a: 1} { }",
            "[TypeMismatch] line 1:10: a 'for' loop cannot walk over a value of type 'map'"),
        ScriptCase("for i in 0..3 { } i", "[VariableNotFound] line 1:19: variable not found: i"),
        ScriptCase("for i in 9223372036854775806..=9223372036854775807 { }", "()"),
    ])
    func `walks`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("let i = 0; while i < 5 { i += 1; } i", "5"),
        ScriptCase("let i = 0; loop { i += 1; if i == 3 { break; } } i", "3"),
        ScriptCase("loop { break 42; }", "42"), ScriptCase("let x = loop { break 1 + 1 }; x", "2"),
        ScriptCase("let i = 0; do { i += 1; } while i < 3; i", "3"),
        ScriptCase("let i = 9; do { i += 1; } until i > 3; i", "10"),
        ScriptCase("let s = 0; for i in 0..6 { if i % 2 == 0 { continue; } s += i; } s", "9"),
        ScriptCase("let i = 0; let s = 0; while i < 5 { i += 1; if i == 2 { continue; } s += i; } s", "13"),
        ScriptCase(
            "let i = 0; let s = 0; do { i += 1; if i == 2 { continue; } s += i; } while i < 4; s", "8"),
        ScriptCase("for i in 0..10 { if i == 4 { break i * 10; } }", "40"),
        ScriptCase("while false { }", "()"),
        ScriptCase(
            "let r = []; for i in 0..3 { for j in 0..3 { if j == i { break; } r.push(j); } } r", "[0, 0, 1]"),
        ScriptCase("let x = [1, loop { break 2; }, 3]; x", "[1, 2, 3]"),
        ScriptCase("let t = 0; for i in 0..5 { t += 1 + if i == 3 { break } else { i }; } t", "6"),
        ScriptCase(
            "let t = 0; for i in 0..5 { let y = [1, 2, if i == 3 { continue } else { i }]; t += y[2]; } t",
            "7"),
        ScriptCase("let x = for i in 0..3 { }; x == ()", "true"),
        ScriptCase("fn f() { exit(3); } let a = [1]; a.map(|x| f()); 9", "3"),
        ScriptCase("fn f() { this += 1; exit(); } let x = 1; try { x.f(); } catch { }", "()"),
        ScriptCase("let x = 5; let y = take(x); [x, y]", "[null, 5]"), ScriptCase("return 5; 6", "5"),
        ScriptCase("if true { return; } 6", "()"),
        ScriptCase("for i in 0..9 { for j in 0..9 { if i * j == 6 { return [i, j]; } } }", "[1, 6]"),
    ])
    func `repeats and leaves`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("switch 2 { 1 => \"a\", 2 => \"b\", _ => \"c\" }", "\"b\""),
        ScriptCase("switch 9 { 1 => 1, _ => 0 }", "0"),
        ScriptCase("switch 9 { 1 => 1 }", "()"), ScriptCase("switch 4 { 1 | 2 => 1, 3 | 4 | 5 => 2 }", "2"),
        ScriptCase("switch 15 { 0..10 => 1, 10..=20 => 2, _ => 3 }", "2"),
        ScriptCase("switch 10 { 0..10 => 1, _ => 3 }", "3"),
        ScriptCase("switch 5 { 0..10 => 1, 5 => 2 }", "2"),
        ScriptCase("switch \"x\" { \"x\" => 1, \"y\" => 2 }", "1"),
        ScriptCase("switch 'x' { 'x' => 1, _ => 2 }", "1"),
        ScriptCase("switch 1.0 { 1 => 1, 1.0 => 2 }", "2"),
        ScriptCase("switch () { () => 1, _ => 2 }", "1"),
        ScriptCase("switch true { false => 1, true => 2 }", "2"),
        ScriptCase("switch [1, \"a\"] { [1, \"b\"] => 1, [1, \"a\"] => 2 }", "2"),
        ScriptCase("switch #{a: 1} { #{a: 1} => 5 }", "5"),
        ScriptCase("let y = 3; switch 1 { 1 if y > 5 => 1, 1 if y > 2 => 2, _ => 3 }", "2"),
        ScriptCase("switch 7 { 0..9 if false => 1, _ => 2 }", "2"),
        ScriptCase("switch -3 { -3 => 1, _ => 2 }", "1"),
        ScriptCase("let x = 0; switch 1 { 1 => { x = 5; } 2 => x = 6, } x", "5"),
        ScriptCase("let x = 0; switch 2 { 1 => { x = 5; } 2 => x = 6, } x", "6"),
        ScriptCase("switch 2.5 { 0..5 => 1, _ => 2 }", "1"),
        ScriptCase("switch 3 { 5.. => 1, ..5 => 2 }", "2"),
        ScriptCase("let x = switch 1 { 1 => switch 2 { 2 => 3 } }; x", "3"),
    ])
    func `switches`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("try { throw 42; } catch (e) { e + 1; }", "()"),
        ScriptCase("let x = 0; try { throw 42; } catch (e) { x = e; } x", "42"),
        ScriptCase(
            "let x = \"\"; try { 1 / 0 } catch (e) { x = e.message; } x", "\"division by zero: 1 / 0\""),
        ScriptCase(
            "let x = 0; try { \n 1 / 0 } catch (e) { x = [e.line, e.position, e.error]; } x",
            "[2, 4, \"ErrorArithmetic\"]"),
        ScriptCase("let x = 1; try { x = 2; throw; } catch { x += 10; } x", "12"),
        ScriptCase("throw \"oh\"", "[RuntimeError] line 1:1: oh"),
        ScriptCase("throw", "[RuntimeError] line 1:1: "),
        ScriptCase("throw #{code: 5}", "[RuntimeError] line 1:1: #{\"code\": 5}"),
        ScriptCase("try { throw 1; } catch { throw 2; }", "[RuntimeError] line 1:26: 2"),
        ScriptCase("try { throw 1; } catch { throw; }", "[RuntimeError] line 1:26: 1"),
        ScriptCase(
            "let r = []; try { try { throw 1; } catch (e) { r.push(e); throw; } } catch (e) { r.push(e); } r",
            "[1, 1]"),
        ScriptCase("let r = 0; for i in 0..5 { try { if i == 3 { break; } r += i; } catch { } } r", "3"),
        ScriptCase(
            "let r = 0; for i in 0..5 { try { if i == 1 { continue; } throw i; } catch (e) { r += e; } } r",
            "9"),
        ScriptCase("fn f() { try { return 5; } catch { return 6; } } f() + f()", "10"),
        ScriptCase("fn f() { throw \"in f\"; } let x = (); try { f(); } catch (e) { x = e; } x", "\"in f\""),
        ScriptCase("let x = 5; try { let x = 6; throw x; } catch (x) { } x", "5"),
        ScriptCase("try { nothing() } catch (e) { print(e.message) }", "()"),
        ScriptCase("try { let a = [1]; a[5] } catch (e) { return e.error; }", "\"ErrorArrayBounds\""),
        ScriptCase("let a = [1]; try { a.push(2); throw 1; } catch { a.push(3); } a", "[1, 2, 3]"),
        ScriptCase("fn f() { this.push(2); throw 1; } let a = [1]; try { a.f(); } catch { } a", "[1, 2]"),
    ])
    func `handles errors`(_ example: ScriptCase) { example.check() }
}
