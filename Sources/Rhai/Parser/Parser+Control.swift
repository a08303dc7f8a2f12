// Conditions, loops and `switch`.

extension Parser {
    mutating func parseIf() throws(RhaiError) -> Expression {
        var branches: [Branch] = []
        while skip(.if) {
            let condition = try parseExpression()
            branches.append(Branch(condition: condition, body: try parseBlock()))
            guard skip(.else) else { return .conditional(branches, otherwise: nil) }
        }
        return .conditional(branches, otherwise: try parseBlock())
    }

    mutating func parseLoop() throws(RhaiError) -> LoopSyntax {
        let start = position
        if skip(.loop) { return LoopSyntax(kind: .endless, body: try parseBlock(), position: start) }
        if skip(.while) {
            let condition = try parseExpression()
            return LoopSyntax(kind: .whileTrue(condition), body: try parseBlock(), position: start)
        }
        if skip(.do) {
            let body = try parseBlock()
            let isWhile = isKeyword(.while)
            guard isWhile || isKeyword(.until) else {
                throw failure("expected 'while' or 'until' behind the block of a 'do', found \(kind.text)")
            }
            advance()
            return LoopSyntax(kind: .doWhile(try parseExpression(), isWhile), body: body, position: start)
        }
        advance()
        return try parseFor(at: start)
    }

    private mutating func parseFor(at start: Position) throws(RhaiError) -> LoopSyntax {
        let variable: String
        var counter: String?
        if skip(.parenthesisOpen) {
            variable = try expectLoopName()
            try expect(.comma, "between the two variables of a loop")
            let place = position
            counter = try expectLoopName()
            guard counter != variable else {
                throw failure("the two variables of a loop are the same", at: place)
            }
            try expect(.parenthesisClose, "behind the two variables of a loop")
        } else {
            variable = try expectLoopName()
        }
        guard skip(.in) else {
            throw failure("expected 'in' behind the variable of a loop, found \(kind.text)")
        }
        let sequence = try parseExpression()
        return LoopSyntax(
            kind: .over(variable: variable, counter: counter, sequence), body: try parseBlock(),
            position: start)
    }

    private mutating func expectLoopName() throws(RhaiError) -> String {
        try expectName("the variable of a loop")
    }

    mutating func parseSwitch() throws(RhaiError) -> Expression {
        let start = position
        advance()
        let subject = try parseExpression()
        try expect(.braceOpen, "before the cases of a 'switch'")
        var cases: [SwitchSyntax.Case] = []
        var otherwise: Block?
        while !skip(.braceClose) {
            guard otherwise == nil else { throw failure("the case '_' must be the last one") }
            if skip(.underscore) {
                guard !isKeyword(.if) else { throw failure("the case '_' has no condition") }
                try expect(.arrow, "behind a case")
                otherwise = try parseCaseBody()
            } else {
                cases.append(try parseCase())
            }
        }
        return .selection(SwitchSyntax(subject: subject, cases: cases, otherwise: otherwise, position: start))
    }

    private mutating func parseCase() throws(RhaiError) -> SwitchSyntax.Case {
        var patterns: [SwitchSyntax.Pattern] = []
        repeat {
            let place = position
            // A bar stands between two patterns.
            let expression = try parseBinary(from: BinaryOperator.bitOr.precedence + 1)
            guard let pattern = pattern(of: expression) else {
                throw failure("a case is a literal value or a range of whole numbers", at: place)
            }
            patterns.append(pattern)
        } while skip(.bar)
        let condition = skip(.if) ? try parseExpression() : nil
        try expect(.arrow, "behind a case")
        return SwitchSyntax.Case(patterns: patterns, condition: condition, body: try parseCaseBody())
    }

    private func pattern(of expression: Expression) -> SwitchSyntax.Pattern? {
        if case .binary(let first, let tail) = expression {
            guard tail.count == 1, tail[0].operation.isRange, let from = bound(first),
                let to = bound(tail[0].right)
            else { return nil }
            return .range(from: from, to: to, isInclusive: tail[0].operation == .inclusiveRange)
        }
        return isLiteral(expression) ? .value(expression) : nil
    }

    /// Nil inside for an open end; nil if it is no bound.
    private func bound(_ expression: Expression) -> Int64?? {
        switch expression {
        case .constant(.int(let number), _): .some(number)
        case .constant(.unit, _): .some(nil)
        default: nil
        }
    }

    private func isLiteral(_ expression: Expression) -> Bool {
        switch expression {
        case .constant: true
        case .array(let elements, _): elements.allSatisfy(isLiteral)
        case .map(let entries, _): entries.allSatisfy { isLiteral($0.value) }
        default: false
        }
    }

    /// Reads what a case does and the comma behind it, which a block does not need.
    private mutating func parseCaseBody() throws(RhaiError) -> Block {
        if isSymbol(.braceOpen) {
            let block = try parseBlock()
            _ = skip(.comma)
            return block
        }
        let place = position
        try enter()
        let statement = try parseBareStatement()
        leave()
        guard skip(.comma) || isSymbol(.braceClose) else {
            throw failure("expected ',' or '}' behind a case, found \(kind.text)")
        }
        return Block(statements: [statement], position: place)
    }
}
