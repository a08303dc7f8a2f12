// The values that other expressions are made of.

internal import Primitives

extension Parser {
    /// Reads a value without anything behind it.
    mutating func parsePrimary() throws(RhaiError) -> Expression {
        let start = position
        switch kind {
        case .constant(let constant):
            advance()
            return .constant(constant, start)
        case .textBegin: return try parseText()
        case .name(let name):
            advance()
            return try parseNamed(name, at: start)
        case .keyword(let keyword): return try parseKeyword(keyword)
        case .symbol(.parenthesisOpen):
            advance()
            if skip(.parenthesisClose) { return .constant(.unit, start) }
            let expression = try parseExpression()
            try expect(.parenthesisClose, "behind an expression")
            return expression
        case .symbol(.bracketOpen):
            advance()
            let elements = try parseList(until: .bracketClose)
            guard elements.count <= Limits.scriptArrayElementsMax else {
                throw failure("an array has more than \(Limits.scriptArrayElementsMax) elements", at: start)
            }
            return .array(elements, start)
        case .symbol(.mapOpen): return try parseMap()
        case .symbol(.braceOpen): return .block(try parseBlock())
        case .symbol(.bar), .symbol(.or): return try parseClosure()
        default: throw failure("expected a value, found \(kind.text)")
        }
    }

    private mutating func parseKeyword(_ keyword: Keyword) throws(RhaiError) -> Expression {
        let start = position
        switch keyword {
        case .this:
            advance()
            return .this(start)
        case .global:
            advance()
            try expect(.doubleColon, "behind 'global'")
            return .global(try expectName("the name of a constant"), start)
        case .if: return try parseIf()
        case .switch: return try parseSwitch()
        case .loop, .while, .do, .for: return .loop(try parseLoop())
        case .import, .export, .as, .private:
            throw failure("'\(keyword.rawValue)' is not offered: a script has no modules")
        case _ where keyword.isReserved: throw failure("'\(keyword.rawValue)' is a reserved word")
        default: throw failure("expected a value, found '\(keyword.rawValue)'")
        }
    }

    private mutating func parseNamed(_ name: String, at start: Position) throws(RhaiError) -> Expression {
        if isSymbol(.doubleColon) { throw failure("modules are not offered: '\(name)::'", at: start) }
        if isSymbol(.not), following == .symbol(.parenthesisOpen) {
            throw failure("calls with the caller's variables are not offered: '\(name)!'", at: start)
        }
        guard skip(.parenthesisOpen) else { return .variable(name, start) }
        return .call(name, try parseArguments(), start)
    }

    private mutating func parseText() throws(RhaiError) -> Expression {
        let start = position
        advance()
        var pieces: [Expression] = []
        while true {
            let place = position
            switch kind {
            case .textEnd:
                advance()
                if pieces.isEmpty { return .constant(.string(""), start) }
                if pieces.count == 1, case .constant(.string(let text), _) = pieces[0] {
                    return .constant(.string(text), start)
                }
                return .text(pieces, start)
            case .valueBegin:
                advance()
                pieces.append(.block(try parseValue(at: place)))
            case .constant(let constant):
                advance()
                pieces.append(.constant(constant, place))
            default: throw failure("a string between back-ticks has no end", at: start)
            }
            guard pieces.count <= Limits.scriptArrayElementsMax else {
                throw failure("a string has more than \(Limits.scriptArrayElementsMax) pieces", at: start)
            }
        }
    }

    /// Reads the statements between `${` and `}`.
    private mutating func parseValue(at start: Position) throws(RhaiError) -> Block {
        try enter()
        var statements: [Statement] = []
        while kind != .valueEnd {
            guard kind != .end, !isKeyword(.fn) else {
                throw failure("a value in a string has no '}'", at: start)
            }
            if isSymbol(.semicolon) {
                advance()
                continue
            }
            statements.append(try parseBareStatement())
            guard isSymbol(.semicolon) || kind == .valueEnd else {
                throw failure("expected ';' or '}' in a value of a string, found \(kind.text)")
            }
        }
        advance()
        leave()
        return Block(statements: statements, position: start)
    }

    private mutating func parseMap() throws(RhaiError) -> Expression {
        let start = position
        advance()
        var entries: [(key: String, value: Expression)] = []
        var keys: Set<[UInt8]> = []
        while !skip(.braceClose) {
            let place = position
            let key: String
            switch kind {
            case .name(let name): key = name
            case .keyword(let keyword): key = keyword.rawValue
            case .constant(.string(let text)): key = text
            case .textBegin:
                guard case .constant(.string(let text), _) = try parseText() else {
                    throw failure("the name of a property has no values inside", at: place)
                }
                key = text
            default: throw failure("expected the name of a property, found \(kind.text)")
            }
            if position == place { advance() }
            guard keys.insert(Array(key.utf8)).inserted else {
                throw failure("property '\(key)' is there twice", at: place)
            }
            try expect(.colon, "behind the name of a property")
            entries.append((key, try parseExpression()))
            if !skip(.comma), !isSymbol(.braceClose) {
                throw failure("expected ',' or '}' in a map, found \(kind.text)")
            }
        }
        guard entries.count <= Limits.scriptMapEntriesMax else {
            throw failure("a map has more than \(Limits.scriptMapEntriesMax) entries", at: start)
        }
        return .map(entries, start)
    }

    private mutating func parseClosure() throws(RhaiError) -> Expression {
        let start = position
        let parameters: [String]
        if skip(.or) {
            parameters = []
        } else {
            advance()
            parameters = try parseParameters(until: .bar)
        }
        try enter()
        let body: Block
        if isSymbol(.braceOpen) {
            body = try parseBlock()
        } else {
            let place = position
            body = Block(statements: [try parseBareStatement()], position: place)
        }
        leave()
        return .closure(FunctionSyntax(name: "", parameters: parameters, body: body, position: start))
    }
}
