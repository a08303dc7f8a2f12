// The words of a script.

/// One word with its place.
struct Token: Sendable {
    let kind: TokenKind
    let position: Position
}

/// What a word is.
enum TokenKind: Sendable, Equatable {
    case name(String)
    case keyword(Keyword)
    case constant(Constant)
    case symbol(Symbol)
    /// A string between back-ticks begins; its pieces follow, each a constant or between the two marks of a value.
    case textBegin, textEnd
    case valueBegin, valueEnd
    case end

    /// As an error quotes it.
    var text: String {
        switch self {
        case .name(let name): "'\(name)'"
        case .keyword(let keyword): "'\(keyword.rawValue)'"
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .constant(.string), .textBegin, .textEnd: "a string"
        case .constant(.char): "a character"
        case .constant(.unit): "'()'"
        case .constant: "a number"
        case .valueBegin: "'${'"
        case .valueEnd: "'}'"
        case .end: "the end of the script"
        }
    }
}

/// The words that have a meaning of their own.
enum Keyword: String, Sendable, CaseIterable {
    case `let`, const, `if`, `else`, `switch`, `do`, `while`, until, loop, `for`, `in`, `break`, `continue`
    case `return`, `throw`, `try`, `catch`, fn, this, `true`, `false`, global
    // Known, but not offered.
    case `import`, export, `as`, `private`
    // Kept by the language for later.
    case `var`, `static`, shared, goto, match, `case`, `public`, protected, new, use, with, `is`, module,
        package
    case `super`, thread, spawn, go, await, async, sync, yield, `default`, void, null, `nil`

    static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// True for words that no script may use.
    var isReserved: Bool {
        switch self {
        case .var, .static, .shared, .goto, .match, .case, .public, .protected, .new, .use, .with, .is,
            .module,
            .package, .super, .thread, .spawn, .go, .await, .async, .sync, .yield, .default, .void, .null,
            .nil:
            true
        default: false
        }
    }
}

/// Signs of one to three characters.
enum Symbol: String, Sendable, CaseIterable {
    case parenthesisOpen = "("
    case parenthesisClose = ")"
    case bracketOpen = "["
    case bracketClose = "]"
    case braceOpen = "{"
    case braceClose = "}"
    case mapOpen = "#{"
    case comma = ","
    case semicolon = ";"
    case colon = ":"
    case doubleColon = "::"
    case arrow = "=>"
    case underscore = "_"
    case dot = "."
    case safeDot = "?."
    case safeBracket = "?["
    case range = ".."
    case inclusiveRange = "..="
    case coalesce = "??"
    case assign = "="
    case plus = "+"
    case minus = "-"
    case times = "*"
    case over = "/"
    case percent = "%"
    case power = "**"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case ampersand = "&"
    case bar = "|"
    case caret = "^"
    case and = "&&"
    case or = "||"
    case not = "!"
    case notIn = "!in"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case plusAssign = "+="
    case minusAssign = "-="
    case timesAssign = "*="
    case overAssign = "/="
    case percentAssign = "%="
    case powerAssign = "**="
    case shiftLeftAssign = "<<="
    case shiftRightAssign = ">>="
    case ampersandAssign = "&="
    case barAssign = "|="
    case caretAssign = "^="

    static let byText = Dictionary(uniqueKeysWithValues: allCases.map { (Array($0.rawValue.utf8), $0) })
}
