// Expressions: operators by their precedence, and what stands behind a value.

internal import Primitives

extension Parser {
    /// Reads a whole expression.
    mutating func parseExpression() throws(RhaiError) -> Expression {
        try parseBinary(from: 0)
    }

    /// Reads an expression whose operators bind at least as tightly as `precedence`.
    mutating func parseBinary(from precedence: Int) throws(RhaiError) -> Expression {
        try enter()
        // A range may have no beginning.
        let first: Expression =
            isSymbol(.range) || isSymbol(.inclusiveRange) ? .constant(.unit, position) : try parseUnary()
        let result = try parseTail(behind: first, from: precedence)
        leave()
        return result
    }

    private mutating func parseTail(behind first: Expression, from precedence: Int) throws(RhaiError)
        -> Expression
    {
        var tail: [BinaryTail] = []
        while let operation, operation.precedence >= precedence {
            let place = position
            advance()
            if operation.isRange, !startsValue {
                tail.append(BinaryTail(operation: operation, right: .constant(.unit, place), position: place))
                continue
            }
            var right = try parseUnary()
            if let next = self.operation {
                // A power of a power belongs to the right.
                let least = operation.precedence + (operation == .power ? 0 : 1)
                if next.precedence >= least {
                    try enter()
                    right = try parseTail(behind: right, from: least)
                    leave()
                }
            }
            tail.append(BinaryTail(operation: operation, right: right, position: place))
        }
        return tail.isEmpty ? first : .binary(first, tail)
    }

    /// The operator that comes next.
    private var operation: BinaryOperator? {
        switch kind {
        case .symbol(let symbol): Parser.operators[symbol]
        case .keyword(.in): .contained
        default: nil
        }
    }

    private static let operators: [Symbol: BinaryOperator] = [
        .or: .or, .bar: .bitOr, .caret: .bitXor, .and: .and, .ampersand: .bitAnd, .equal: .equal,
        .notEqual: .notEqual, .notIn: .notContained, .less: .less, .lessOrEqual: .lessOrEqual,
        .greater: .greater,
        .greaterOrEqual: .greaterOrEqual, .coalesce: .coalesce, .range: .range,
        .inclusiveRange: .inclusiveRange,
        .plus: .add, .minus: .subtract, .times: .multiply, .over: .divide, .percent: .remainder,
        .power: .power,
        .shiftLeft: .shiftLeft, .shiftRight: .shiftRight,
    ]

    /// True before anything that a value may begin with, a block excepted: a range without an end may stand before one.
    private var startsValue: Bool {
        switch kind {
        case .name, .constant, .textBegin: true
        case .keyword(let keyword):
            switch keyword {
            case .if, .switch, .loop, .while, .for, .do, .this, .global: true
            default: false
            }
        case .symbol(let symbol):
            switch symbol {
            case .parenthesisOpen, .bracketOpen, .mapOpen, .minus, .plus, .not, .bar, .or: true
            default: false
            }
        default: false
        }
    }

    private mutating func parseUnary() throws(RhaiError) -> Expression {
        let start = position
        let operation: UnaryOperator
        switch kind {
        case .symbol(.minus): operation = .minus
        case .symbol(.plus): operation = .plus
        case .symbol(.not): operation = .not
        default: return try parseChain()
        }
        advance()
        try enter()
        let operand = try parseUnary()
        leave()
        switch (operation, operand) {
        case (.minus, .constant(.int(let number), _)) where number != .min:
            return .constant(.int(-number), start)
        case (.minus, .constant(.float(let number), _)): return .constant(.float(-number), start)
        default: return .unary(operation, operand, start)
        }
    }

    /// Reads a value with everything behind it.
    private mutating func parseChain() throws(RhaiError) -> Expression {
        let root = try parsePrimary()
        var links: [Link] = []
        while true {
            let start = position
            switch kind {
            case .symbol(.dot), .symbol(.safeDot):
                let isSafe = isSymbol(.safeDot)
                advance()
                links.append(Link(kind: try parseMember(), isSafe: isSafe, position: start))
            case .symbol(.bracketOpen), .symbol(.safeBracket):
                let isSafe = isSymbol(.safeBracket)
                advance()
                let index = try parseExpression()
                try expect(.bracketClose, "behind an index")
                links.append(Link(kind: .index(index), isSafe: isSafe, position: start))
            default: return links.isEmpty ? root : .chain(root, links)
            }
        }
    }

    private mutating func parseMember() throws(RhaiError) -> Link.Kind {
        let name: String
        switch kind {
        case .name(let text): name = text
        case .keyword(let keyword): name = keyword.rawValue
        default: throw failure("expected a property or a method behind the point, found \(kind.text)")
        }
        advance()
        guard skip(.parenthesisOpen) else { return .property(name) }
        return .method(name, try parseArguments())
    }

    /// Reads arguments and the parenthesis behind them.
    mutating func parseArguments() throws(RhaiError) -> [Expression] {
        let arguments = try parseList(until: .parenthesisClose)
        guard arguments.count <= Limits.scriptArgumentsMax else {
            throw failure("a call has more than \(Limits.scriptArgumentsMax) arguments")
        }
        return arguments
    }

    /// Reads expressions between commas and the closing sign behind them.
    mutating func parseList(until end: Symbol) throws(RhaiError) -> [Expression] {
        var elements: [Expression] = []
        while !skip(end) {
            elements.append(try parseExpression())
            if !skip(.comma), !isSymbol(end) {
                throw failure("expected ',' or '\(end.rawValue)' in a list, found \(kind.text)")
            }
        }
        return elements
    }
}

extension BinaryOperator {
    var isRange: Bool { self == .range || self == .inclusiveRange }
}
