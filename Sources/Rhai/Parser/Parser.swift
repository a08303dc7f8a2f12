// Reads a script: from words to a tree. Goes down as deep as the script nests, which is bounded.

internal import Primitives

/// Reads one script from its words.
struct Parser {
    private let tokens: [Token]
    private var index = 0
    private var depth = 0
    private(set) var functions: [FunctionSyntax] = []
    private var functionKeys: Set<Compiler.FunctionKey> = []

    private init(_ tokens: [Token]) {
        self.tokens = tokens
    }

    /// The tree of a script.
    static func parse(_ source: String) throws(RhaiError) -> ScriptSyntax {
        var parser = Parser(try Lexer.tokens(of: source))
        let position = parser.position
        var statements: [Statement] = []
        while parser.kind != .end {
            if parser.isKeyword(.fn) {
                try parser.parseFunction()
            } else if let statement = try parser.parseStatement() {
                statements.append(statement)
            }
        }
        return ScriptSyntax(
            main: Block(statements: statements, position: position), functions: parser.functions)
    }

    // MARK: Words

    var kind: TokenKind { tokens[index].kind }
    var position: Position { tokens[index].position }

    /// The word behind the one that comes next.
    var following: TokenKind { tokens[min(index + 1, tokens.count - 1)].kind }

    mutating func advance() {
        if index < tokens.count - 1 { index += 1 }
    }

    func isSymbol(_ symbol: Symbol) -> Bool {
        if case .symbol(symbol) = kind { true } else { false }
    }

    func isKeyword(_ keyword: Keyword) -> Bool {
        if case .keyword(keyword) = kind { true } else { false }
    }

    /// Goes over a sign if it comes next.
    mutating func skip(_ symbol: Symbol) -> Bool {
        guard isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func skip(_ keyword: Keyword) -> Bool {
        guard isKeyword(keyword) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: Symbol, _ purpose: String) throws(RhaiError) {
        guard skip(symbol) else {
            throw failure("expected '\(symbol.rawValue)' \(purpose), found \(kind.text)")
        }
    }

    mutating func expectName(_ purpose: String) throws(RhaiError) -> String {
        switch kind {
        case .name(let name):
            advance()
            return name
        case .keyword(let keyword) where keyword.isReserved:
            throw failure("'\(keyword.rawValue)' is a reserved word and cannot be \(purpose)")
        default: throw failure("expected \(purpose), found \(kind.text)")
        }
    }

    func failure(_ message: String, at position: Position? = nil) -> RhaiError {
        RhaiError(.parse, message, at: position ?? self.position)
    }

    // MARK: Depth

    /// Every way down goes through here, so that no script can use up the stack.
    mutating func enter() throws(RhaiError) {
        guard depth < Limits.scriptDepthMax else {
            throw failure("expressions and blocks are nested more than \(Limits.scriptDepthMax) deep")
        }
        depth += 1
    }

    mutating func leave() { depth -= 1 }

    // MARK: Functions

    private mutating func parseFunction() throws(RhaiError) {
        let start = position
        advance()
        let name = try expectName("the name of a function")
        try expect(.parenthesisOpen, "behind the name of a function")
        let parameters = try parseParameters(until: .parenthesisClose)
        let key = Compiler.FunctionKey(name: name, count: parameters.count)
        guard functionKeys.insert(key).inserted else {
            throw failure(
                "function '\(name)' with \(parameters.count) parameters is defined twice", at: start)
        }
        let body = try parseBlock()
        functions.append(FunctionSyntax(name: name, parameters: parameters, body: body, position: start))
    }

    /// Names up to a closing sign, which is read, too.
    mutating func parseParameters(until end: Symbol) throws(RhaiError) -> [String] {
        var names: [String] = []
        while !skip(end) {
            let start = position
            let name = try expectName("the name of a parameter")
            guard !names.contains(name) else {
                throw failure("parameter '\(name)' is there twice", at: start)
            }
            names.append(name)
            guard names.count <= Limits.scriptArgumentsMax else {
                throw failure("more than \(Limits.scriptArgumentsMax) parameters", at: start)
            }
            if !skip(.comma), !isSymbol(end) {
                throw failure("expected ',' or '\(end.rawValue)' behind a parameter, found \(kind.text)")
            }
        }
        return names
    }
}
