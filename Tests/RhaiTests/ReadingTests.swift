import Rhai
import Testing

@Suite struct `Reading a script` {
    @Test(arguments: [
        ScriptCase("1 +", "[ParseError] line 1:4: expected a value, found the end of the script"),
        ScriptCase(
            "(1", "[ParseError] line 1:3: expected ')' behind an expression, found the end of the script"),
        ScriptCase(
            "[1, 2", "[ParseError] line 1:6: expected ',' or ']' in a list, found the end of the script"),
        ScriptCase("let 5 = 3", "[ParseError] line 1:5: expected the name of a variable, found a number"),
        ScriptCase(
            "let x = 1 let y = 2", "[ParseError] line 1:11: expected ';' between two statements, found 'let'"),
        ScriptCase(
            "if true", "[ParseError] line 1:8: expected '{' before a block, found the end of the script"),
        ScriptCase("{ 1", "[ParseError] line 1:1: a block has no '}'"),
        ScriptCase("1 2", "[ParseError] line 1:3: expected ';' between two statements, found a number"),
        ScriptCase(
            "let var = 1",
            "[ParseError] line 1:5: 'var' is a reserved word and cannot be the name of a variable"),
        ScriptCase("match", "[ParseError] line 1:1: 'match' is a reserved word"),
        ScriptCase("@", "[ParseError] line 1:1: '@' has no meaning here"),
        ScriptCase("let é = 1", "[ParseError] line 1:5: 'é' has no meaning here"),
        ScriptCase("/* a /* b */", "[ParseError] line 1:1: a comment has no end"),
        ScriptCase("1 = 2", "[ParseError] line 1:1: nothing can be assigned to this"),
        ScriptCase("f() = 2", "[ParseError] line 1:1: nothing can be assigned to this"),
        ScriptCase(
            "const X = 1; X = 2", "[ParseError] line 1:14: nothing can be assigned to the constant 'X'"),
        ScriptCase("ENV.a = 2", "[ParseError] line 1:1: nothing can be assigned to the constant 'ENV'"),
        ScriptCase("break", "[ParseError] line 1:1: 'break' stands outside of a loop"),
        ScriptCase("continue", "[ParseError] line 1:1: 'continue' stands outside of a loop"),
        ScriptCase("loop { let f = || break; }", "[ParseError] line 1:19: 'break' stands outside of a loop"),
        ScriptCase("{ fn f() { } }", "[ParseError] line 1:3: functions stand at the top level of a script"),
        ScriptCase("fn f(x, x) { }", "[ParseError] line 1:9: parameter 'x' is there twice"),
        ScriptCase(
            "fn f() { } fn f() { }", "[ParseError] line 1:12: function 'f' with 0 parameters is defined twice"
        ),
        ScriptCase(
            "0xfffff_fffff_fffff_fff",
            "[ParseError] line 1:1: this is not a whole number of 64 bits in base 16"),
        ScriptCase("12abc", "[ParseError] line 1:1: a name begins within a number"),
        ScriptCase("1e999", "[ParseError] line 1:1: this number is too great"),
        ScriptCase("__ = 1", "[ParseError] line 1:1: a name of underscores only"),
        ScriptCase("_1 = 1", "[ParseError] line 1:1: '_1' is not a name"),
        ScriptCase(
            "switch 1 { _ => 1, 2 => 3 }", "[ParseError] line 1:20: the case '_' must be the last one"),
        ScriptCase(
            "switch 1 { x => 1 }",
            "[ParseError] line 1:12: a case is a literal value or a range of whole numbers"),
        ScriptCase("switch 1 { 1 = 2 }", "[ParseError] line 1:14: expected '=>' behind a case, found '='"),
        ScriptCase(
            "try { }",
            "[ParseError] line 1:8: expected 'catch' behind a 'try' block, found the end of the script"),
        ScriptCase(
            "do { } 5",
            "[ParseError] line 1:8: expected 'while' or 'until' behind the block of a 'do', found a number"),
        ScriptCase("for (a, a) in [] { }", "[ParseError] line 1:9: the two variables of a loop are the same"),
        ScriptCase(
            "x.5", "[ParseError] line 1:3: expected a property or a method behind the point, found a number"),
    ])
    func `refuses what is no script`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase(
            "import \"x\" as y;", "[ParseError] line 1:1: 'import' is not offered: a script has no modules"),
        ScriptCase("export x;", "[ParseError] line 1:1: 'export' is not offered: a script has no modules"),
        ScriptCase(
            "private fn f() { }", "[ParseError] line 1:1: 'private' is not offered: a script has no modules"),
        ScriptCase(
            "eval(\"1\")", "[ParseError] line 1:1: 'eval' is not offered: a script cannot read other scripts"),
        ScriptCase(
            "if false { sleep(1); }", "[ParseError] line 1:12: 'sleep' is not offered: use a node that waits"),
        ScriptCase("a::b()", "[ParseError] line 1:1: modules are not offered: 'a::'"),
        ScriptCase(
            "foo!(1)", "[ParseError] line 1:1: calls with the caller's variables are not offered: 'foo!'"),
        ScriptCase("fn sleep(x) { x } sleep(3)", "3"),
    ])
    func `refuses by name what is not offered`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        ScriptCase("// a\n1 // b\n", "1"), ScriptCase("/* a /* b */ c */ 2", "2"),
        ScriptCase("/// doc\nfn f() { 3 } f()", "3"), ScriptCase("let a=1;let b=2;a+b", "3"),
        ScriptCase("\u{FEFF}5", "5"), ScriptCase("1\r\n+\r\n1", "2"), ScriptCase("let x_1 = 4; x_1", "4"),
        ScriptCase("let _x = 4; _x", "4"),
    ])
    func `goes over comments and space`(_ example: ScriptCase) { example.check() }
}
