import Testing

@Suite struct `Functions` {
    @Test(arguments: [
        ScriptCase("fn add(a, b) { a + b } add(1, 2)", "3"),
        ScriptCase("add(1, 2); fn add(a, b) { a + b }", "3"),
        ScriptCase("fn f() { 1 } fn f(x) { 2 } fn f(x, y) { 3 } [f(), f(0), f(0, 0)]", "[1, 2, 3]"),
        ScriptCase("fn fib(n) { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } } fib(15)", "610"),
        ScriptCase("fn f(x) { x += 1; x } let x = 5; f(x); x", "5"),
        ScriptCase("let y = 5; fn f() { y } f()", "[VariableNotFound] line 1:21: variable not found: y"),
        ScriptCase("const Y = 5; fn f() { global::Y + 1 } f()", "6"),
        ScriptCase("fn f() { global::Z } f()", "[VariableNotFound] line 1:10: variable not found: Z"),
        ScriptCase("fn f() { return 5; 6 } f()", "5"), ScriptCase("fn f(x) { } f(1)", "()"),
        ScriptCase("fn twice() { this * 2 } let x = 4; x.twice()", "8"),
        ScriptCase("fn twice() { this *= 2; } let x = 4; x.twice(); x", "8"),
        ScriptCase("fn put(v) { this.push(v); } let a = [1]; a.put(2); a.put(3); a", "[1, 2, 3]"),
        ScriptCase("fn put(v) { this.push(v); } let m = #{l: []}; m.l.put(2); m", "{l: [2]}"),
        ScriptCase("fn put(v) { this.push(v); } let m = [[1], [2]]; m[1].put(9); m", "[[1], [2, 9]]"),
        ScriptCase(
            "fn put() { this.push(9); throw 1; } let m = [[1]]; try { m[0].put(); } catch { } m", "[[1, 9]]"),
        ScriptCase("fn f() { this } f()", "[VariableNotFound] line 1:10: 'this' is not bound to a value"),
        ScriptCase("fn f(x) { this + x } 5.f(6)", "11"),
        ScriptCase(
            "fn a() { b() } fn b() { 1 / 0 } a()", "[ArithmeticError] line 1:27: division by zero: 1 / 0"),
        ScriptCase("g(1, \"x\")", "[FunctionNotFound] line 1:1: function not found: g (i64, string)"),
        ScriptCase("fn g() { } g(1)", "[FunctionNotFound] line 1:12: function not found: g (i64)"),
        ScriptCase("h()", "[FunctionNotFound] line 1:1: function not found: h ()"),
        ScriptCase(
            "let x = 5; x.foo(1.5)", "[FunctionNotFound] line 1:13: function not found: foo (i64, f64)"),
        ScriptCase("is_def_fn(\"f\", 1); fn f(x) { }", "true"), ScriptCase("is_def_fn(\"f\", 2)", "false"),
        ScriptCase("let x = 1; is_def_var(\"x\")", "true"), ScriptCase("is_def_var(\"zz\")", "false"),
        ScriptCase("{ let q = 1; } is_def_var(\"q\")", "false"),
        ScriptCase("fn f(p) { is_def_var(\"p\") && !is_def_var(\"o\") } f(1)", "true"),
    ])
    func `of the script are pure and found anywhere`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("let f = |x| x * 2; f.call(4)", "8"), ScriptCase("let f = || 7; f.call()", "7"),
        ScriptCase("let f = |a, b| { let c = a; c + b }; f.call(1, 2)", "3"),
        ScriptCase("let n = 10; let f = |x| x + n; f.call(1)", "11"),
        ScriptCase("let n = 10; let f = |x| n += x; f.call(1); f.call(2); n", "13"),
        ScriptCase("let n = 1; let f = || n; n = 5; f.call()", "5"),
        ScriptCase("let n = 1; let f = || n; is_shared(n)", "true"),
        ScriptCase("let n = 1; is_shared(n)", "false"),
        ScriptCase("let n = 1; let f = || n; let m = n; m = 9; n", "1"),
        ScriptCase("let n = 1; let f = || { || n += 1 }; let g = f.call(); g.call(); g.call(); n", "3"),
        ScriptCase("let r = []; for i in 0..3 { r.push(|| i * 10); } r.map(|f| f.call())", "[0, 10, 20]"),
        ScriptCase("fn make(n) { |x| x + n } let f = make(5); f.call(1)", "6"),
        ScriptCase("let f = |x| x; f.call()", "[FunctionNotFound] line 1:17: function not found: anon$0 ()"),
        ScriptCase("let f = || zz; f.call()", "[VariableNotFound] line 1:9: variable not found: zz"),
        ScriptCase("let x = 1; let f = |x| x; f.call(5) + x", "6"),
        ScriptCase("call(|x| x + 1, 5)", "6"), ScriptCase("let f = |x| { return x; 9 }; f.call(3)", "3"),
        ScriptCase("let a = []; let f = |x| a.push(x); f.call(1); f.call(2); a", "[1, 2]"),
        ScriptCase("let m = #{n: 5, inc: |k| this.n += k}; m.inc(3); m.n", "8"),
        ScriptCase("let x = 5; x.call(|k| this += k, 7); x", "12"),
        ScriptCase("type_of(|x| x)", "\"Fn\""), ScriptCase("let f = |x| x; f.is_anonymous", "true"),
    ])
    func `without names share variables with the place where they are made`(_ example: ScriptCase) {
        example.check()
    }

    @Test(arguments: [
        ScriptCase("fn sq(x) { x * x } let f = Fn(\"sq\"); f.call(5)", "25"),
        ScriptCase("fn sq(x) { x * x } let f = sq; f.call(5)", "25"),
        ScriptCase("Fn(\"len\").call(\"abc\")", "3"),
        ScriptCase("Fn(\"nope\").call(1)", "[FunctionNotFound] line 1:11: function not found: nope (i64)"),
        ScriptCase("fn add(a, b) { a + b } let f = Fn(\"add\").curry(10); f.call(5)", "15"),
        ScriptCase("let f = |a, b, c| a + b * c; curry(f, 1, 2).call(3)", "7"),
        ScriptCase("Fn(\"abc\").name", "\"abc\""), ScriptCase("Fn(\"abc\").is_anonymous", "false"),
        ScriptCase("`${Fn(\"abc\")}`", "\"Fn(abc)\""),
        ScriptCase("Fn(5)", "[FunctionNotFound] line 1:1: function not found: Fn (i64)"),
        ScriptCase("fn sq(x) { x * x } [1, 2].map(Fn(\"sq\"))", "[1, 4]"),
        ScriptCase("fn sq(x) { x * x } [1, 2].map(\"sq\")", "[1, 4]"),
        ScriptCase("fn sq(x) { x * x } [1, 2].map(sq)", "[1, 4]"),
        ScriptCase("fn inc() { this += 1; } let f = Fn(\"inc\"); let x = 1; x.call(f); x", "2"),
        ScriptCase("5.call(1)", "[FunctionNotFound] line 1:2: function not found: call (i64, i64)"),
    ])
    func `are values`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("fn f(n) { if n == 0 { 0 } else { 1 + f(n - 1) } } f(250)", "250"),
        ScriptCase(
            "fn f(n) { f(n + 1) } f(0)", "[ScriptError] line 1:11: calls are nested more than 256 deep"),
        ScriptCase("fn f(n) { if n == 0 { 0 } else { [n].map(|x| f(x - 1))[0] } } f(100)", "0"),
        ScriptCase(
            "fn f(n) { [n].map(|x| f(x + 1)) } f(0)",
            "[ScriptError] line 1:23: calls are nested more than 256 deep"),
        ScriptCase(
            "fn f(n) { f(n + 1) } try { f(0) } catch { }",
            "[ScriptError] line 1:11: calls are nested more than 256 deep"),
    ])
    func `call each other to a depth`(_ example: ScriptCase) { example.check() }
}
