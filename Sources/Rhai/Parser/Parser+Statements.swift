// Statements and blocks.

extension Parser {
    /// Reads a block with its braces.
    mutating func parseBlock() throws(RhaiError) -> Block {
        let start = position
        try expect(.braceOpen, "before a block")
        try enter()
        var statements: [Statement] = []
        while !skip(.braceClose) {
            guard kind != .end else { throw failure("a block has no '}'", at: start) }
            guard !isKeyword(.fn) else { throw failure("functions stand at the top level of a script") }
            if let statement = try parseStatement() { statements.append(statement) }
        }
        leave()
        return Block(statements: statements, position: start)
    }

    /// Reads one statement with the semicolon behind it; nil for a semicolon alone.
    mutating func parseStatement() throws(RhaiError) -> Statement? {
        if skip(.semicolon) { return nil }
        let endsItself = isBlockLike
        let statement = try parseBareStatement()
        if skip(.semicolon) || endsItself || isSymbol(.braceClose) || kind == .end { return statement }
        throw failure("expected ';' between two statements, found \(kind.text)")
    }

    /// True before a statement that ends with a brace.
    private var isBlockLike: Bool {
        switch kind {
        case .keyword(.if), .keyword(.switch), .keyword(.while), .keyword(.loop), .keyword(.for),
            .keyword(.do),
            .keyword(.try), .symbol(.braceOpen):
            true
        default: false
        }
    }

    /// Reads one statement without anything behind it.
    mutating func parseBareStatement() throws(RhaiError) -> Statement {
        let start = position
        switch kind {
        case .keyword(.let), .keyword(.const): return try parseDeclaration()
        case .keyword(.break):
            advance()
            return .leave(value: try parseOptionalValue(), start)
        case .keyword(.continue):
            advance()
            return .proceed(start)
        case .keyword(.return):
            advance()
            return .giveBack(value: try parseOptionalValue(), start)
        case .keyword(.throw):
            advance()
            return .raise(value: try parseOptionalValue(), start)
        case .keyword(.try): return try parseTry()
        case .keyword(.import), .keyword(.export), .keyword(.private):
            throw failure("\(kind.text) is not offered: a script has no modules")
        default: break
        }
        if isBlockLike {
            try enter()
            let expression = try parsePrimary()
            leave()
            return .expression(expression)
        }
        let target = try parseExpression()
        let place = position
        guard case .symbol(let symbol) = kind, let operation = Parser.assignments[symbol] else {
            return .expression(target)
        }
        guard isAssignable(target) else {
            throw failure("nothing can be assigned to this", at: target.position)
        }
        advance()
        return .assignment(target: target, operation: operation, value: try parseExpression(), place)
    }

    private static let assignments: [Symbol: BinaryOperator?] = [
        .assign: nil, .plusAssign: .add, .minusAssign: .subtract, .timesAssign: .multiply,
        .overAssign: .divide, .percentAssign: .remainder, .powerAssign: .power, .shiftLeftAssign: .shiftLeft,
        .shiftRightAssign: .shiftRight, .ampersandAssign: .bitAnd, .barAssign: .bitOr, .caretAssign: .bitXor,
    ]

    private func isAssignable(_ target: Expression) -> Bool {
        switch target {
        case .variable, .this: return true
        case .chain(let root, let links):
            switch root {
            case .variable, .this: break
            default: return false
            }
            return links.allSatisfy { link in
                if case .method = link.kind { false } else { true }
            }
        default: return false
        }
    }

    private mutating func parseDeclaration() throws(RhaiError) -> Statement {
        let isConstant = isKeyword(.const)
        advance()
        let start = position
        let name = try expectName("the name of a \(isConstant ? "constant" : "variable")")
        let value = skip(.assign) ? try parseExpression() : nil
        return .declaration(name: name, value: value, isConstant: isConstant, start)
    }

    /// Reads the value behind `return` and its like, if there is one.
    private mutating func parseOptionalValue() throws(RhaiError) -> Expression? {
        switch kind {
        case .symbol(.semicolon), .symbol(.braceClose), .symbol(.comma), .symbol(.parenthesisClose),
            .symbol(.bracketClose), .end, .valueEnd:
            nil
        default: try parseExpression()
        }
    }

    private mutating func parseTry() throws(RhaiError) -> Statement {
        let start = position
        advance()
        let body = try parseBlock()
        guard skip(.catch) else { throw failure("expected 'catch' behind a 'try' block, found \(kind.text)") }
        var variable: String?
        if skip(.parenthesisOpen) {
            variable = try expectName("the variable of an error")
            try expect(.parenthesisClose, "behind the variable of an error")
        }
        return .attempt(body: body, variable: variable, handler: try parseBlock(), start)
    }
}
