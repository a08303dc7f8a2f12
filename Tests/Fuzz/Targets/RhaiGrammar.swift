// Scripts that are mostly well formed, as a random input would seldom be.

/// Makes a script by choices that an input has made: each of its bytes is one, and behind its end the first is taken.
struct RhaiGrammar {
    private var choices: ArraySlice<UInt8>
    private var depth = 0

    init(choices: [UInt8]) { self.choices = choices[...] }

    mutating func script() -> String {
        var text = ""
        if below(3) == 0 { text += "fn f(x) { \(block(2)) }\n" }
        if below(4) == 0 { text += "fn g() { \(block(2)) }\n" }
        return text + "let x = \(value()); let y = \(value());\n" + block(1 + below(5)) + " " + atom()
    }

    /// The next choice between so many.
    private mutating func below(_ count: Int) -> Int { Int(choices.popFirst() ?? 0) % count }

    private mutating func block(_ count: Int) -> String {
        (0..<count).map { _ in guarded() }.joined(separator: " ")
    }

    /// Most statements made by chance fail; what comes behind them should run nevertheless.
    private mutating func guarded() -> String {
        let statement = statement()
        return below(3) == 0 ? statement : "try { \(statement) } catch { }"
    }

    private mutating func pick(_ choices: [String]) -> String { choices[below(choices.count)] }

    private mutating func statement() -> String {
        guard depth < 6 else { return "x = \(atom());" }
        depth += 1
        defer { depth -= 1 }
        switch below(16) {
        case 0: return "let \(name()) = \(value());"
        case 1: return "\(place()) = \(value());"
        case 2:
            return
                "\(place()) \(pick(["+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", "&=", "|=", "^="])) \(value());"
        case 3: return "if \(value()) { \(block(2)) } else { \(block(1)) }"
        case 4:
            return
                "for \(name()) in \(walkable()) { \(block(2)) \(pick(["", "break;", "continue;", "break x;"])) }"
        case 5: return "for (x, i) in \(walkable()) { \(block(1)) }"
        case 6: return "let n = 0; while n < \(below(300)) { n += 1; \(block(1)) }"
        case 7:
            return
                "try { \(block(2)) \(pick(["throw;", "throw \(atom());", ""])) } catch (e) { \(block(1)) \(pick(["", "throw;"])) }"
        case 8:
            return
                "switch \(value()) { \(below(5)) => \(value()), 3..9 if \(value()) => { \(block(1)) } \"x\" | 'y' => \(value()), _ => \(value()) }"
        case 9:
            return "loop { \(block(1)) \(pick(["break", "break", "if x == y { break } else { break 3 }"])); }"
        case 10: return "\(place()).\(method())(\(arguments()));"
        case 11:
            return
                "let \(name()) = |\(pick(["", "x", "x, y", "k"]))| \(pick([value(), "{ \(block(1)) }", "this += 1"]));"
        case 12: return "do { \(block(1)) } \(pick(["while", "until"])) \(pick(["false", "true", "x == y"]));"
        case 13: return "\(pick(["print", "debug", "x.call", "f", "g"]))(\(arguments()));"
        case 14: return "{ \(block(2)) }"
        default: return "\(value());"
        }
    }

    private mutating func name() -> String { pick(["x", "y", "z", "a", "k"]) }

    private mutating func place() -> String {
        name()
            + pick(["", "", "", "[0]", "[-1]", ".k", ".l[0]", "[\"k\"]", "[x]", "?.k", "[1..3]", "[0][0]"])
    }

    private mutating func walkable() -> String {
        pick([
            "0..\(below(50))", "c", "b", "[1, 2, 3]", "x", "d.values()", "range(0, 30, 7)", "e", "y",
            "5.bits()", "0..=9",
        ])
    }

    private mutating func arguments() -> String {
        (0..<below(4)).map { _ in value() }.joined(separator: ", ")
    }

    private mutating func value() -> String {
        guard depth < 6 else { return atom() }
        depth += 1
        defer { depth -= 1 }
        switch below(14) {
        case 0...2: return atom()
        case 3...5: return "\(value()) \(pick(RhaiWords.operators)) \(value())"
        case 6: return "(\(value()))"
        case 7: return "[\(arguments())]"
        case 8: return "#{k: \(value()), l: [\(value())], m: |x| x}"
        case 9: return "\(place()).\(method())(\(arguments()))"
        case 10: return "`\(pick(["", "é", "x"]))${\(value())}`"
        case 11: return "if \(value()) { \(value()) } else { \(value()) }"
        case 12: return "\(pick(["-", "!", "+"]))\(atom())"
        default: return "\(method())(\(arguments()))"
        }
    }

    private mutating func method() -> String { RhaiWords.functions[below(RhaiWords.functions.count)] }

    private mutating func atom() -> String {
        switch below(12) {
        case 0...3: return name()
        case 4: return "\(below(70))"
        case 5: return "-\(below(70))"
        case 6:
            return pick([
                "9223372036854775807", "-9223372036854775807", "0x8000000000000000", "1e300", "0.1", "1e-300",
                "4294967296",
            ])
        case 7: return pick(["\"\"", "\"abc\"", "\"é😀\"", "'x'", "\"a,b,c\"", "'é'", "\"12\""])
        case 8:
            return pick([
                "true", "false", "()", "[]", "#{}", "blob(5, 1)", "Decimal(\"1.5\")", "Decimal(3)", "this",
            ])
        case 9:
            return pick([
                "0..5", "(1..=3)", "(2..)", "|| 1", "|x| x", "|x, y| x", "|| this", "Fn(\"f\")",
                "Fn(\"len\")",
            ])
        default: return pick(["a", "b", "c", "d", "e", "ENV", "nope"])
        }
    }
}
